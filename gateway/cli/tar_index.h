// TarIndex: where the files of a tar archive on disk lie. Reads headers only
// and extracts nothing. Strict: InvalidArgument for wrong checksums, names that
// leave the archive, names twice, sparse files, and archives that end early;
// ResourceExhausted past a bound. Immutable; safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_CLI_TAR_INDEX_H_
#define PLIMSOLL_GATEWAY_CLI_TAR_INDEX_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/cli/disk_file.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxTarEntries = 16384;
inline constexpr size_t kMaxTarNameBytes = 4096;
inline constexpr size_t kMaxPaxBytes = 64 << 10;

class TarIndex {
 public:
  static StatusOr<TarIndex> Read(FileRange archive);

  // The content of the file called `name`, through links. NotFound where there
  // is none.
  StatusOr<FileRange> Find(absl::string_view name) const;
  size_t size() const { return entries_.size(); }

 private:
  friend class TarScan;
  struct Entry {
    bool is_link = false;
    std::string target;  // of a link, from the archive's root
    int64_t offset = 0;
    int64_t size = 0;
  };
  explicit TarIndex(FileRange archive) : archive_(std::move(archive)) {}

  FileRange archive_;
  absl::flat_hash_map<std::string, Entry> entries_;
};

// `name` from the archive's root, without "./" and doubled or last slashes; a
// relative one counts from `folder`. InvalidArgument where it is empty,
// absolute or leads out.
StatusOr<std::string> ResolveTarName(absl::string_view folder,
                                     absl::string_view name);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_TAR_INDEX_H_

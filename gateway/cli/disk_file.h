// Regular files on disk and ranges of them, for reading. Blocking: for the
// command line. Ranges share the open file; safe for concurrent use. NotFound
// where there is no such file, InvalidArgument where it is no regular one,
// Unavailable where reading fails.
#ifndef PLIMSOLL_GATEWAY_CLI_DISK_FILE_H_
#define PLIMSOLL_GATEWAY_CLI_DISK_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "policy/oci/digest.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kDiskPieceBytes = 256 << 10;

class FileRange {
 public:
  // The whole file.
  static StatusOr<FileRange> Open(const std::string& path);
  // REQUIRES: within this range.
  FileRange Slice(int64_t offset, int64_t size) const;

  int64_t size() const { return size_; }
  // Up to `count` bytes from `offset`; fewer only where the range ends.
  StatusOr<std::string> Read(int64_t offset, size_t count) const;
  // All of it; ResourceExhausted where that is more than `max_bytes`.
  StatusOr<std::string> ReadAll(size_t max_bytes) const;
  StatusOr<Digest> Hash(Digest::Algorithm algorithm) const;

 private:
  class Handle;
  FileRange(std::shared_ptr<const Handle> file, int64_t offset, int64_t size)
      : file_(std::move(file)), offset_(offset), size_(size) {}

  std::shared_ptr<const Handle> file_;
  int64_t offset_;
  int64_t size_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_DISK_FILE_H_

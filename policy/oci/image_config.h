// The config of a runnable image (image-spec config.md; Docker's image JSON).
// Read strictly: known names in another case, duplicate names and wrong types
// are InvalidArgument. One tolerance, seen from copacetic: `config.labels`
// beside `config.Labels` are merged, as Go merges them. Values.
#ifndef PLIMSOLL_POLICY_OCI_IMAGE_CONFIG_H_
#define PLIMSOLL_POLICY_OCI_IMAGE_CONFIG_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/oci/digest.h"
#include "policy/oci/manifest.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxConfigBytes = 4 << 20;
inline constexpr size_t kMaxHistoryEntries = 2048;

// One build step as the builder wrote it. A claim of the pusher.
struct HistoryEntry {
  std::optional<absl::Time> created;
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;

  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

struct ImageConfig {
  Platform platform;
  std::optional<absl::Time> created;
  std::string author;
  std::vector<Digest> diff_ids;  // lowest first
  std::vector<HistoryEntry> history;

  // The `config` member: what a container runs with.
  std::string user;
  std::vector<std::string> env;  // "NAME=value"
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string working_dir;
  StringPairs labels;
  std::vector<std::string> exposed_ports;  // "8080/tcp"
  std::string image;  // Docker's `config.Image`: parent ID or run reference

  const std::string* Label(absl::string_view key) const {
    return FindPair(labels, key);
  }
};

// Reads the bytes of an image config. `rootfs` must be there with type "layers"
// and a non-null list of well-formed digests (which may be empty: only the
// manifest knows how many there must be).
StatusOr<ImageConfig> ParseImageConfig(absl::string_view bytes);

// Whether a document has `rootfs.diff_ids` under any case folding of both
// names, which makes it runnable for some runtime whatever its media type says.
// False where the bytes are no JSON object.
bool HasDiffIds(absl::string_view bytes);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_IMAGE_CONFIG_H_

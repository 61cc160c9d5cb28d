// Images on disk as people type them: oci:DIR[:TAG] and
// docker-archive:FILE[:REFERENCE], split at the first colon as skopeo does.
#ifndef PLIMSOLL_GATEWAY_CLI_DISK_IMAGE_H_
#define PLIMSOLL_GATEWAY_CLI_DISK_IMAGE_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/registry/registry.h"
#include "policy/oci/digest.h"
#include "policy/status.h"

namespace plimsoll {

struct DiskImage {
  std::shared_ptr<Registry> registry;
  Digest digest;     // of the manifest or index, to be fetched by
  std::string name;  // what the layout's tag or the archive's name says it is
};

// Whether `text` begins as one of the two forms.
bool NamesDiskImage(absl::string_view text);

// InvalidArgument where `text` is of neither form or the image is malformed,
// NotFound where it is not there.
StatusOr<DiskImage> OpenDiskImage(absl::string_view text);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_DISK_IMAGE_H_

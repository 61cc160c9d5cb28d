// DiskRegistry: what every image on disk has in common as a Registry. Derived
// classes say where things are; this one reads them and checks digests. Calls
// block, and look at their deadline before they read: for the command line.
#ifndef PLIMSOLL_GATEWAY_CLI_DISK_REGISTRY_H_
#define PLIMSOLL_GATEWAY_CLI_DISK_REGISTRY_H_

#include <string>

#include "gateway/cli/disk_file.h"
#include "gateway/registry/registry.h"

namespace plimsoll {

class DiskRegistry : public Registry {
 public:
  Task<StatusOr<FetchedManifest>> FetchManifest(
      std::string reference, absl::Time deadline,
      size_t max_bytes = kMaxManifestBytes) override;
  Task<StatusOr<std::string>> FetchBlob(Digest digest, size_t max_bytes,
                                        absl::Time deadline) override;
  Task<StatusOr<std::string>> FetchBlobStart(Digest digest, size_t count,
                                             absl::Time deadline) override;
  Task<Status> HeadBlob(Digest digest, absl::Time deadline) override;
  Task<Status> StreamBlob(Digest digest, absl::Duration idle,
                          BlobSink sink) override;

 private:
  // The manifest that `reference`, a tag or a digest, stands for.
  virtual StatusOr<FetchedManifest> FindManifest(
      const std::string& reference) const = 0;
  virtual StatusOr<FileRange> FindBlob(const Digest& digest) const = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_DISK_REGISTRY_H_

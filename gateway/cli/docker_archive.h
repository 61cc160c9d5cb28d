// DockerArchive: one image of a tar as `docker save` or skopeo writes it, as a
// Registry. Such an archive has no registry's manifest, so one is made up: a
// Docker schema 2 manifest over the config and the layers as the archive stores
// them, which for the older ones means plain tars. Its digest is of no
// registry. Reads the archive's headers and hashes its layers when it is
// opened; extracts nothing.
#ifndef PLIMSOLL_GATEWAY_CLI_DOCKER_ARCHIVE_H_
#define PLIMSOLL_GATEWAY_CLI_DOCKER_ARCHIVE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/cli/disk_registry.h"
#include "policy/oci/digest.h"
#include "policy/status.h"

namespace plimsoll {

class DockerArchive : public DiskRegistry {
 public:
  // `reference` ("debian:12", any spelling of the same name) names the image;
  // empty for the only one. NotFound names those that there are.
  static StatusOr<std::shared_ptr<DockerArchive>> Open(
      const std::string& path, absl::string_view reference);

  const Digest& digest() const { return manifest_.digest; }
  // "debian:12" as the archive spells them; may be empty.
  const std::vector<std::string>& names() const { return names_; }

 private:
  using Blobs = absl::flat_hash_map<Digest, FileRange>;

  DockerArchive(FetchedManifest manifest, std::vector<std::string> names,
                Blobs blobs)
      : manifest_(std::move(manifest)),
        names_(std::move(names)),
        blobs_(std::move(blobs)) {}

  StatusOr<FetchedManifest> FindManifest(
      const std::string& reference) const override;
  StatusOr<FileRange> FindBlob(const Digest& digest) const override;

  const FetchedManifest manifest_;
  const std::vector<std::string> names_;
  const Blobs blobs_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_DOCKER_ARCHIVE_H_

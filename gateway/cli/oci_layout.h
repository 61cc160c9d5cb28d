// OciLayout: a directory in the form of the image-spec (image-layout.md) as a
// Registry. index.json is read strictly, once; blobs are found by digest alone,
// so that no name in a document becomes a path.
#ifndef PLIMSOLL_GATEWAY_CLI_OCI_LAYOUT_H_
#define PLIMSOLL_GATEWAY_CLI_OCI_LAYOUT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/cli/disk_registry.h"
#include "policy/oci/digest.h"
#include "policy/oci/json.h"
#include "policy/status.h"

namespace plimsoll {

class OciLayout : public DiskRegistry {
 public:
  // NotFound where there is no layout, InvalidArgument where it is malformed.
  static StatusOr<std::shared_ptr<OciLayout>> Open(std::string directory);

  // The digest of the image called `tag`, or of the only image where `tag` is
  // empty. NotFound names those that there are.
  StatusOr<Digest> Resolve(absl::string_view tag) const;

 private:
  // One entry of index.json.
  struct Entry {
    std::string media_type;
    Digest digest;
    int64_t size;
    std::string tag;  // org.opencontainers.image.ref.name; often empty
  };

  OciLayout(std::string directory, std::vector<Entry> entries)
      : directory_(std::move(directory)), entries_(std::move(entries)) {}

  static StatusOr<std::vector<Entry>> ReadIndex(const std::string& directory);
  static StatusOr<Entry> ReadEntry(const JsonValue& value);
  std::string TagList() const;
  StatusOr<FetchedManifest> FindManifest(
      const std::string& reference) const override;
  StatusOr<FileRange> FindBlob(const Digest& digest) const override;

  const std::string directory_;
  const std::vector<Entry> entries_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_OCI_LAYOUT_H_

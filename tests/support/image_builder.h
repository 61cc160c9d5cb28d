// Builds images for tests: real documents over layers that exist only as
// digests and facts. What is built has passed the product's own parsers. A
// document that does not parse ends the test program.
#ifndef PLIMSOLL_TESTS_SUPPORT_IMAGE_BUILDER_H_
#define PLIMSOLL_TESTS_SUPPORT_IMAGE_BUILDER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/base/catalog.h"
#include "policy/base/identify.h"
#include "policy/base/layer_facts.h"
#include "policy/oci/image_config.h"
#include "policy/oci/manifest.h"

namespace plimsoll {

struct TestImage {
  std::string manifest_bytes;
  std::string config_bytes;
  Digest manifest_digest;
  Digest config_digest;
  ImageManifest manifest;
  ImageConfig config;
  std::vector<std::optional<LayerFacts>> facts;  // of every layer, and right

  ImageView View() const {
    return {manifest_digest, config_digest, manifest, config, facts};
  }
};

// An image from its documents, with facts that bear out its diff IDs.
TestImage ImageFromDocuments(std::string manifest_bytes,
                             std::string config_bytes);

// The proven record of `image`, first and last seen in 2026 under `names`.
BaseRecord RecordOf(const TestImage& image, std::vector<std::string> names,
                    Approval approval = Approval::kUnapproved);

class ImageBuilder {
 public:
  // Nothing yet, for linux/amd64.
  ImageBuilder() { config_.platform = {"linux", "amd64", "", ""}; }
  // A build FROM `base`: its layers, history, env and labels, and not its
  // annotations.
  explicit ImageBuilder(const TestImage& base);

  // A layer of its own for each `content`, with its history entry.
  ImageBuilder& Layer(absl::string_view content);
  // A layer of the tar of no files, as BuildKit's WORKDIR writes.
  ImageBuilder& EmptyLayer();
  // A history entry without a layer, or one to stand by a layer of none.
  ImageBuilder& Metadata(absl::string_view created_by);
  ImageBuilder& History(HistoryEntry entry);
  ImageBuilder& NoHistory();
  // The comment of the last history entry.
  ImageBuilder& Comment(absl::string_view comment);
  ImageBuilder& Env(absl::string_view setting);
  ImageBuilder& Label(absl::string_view key, absl::string_view value);
  ImageBuilder& Annotation(absl::string_view key, absl::string_view value);
  ImageBuilder& Image(absl::string_view image);  // Docker's config.Image
  ImageBuilder& User(absl::string_view user);
  ImageBuilder& On(Platform platform);

  TestImage Build() const;

 private:
  std::string ConfigBytes() const;
  std::string ManifestBytes(const std::string& config) const;
  void AddLayer(Digest layer, Digest diff_id, absl::string_view created_by);

  ImageConfig config_;
  std::vector<Digest> layers_;
  StringPairs annotations_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_IMAGE_BUILDER_H_

#include "tests/policy/base/real_images.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/policy/oci/samples.h"

namespace plimsoll {

TestImage RealImage(absl::string_view name) {
  return ImageFromDocuments(ReadSample(absl::StrCat(name, ".manifest.json")),
                            ReadSample(absl::StrCat(name, ".config.json")));
}

BaseRecord RealDebian() {
  return RecordOf(RealImage("base-debian-legacy"), {kDebian});
}

BaseRecord RealBuildkitBase() {
  TestImage image = RealImage("buildkit/bk-tag");
  image.config =
      ParseImageConfig(ReadSample("buildkit/bk-base.config.json")).value();
  image.manifest.layers.resize(1, image.manifest.layers.front());
  image.manifest_digest = Digest::Sha256("the manifest of bk-base");
  image.config_digest =
      Digest::Sha256(ReadSample("buildkit/bk-base.config.json"));
  image.manifest.annotations.clear();
  return RecordOf(image, {"docker.io/library/bk-base:12"});
}

std::shared_ptr<const BaseCatalog> CatalogOf(std::vector<BaseRecord> records) {
  return BaseCatalog::New(std::move(records)).value();
}

}  // namespace plimsoll

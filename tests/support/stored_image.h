// Images with real bytes, for tests: layers that inflate to their diff IDs,
// their config and manifest, and the places where images are kept.
#ifndef PLIMSOLL_TESTS_SUPPORT_STORED_IMAGE_H_
#define PLIMSOLL_TESTS_SUPPORT_STORED_IMAGE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/oci/digest.h"
#include "policy/oci/media_type.h"
#include "tests/support/fake_registry.h"
#include "tests/support/scratch_dir.h"

namespace plimsoll {

struct StoredImage {
  std::string manifest;             // OCI
  std::string config;               // linux/amd64
  std::vector<std::string> layers;  // as stored
  std::vector<std::string> tars;    // as inflated

  Digest digest() const { return Digest::Sha256(manifest); }
};

StoredImage BuildStoredImage(std::vector<std::string> tars,
                             Compression compression = Compression::kGzip);

void PutImage(FakeRegistry& registry, absl::string_view repository,
              absl::string_view tag, const StoredImage& image);

// An OCI layout in `directory` with each image under its tag; an empty tag
// leaves the annotation out.
using TaggedImage = std::pair<std::string, StoredImage>;
void WriteLayout(const ScratchDir& directory,
                 const std::vector<TaggedImage>& images);

// A tar as skopeo writes for docker-archive: plain layers by diff ID.
std::string DockerArchiveOf(const std::vector<TaggedImage>& images);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_STORED_IMAGE_H_

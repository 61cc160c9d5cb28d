// Whatever bytes: no crash; at most one of the four types takes them; what is
// accepted is within its bounds, reads the same when written again, and keeps
// embedded bytes that match their digest.
#include <string>

#include "policy/oci/json.h"
#include "policy/oci/manifest.h"
#include "tests/fuzz/fuzzing.h"
#include "tests/fuzz/json_text.h"
#include "tests/policy/oci/model_text.h"

namespace plimsoll {
namespace {

constexpr ManifestKind kKinds[] = {
    ManifestKind::kOciManifest, ManifestKind::kOciIndex,
    ManifestKind::kDockerManifest, ManifestKind::kDockerList};

void CheckDescriptor(const Descriptor& descriptor) {
  FUZZ_CHECK(descriptor.size >= 0);
  FUZZ_CHECK(!descriptor.media_type.empty());
  FUZZ_CHECK(descriptor.annotations.size() <= kMaxAnnotations);
  const std::string& digest = descriptor.digest.ToString();
  FUZZ_CHECK(Digest::Parse(digest).value() == descriptor.digest);
  if (!descriptor.data.has_value()) return;
  FUZZ_CHECK(static_cast<int64_t>(descriptor.data->size()) == descriptor.size);
  FUZZ_CHECK(Digest::Compute(descriptor.digest.algorithm(), *descriptor.data) ==
             descriptor.digest);
}

void CheckManifest(const Manifest& manifest, ManifestKind kind) {
  if (const auto* image = std::get_if<ImageManifest>(&manifest)) {
    FUZZ_CHECK(!IsIndex(kind) && image->kind == kind);
    FUZZ_CHECK(image->layers.size() <= kMaxLayers);
    CheckDescriptor(image->config);
    for (const Descriptor& layer : image->layers) CheckDescriptor(layer);
    return;
  }
  const auto& index = std::get<ImageIndex>(manifest);
  FUZZ_CHECK(IsIndex(kind) && index.kind == kind);
  FUZZ_CHECK(index.manifests.size() <= kMaxChildren);
  for (const Descriptor& child : index.manifests) CheckDescriptor(child);
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace plimsoll;  // NOLINT: one function
  const absl::string_view bytes = FuzzText(data, size);
  int accepted = 0;
  for (const ManifestKind kind : kKinds) {
    const StatusOr<Manifest> manifest = ParseManifest(bytes, MediaTypeOf(kind));
    if (!manifest.ok()) continue;
    ++accepted;
    CheckManifest(*manifest, kind);
    const std::string text = JsonText(*ParseJson(bytes));
    const StatusOr<Manifest> again = ParseManifest(text, MediaTypeOf(kind));
    FUZZ_CHECK(again.ok());
    FUZZ_CHECK(ModelText(*again) == ModelText(*manifest));
  }
  FUZZ_CHECK(accepted <= 1);
  return 0;
}

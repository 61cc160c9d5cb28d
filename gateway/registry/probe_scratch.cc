#include "gateway/registry/probe_scratch.h"

#include "absl/strings/str_cat.h"
#include "policy/oci/media_type.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kArtifactType =
    "application/vnd.plimsoll.doctor.v1+json";

std::string DescriptorOf(absl::string_view type,
                         const ScratchContent& content) {
  return absl::StrCat(R"({"mediaType":")", type, R"(","digest":")",
                      content.digest.ToString(), R"(","size":)",
                      content.bytes.size(), "}");
}

// `subject` is null where there is none.
std::string ManifestOf(const ScratchContent& config,
                       const ScratchContent& layer,
                       const ScratchContent* subject) {
  std::string bytes =
      absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciManifestType,
                   R"(","artifactType":")", kArtifactType, R"(","config":)",
                   DescriptorOf(kArtifactType, config), R"(,"layers":[)",
                   DescriptorOf(kArtifactType, layer), "]");
  if (subject != nullptr) {
    absl::StrAppend(&bytes, R"(,"subject":)",
                    DescriptorOf(kOciManifestType, *subject));
  }
  return absl::StrCat(bytes, "}");
}

}  // namespace

ProbeScratch::ProbeScratch(absl::string_view nonce)
    : layer(absl::StrCat(R"({"plimsoll doctor":"layer )", nonce, "\"}")),
      config(absl::StrCat(R"({"plimsoll doctor":"config )", nonce, "\"}")),
      manifest(ManifestOf(config, layer, nullptr)),
      referrer(ManifestOf(config, layer, &manifest)),
      tag(absl::StrCat("doctor-", nonce)) {}

}  // namespace plimsoll

#include "tests/policy/oci/samples.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "policy/oci/image_config.h"
#include "policy/oci/json.h"
#include "policy/oci/manifest.h"

namespace plimsoll {
namespace {

// The mediaType that the document itself states, OCI's where it states none.
std::string OwnType(const std::string& bytes, absl::string_view fallback) {
  const StatusOr<JsonValue> document = ParseJson(bytes);
  if (!document.ok()) return "";
  const JsonValue* type = document->Find("mediaType");
  return type == nullptr ? std::string(fallback) : *type->AsString();
}

TEST(Samples, EveryManifestOfARealBuilderParses) {
  const std::vector<Sample> samples = ReadSamples("manifest.json");
  ASSERT_GE(samples.size(), 16u);
  for (const Sample& sample : samples) {
    SCOPED_TRACE(sample.name);
    const StatusOr<Manifest> manifest =
        ParseManifest(sample.bytes, OwnType(sample.bytes, kOciManifestType));
    ASSERT_TRUE(manifest.ok()) << manifest.status();
    const auto* image = std::get_if<ImageManifest>(&*manifest);
    ASSERT_NE(image, nullptr);
    EXPECT_FALSE(image->layers.empty());
  }
}

TEST(Samples, EveryIndexOfARealBuilderParses) {
  const std::vector<Sample> samples = ReadSamples("index.json");
  ASSERT_GE(samples.size(), 2u);
  for (const Sample& sample : samples) {
    SCOPED_TRACE(sample.name);
    const StatusOr<Manifest> manifest =
        ParseManifest(sample.bytes, OwnType(sample.bytes, kOciIndexType));
    ASSERT_TRUE(manifest.ok()) << manifest.status();
    ASSERT_TRUE(std::holds_alternative<ImageIndex>(*manifest));
  }
}

TEST(Samples, EveryConfigOfARealBuilderParses) {
  const std::vector<Sample> samples = ReadSamples("config.json");
  ASSERT_GE(samples.size(), 16u);
  for (const Sample& sample : samples) {
    SCOPED_TRACE(sample.name);
    const StatusOr<ImageConfig> config = ParseImageConfig(sample.bytes);
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_FALSE(config->diff_ids.empty());
    EXPECT_TRUE(HasDiffIds(sample.bytes));
  }
}

TEST(Samples, AConfigHasOneDiffIdForEachLayerOfItsManifest) {
  for (const Sample& sample : ReadSamples("manifest.json")) {
    SCOPED_TRACE(sample.name);
    std::string config_name = sample.name;
    const size_t at = config_name.rfind("manifest.json");
    config_name.replace(at, std::string::npos, "config.json");
    const std::string bytes = ReadSample(config_name);
    const StatusOr<Manifest> manifest =
        ParseManifest(sample.bytes, OwnType(sample.bytes, kOciManifestType));
    const StatusOr<ImageConfig> config = ParseImageConfig(bytes);
    ASSERT_TRUE(manifest.ok() && config.ok());
    const auto& image = std::get<ImageManifest>(*manifest);
    EXPECT_EQ(image.config.digest, Digest::Sha256(bytes));
    EXPECT_EQ(image.layers.size(), config->diff_ids.size());
  }
}

TEST(Samples, ADockerHubIndexKeepsItsBaseAnnotationsAndItsAttestation) {
  const StatusOr<Manifest> manifest =
      ParseManifest(ReadSample("doi.index.json"), kOciIndexType);
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const auto& index = std::get<ImageIndex>(*manifest);
  ASSERT_EQ(index.manifests.size(), 2u);
  const std::string* base =
      index.manifests[0].Annotation("org.opencontainers.image.base.name");
  ASSERT_NE(base, nullptr);
  EXPECT_EQ(*base, "debian:bookworm-slim");
  EXPECT_EQ(index.manifests[0].platform->ToString(), "linux/amd64");
  EXPECT_FALSE(ClaimsToBeAttestation(index.manifests[0]));
  EXPECT_TRUE(ClaimsToBeAttestation(index.manifests[1]));
}

}  // namespace
}  // namespace plimsoll

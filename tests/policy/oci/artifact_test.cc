#include "policy/oci/artifact.h"

#include <gtest/gtest.h>

#include "policy/oci/media_type.h"
#include "tests/policy/oci/documents.h"
#include "tests/policy/oci/samples.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kGzip = "\x1f\x8b\x08";
constexpr absl::string_view kStatement = R"({"_type":"https://in-toto.io"})";
constexpr absl::string_view kRunnableConfig =
    R"({"rootfs":{"type":"layers","diff_ids":["sha256:a"]}})";
constexpr absl::string_view kEncryptedLayer =
    "application/vnd.oci.image.layer.v1.tar+gzip+encrypted";
constexpr absl::string_view kOciLayer =
    "application/vnd.oci.image.layer.v1.tar+gzip";
constexpr absl::string_view kHelmConfig =
    "application/vnd.cncf.helm.config.v1+json";
constexpr absl::string_view kHelmLayer =
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

Descriptor Blob(absl::string_view media_type) {
  return Descriptor{std::string(media_type), *Digest::Parse(kDigestA)};
}

ImageManifest Typed(absl::string_view config,
                    std::vector<absl::string_view> layers,
                    absl::string_view artifact_type = "") {
  ImageManifest manifest{ManifestKind::kOciManifest, Blob(config)};
  for (const absl::string_view layer : layers) {
    manifest.layers.push_back(Blob(layer));
  }
  manifest.artifact_type = std::string(artifact_type);
  return manifest;
}

ArtifactBytes Bytes(absl::string_view config,
                    std::vector<absl::string_view> heads) {
  ArtifactBytes bytes;
  bytes.config = std::string(config);
  for (const absl::string_view head : heads) {
    bytes.layer_heads.push_back(std::string(head));
  }
  return bytes;
}

// The first block of a tar archive with one empty file; `magic` at offset 257.
std::string TarBlock(absl::string_view magic) {
  std::string block(512, '\0');
  block.replace(0, 8, "etc/motd");
  block.replace(124, 11, "00000000000");
  block.replace(257, magic.size(), std::string(magic));
  block.replace(148, 8, "        ");
  int sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  char text[8];
  snprintf(text, sizeof(text), "%06o", static_cast<unsigned>(sum) & 0777777);
  block.replace(148, 7, std::string(text, 7));
  return block;
}

TEST(HasLayerMagic, KnowsWhatRuntimesUnpack) {
  EXPECT_TRUE(HasLayerMagic("\x1f\x8b"));
  EXPECT_TRUE(HasLayerMagic("\x28\xb5\x2f\xfd\x01"));
  EXPECT_TRUE(HasLayerMagic("\x50\x2a\x4d\x18"));
  EXPECT_TRUE(HasLayerMagic("\x5f\x2a\x4d\x18\xff"));
  EXPECT_TRUE(HasLayerMagic("BZh9"));
  EXPECT_TRUE(
      HasLayerMagic("\xfd"
                    "7zXZ"));
  EXPECT_TRUE(HasLayerMagic(TarBlock("ustar")));
  EXPECT_TRUE(HasLayerMagic(std::string(257, 'x') + "ustar  "));
}

TEST(HasLayerMagic, KnowsATarThatHasNoMagicByItsChecksum) {
  std::string block = TarBlock("");
  EXPECT_TRUE(HasLayerMagic(block));
  EXPECT_TRUE(HasLayerMagic(block + std::string(100, 'x')));
  EXPECT_FALSE(HasLayerMagic(block.substr(0, 511)));
  block[0] = 'E';
  EXPECT_FALSE(HasLayerMagic(block));
}

TEST(HasLayerMagic, IsFalseOfDocumentsAndEmptyBytes) {
  for (const std::string& bytes :
       {std::string(), std::string("\x1f"), std::string(kStatement),
        std::string("\x28\xb5\x2f"), std::string("\x60\x2a\x4d\x18"),
        std::string(512, '\0'), std::string(512, ' '), std::string(2000, 'x'),
        std::string("GGUF\x03"), std::string("\0asm\x01", 5)}) {
    EXPECT_FALSE(HasLayerMagic(bytes)) << bytes.substr(0, 20);
  }
}

TEST(ArtifactKind, NamesTheTypesOnItsList) {
  struct Case {
    ImageManifest manifest;
    absl::string_view kind;
  };
  const absl::string_view bundle =
      "application/vnd.dev.sigstore.bundle.v0.3+json";
  const Case cases[] = {
      {Typed(kHelmConfig, {kHelmLayer}), "helm-chart"},
      {Typed("application/vnd.buildkit.cacheconfig.v0", {kOciLayer}),
       "buildkit-cache"},
      {Typed(kOciConfigType,
             {"application/vnd.dev.cosign.simplesigning.v1+json"}),
       "cosign-signature"},
      {Typed(kOciConfigType, {"application/vnd.dsse.envelope.v1+json",
                              "application/vnd.dsse.envelope.v1+json"}),
       "attestation"},
      {Typed(kOciConfigType, {kInTotoType}), "attestation"},
      {Typed(kOciEmptyType, {kInTotoType},
             "application/vnd.docker.attestation.manifest.v1+json"),
       "attestation"},
      {Typed(kOciEmptyType, {bundle}, bundle), "sigstore-bundle"},
      {Typed(kOciEmptyType, {"application/x"},
             "application/vnd.dev.sigstore.bundle+json;version=0.2"),
       "sigstore-bundle"},
      {Typed("application/vnd.cncf.notary.signature",
             {"application/jose+json"}),
       "notation-signature"},
      {Typed(kOciEmptyType, {"application/cose"},
             "application/vnd.cncf.notary.signature"),
       "notation-signature"},
      {Typed(kOciEmptyType, {"application/json"}, "application/spdx+json"),
       "sbom"},
      {Typed(kOciConfigType, {"text/spdx+json"}), "sbom"},
      {Typed(kOciEmptyType, {"application/x"},
             "application/vnd.cyclonedx+json"),
       "sbom"},
      {Typed(kOciEmptyType, {"application/x"}, "application/sarif+json"),
       "sarif"},
      {Typed("application/vnd.wasm.config.v0+json", {"application/wasm"}),
       "wasm"},
      {Typed("application/vnd.docker.ai.model.config.v0.1+json",
             {"application/vnd.docker.ai.gguf.v3"}),
       "model"},
      {Typed(kOciEmptyType, {"application/x"}, "application/vnd.acme.thing"),
       "generic"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ArtifactKind(c.manifest), c.kind);
  }
}

TEST(ArtifactKind, IsEmptyForImagesAndForWhatIsOnNoList) {
  for (const ImageManifest& manifest :
       {Typed(kOciConfigType, {kOciLayer}), Typed(kDockerConfigType, {}),
        Typed(kOciConfigType, {}),
        Typed(kOciConfigType, {kInTotoType, kOciLayer}),
        Typed(
            kOciConfigType,
            {kInTotoType, "application/vnd.dev.cosign.simplesigning.v1+json"}),
        Typed(kOciConfigType, {kOciLayer}, "application/vnd.acme.thing"),
        Typed(kOciConfigType, {kOciLayer}, "application/spdx+json"),
        Typed(kOciConfigType, {kEncryptedLayer}, "application/spdx+json"),
        Typed(kDockerConfigType, {"application/x"}, "application/spdx+json"),
        Typed(kOciEmptyType, {"application/x"}),
        Typed("application/vnd.acme.config", {"application/x"}),
        Typed("application/vnd.docker.plugin.v1+json", {kOciLayer})}) {
    EXPECT_EQ(ArtifactKind(manifest), "");
  }
}

TEST(MayHoldArchives, IsTrueOfChartsCachesAndPushedFilesOnly) {
  EXPECT_TRUE(MayHoldArchives("helm-chart"));
  EXPECT_TRUE(MayHoldArchives("buildkit-cache"));
  EXPECT_TRUE(MayHoldArchives("generic"));
  EXPECT_FALSE(MayHoldArchives("attestation"));
  EXPECT_FALSE(MayHoldArchives("cosign-signature"));
  EXPECT_FALSE(MayHoldArchives(""));
}

struct ClassifyCase {
  absl::string_view what;
  ImageManifest manifest;
  ArtifactBytes bytes;
};

// podman unpacked and kept each of these as an image: it does not look at the
// type of a config in Docker's schema 2.
TEST(ClassifyManifest, TakesEveryDockerManifestForAnImage) {
  for (ImageManifest manifest :
       {Typed("application/vnd.cncf.helm.config.v1+json", {kHelmLayer}),
        Typed("application/vnd.buildkit.cacheconfig.v0", {kOciLayer}),
        Typed("application/vnd.wasm.config.v0+json", {kOciLayer}),
        Typed(kOciEmptyType, {kOciLayer}, "application/x"),
        Typed("application/x", {kOciLayer}, "application/spdx+json")}) {
    manifest.kind = ManifestKind::kDockerManifest;
    SCOPED_TRACE(manifest.config.media_type);
    EXPECT_EQ(ArtifactKind(manifest), "");
    EXPECT_EQ(ClassifyManifest(manifest, Bytes("{}", {"\x1f\x8b"})),
              Runnable::kImage);
  }
}

TEST(ClassifyManifest, TakesForArtifactsOnlyWhatCannotRun) {
  ArtifactBytes no_config = Bytes("", {kStatement});
  no_config.config.reset();
  ArtifactBytes no_layers = Bytes("{}", {});
  const ClassifyCase cases[] = {
      {"an attestation whose config lists its layers",
       Typed(kOciConfigType, {kInTotoType}),
       Bytes(kRunnableConfig, {kStatement})},
      {"statements need no config", Typed(kOciConfigType, {kInTotoType}),
       no_config},
      {"a chart", Typed(kHelmConfig, {kHelmLayer}),
       Bytes(R"({"name":"chart"})", {kGzip})},
      {"a chart needs no layers", Typed(kHelmConfig, {kHelmLayer}), no_layers},
      {"a pushed archive",
       Typed(kOciEmptyType, {"application/gzip"}, "application/vnd.acme"),
       Bytes("{}", {kGzip})},
      {"a model with diff IDs of files",
       Typed("application/vnd.docker.ai.model.config.v0.1+json",
             {"application/vnd.docker.ai.gguf.v3"}),
       Bytes(kRunnableConfig, {"GGUF"})},
      {"no layers at all", Typed(kOciEmptyType, {}, "application/vnd.acme"),
       Bytes("{}", {})},
  };
  for (const ClassifyCase& c : cases) {
    EXPECT_EQ(ClassifyManifest(c.manifest, c.bytes), Runnable::kArtifact)
        << c.what;
  }
}

TEST(ClassifyManifest, TakesEverythingThatCouldRunForAnImage) {
  const ClassifyCase cases[] = {
      {"an image", Typed(kOciConfigType, {kOciLayer}),
       Bytes(kRunnableConfig, {kGzip})},
      {"an image of no known bytes", Typed(kOciConfigType, {kOciLayer}), {}},
      {"a type on no list", Typed("application/vnd.acme", {"application/x"}),
       Bytes("{}", {"x"})},
      {"an image dressed as an attestation",
       Typed(kOciConfigType, {kInTotoType}), Bytes(kRunnableConfig, {kGzip})},
      {"an image config without diff IDs, which podman runs",
       Typed(kOciConfigType, {kInTotoType}), Bytes("{}", {kGzip})},
      {"one layer among statements",
       Typed(kOciConfigType, {kInTotoType, kInTotoType}),
       Bytes(kRunnableConfig, {kStatement, kGzip})},
      {"an encrypted image dressed as an SBOM, which buildah unpacks",
       Typed(kOciConfigType, {kEncryptedLayer}, "application/spdx+json"),
       Bytes(kRunnableConfig, {"ciphertext"})},
      {"an encrypted image dressed as a signature",
       Typed("application/vnd.cncf.notary.signature", {kEncryptedLayer}),
       Bytes(kRunnableConfig, {"ciphertext"})},
      {"a layer's type says enough",
       Typed("application/vnd.wasm.config.v0+json", {kOciLayer}),
       Bytes(kRunnableConfig, {""})},
      {"an image dressed as a chart", Typed(kHelmConfig, {kHelmLayer}),
       Bytes(kRunnableConfig, {kGzip})},
      {"a chart with diff IDs needs no layers",
       Typed(kHelmConfig, {kHelmLayer}), Bytes(kRunnableConfig, {})},
      {"a chart with diff IDs, whatever its layers",
       Typed(kHelmConfig, {kHelmLayer}), Bytes(kRunnableConfig, {"text"})},
      {"diff IDs in another spelling", Typed(kHelmConfig, {kHelmLayer}),
       Bytes(R"({"rootf\u017f":{"DIFF_IDS":[]}})", {kGzip})},
      {"an image dressed as a pushed file",
       Typed(kOciEmptyType, {"application/x"}, "application/vnd.acme"),
       Bytes(kRunnableConfig, {TarBlock("")})},
  };
  for (const ClassifyCase& c : cases) {
    EXPECT_EQ(ClassifyManifest(c.manifest, c.bytes), Runnable::kImage)
        << c.what;
  }
}

// Of types on no list.
TEST(MayRun, IsFalseOnlyWhereNothingCouldRun) {
  const ImageManifest plain = Typed("application/vnd.acme", {"application/x"});
  const ImageManifest encrypted =
      Typed("application/vnd.acme", {kEncryptedLayer});
  EXPECT_TRUE(MayRun(plain, Bytes(kRunnableConfig, {kGzip})));
  EXPECT_TRUE(MayRun(encrypted, Bytes(kRunnableConfig, {"ciphertext"})));
  EXPECT_TRUE(MayRun(plain, {})) << "nothing is known";
  EXPECT_FALSE(MayRun(plain, Bytes(kRunnableConfig, {"text"})));
  EXPECT_FALSE(MayRun(plain, Bytes("{}", {kGzip})));
  EXPECT_FALSE(MayRun(encrypted, Bytes("{}", {"ciphertext"})));
}

TEST(ClassifyManifest, DoesNotKnowWithoutTheBytesThatDecide) {
  const ImageManifest attestation = Typed(kOciConfigType, {kInTotoType});
  EXPECT_EQ(ClassifyManifest(attestation, {}), Runnable::kUnknown);
  EXPECT_EQ(ClassifyManifest(attestation, Bytes("{}", {})), Runnable::kUnknown);
  const ImageManifest chart = Typed(kHelmConfig, {kHelmLayer});
  EXPECT_EQ(ClassifyManifest(chart, {}), Runnable::kUnknown);
  ArtifactBytes only_layer;
  only_layer.layer_heads.push_back(std::string(kGzip));
  EXPECT_EQ(ClassifyManifest(chart, only_layer), Runnable::kUnknown);
  const ImageManifest wasm =
      Typed("application/vnd.wasm.config.v0+json", {"application/wasm"});
  EXPECT_EQ(ClassifyManifest(wasm, only_layer), Runnable::kUnknown);
  EXPECT_EQ(ClassifyManifest(wasm, Bytes(kRunnableConfig, {})),
            Runnable::kUnknown);
  ArtifactBytes second_missing = Bytes("{}", {kStatement});
  second_missing.layer_heads.push_back(std::nullopt);
  EXPECT_EQ(ClassifyManifest(Typed(kOciConfigType, {kInTotoType, kInTotoType}),
                             second_missing),
            Runnable::kUnknown);
}

TEST(ClassifyManifest, UsesBytesEmbeddedInDescriptors) {
  ImageManifest manifest =
      Typed("application/vnd.wasm.config.v0+json", {"application/wasm"});
  manifest.config.data = "{}";
  EXPECT_EQ(ClassifyManifest(manifest, {}), Runnable::kArtifact);
  manifest.config.data = std::string(kRunnableConfig);
  EXPECT_EQ(ClassifyManifest(manifest, {}), Runnable::kUnknown);
  manifest.layers[0].data = std::string(kGzip);
  EXPECT_EQ(ClassifyManifest(manifest, {}), Runnable::kImage);
  manifest.layers[0].data = "text";
  EXPECT_EQ(ClassifyManifest(manifest, {}), Runnable::kArtifact);
}

// BuildKit 0.13 gave attestations a config of an image's type that lists the
// statements as diff IDs.
TEST(ClassifyManifest, TakesBuildKitsAttestationForAnArtifact) {
  const StatusOr<Manifest> manifest = ParseManifest(
      ReadSample("buildkit/bk-tag.att-manifest.json"), kOciManifestType);
  ASSERT_TRUE(manifest.ok());
  const auto& image = std::get<ImageManifest>(*manifest);
  const std::string config = ReadSample("buildkit/bk-tag.att-config.json");
  EXPECT_EQ(ArtifactKind(image), "attestation");
  EXPECT_EQ(ClassifyManifest(image, Bytes(config, {kStatement})),
            Runnable::kArtifact);
  EXPECT_EQ(ClassifyManifest(image, Bytes(config, {kGzip})), Runnable::kImage);
}

}  // namespace
}  // namespace plimsoll

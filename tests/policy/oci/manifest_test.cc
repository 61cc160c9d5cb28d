#include "policy/oci/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/oci/documents.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

std::string DockerManifestJson() {
  return With(With(OciManifestJson(), kOciManifestType, kDockerManifestType),
              kOciConfigType, kDockerConfigType);
}

std::string DockerListJson() {
  return With(OciIndexJson(), kOciIndexType, kDockerListType);
}

// A document of `kind` that is well-formed.
std::string DocumentOf(ManifestKind kind) {
  switch (kind) {
    case ManifestKind::kOciManifest:
      return OciManifestJson();
    case ManifestKind::kOciIndex:
      return OciIndexJson();
    case ManifestKind::kDockerManifest:
      return DockerManifestJson();
    default:
      return DockerListJson();
  }
}

constexpr ManifestKind kAccepted[] = {
    ManifestKind::kOciManifest, ManifestKind::kOciIndex,
    ManifestKind::kDockerManifest, ManifestKind::kDockerList};

std::string Repeated(absl::string_view item, size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", item);
  }
  return text;
}

TEST(ParseManifest, ReadsAnImageManifest) {
  const std::string text = OciManifestJson(absl::StrCat(
      R"(,"artifactType":"application/x","annotations":{"b":"1","a":"2"},)",
      R"("subject":)", DescriptorJson(kOciManifestType)));
  const StatusOr<Manifest> manifest = ParseManifest(text, kOciManifestType);
  ASSERT_THAT(manifest, IsOk());
  const auto& image = std::get<ImageManifest>(*manifest);
  EXPECT_EQ(image.kind, ManifestKind::kOciManifest);
  EXPECT_EQ(image.config.media_type, kOciConfigType);
  EXPECT_EQ(image.config.digest.ToString(), kDigestA);
  EXPECT_EQ(image.config.size, 7);
  ASSERT_EQ(image.layers.size(), 1u);
  EXPECT_EQ(image.artifact_type, "application/x");
  EXPECT_EQ(image.subject->media_type, kOciManifestType);
  ASSERT_NE(FindPair(image.annotations, "a"), nullptr);
  EXPECT_EQ(*FindPair(image.annotations, "a"), "2");
  EXPECT_EQ(FindPair(image.annotations, "c"), nullptr);
}

TEST(ParseManifest, ReadsAnIndex) {
  const StatusOr<Manifest> manifest =
      ParseManifest(OciIndexJson(), kOciIndexType);
  ASSERT_THAT(manifest, IsOk());
  const auto& index = std::get<ImageIndex>(*manifest);
  EXPECT_EQ(index.kind, ManifestKind::kOciIndex);
  ASSERT_EQ(index.manifests.size(), 1u);
  EXPECT_EQ(index.manifests[0].platform->ToString(), "linux/amd64");
  EXPECT_FALSE(index.subject.has_value());
}

TEST(ParseManifest, TakesADocumentUnderItsOwnTypeOnly) {
  for (const ManifestKind document : kAccepted) {
    for (const ManifestKind type : kAccepted) {
      const StatusOr<Manifest> manifest =
          ParseManifest(DocumentOf(document), MediaTypeOf(type));
      EXPECT_EQ(manifest.ok(), document == type)
          << MediaTypeOf(document) << " as " << MediaTypeOf(type);
    }
  }
}

TEST(ParseManifest, DoesNotReadOtherTypes) {
  for (const absl::string_view type :
       {"application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "application/vnd.oci.artifact.manifest.v1+json", "application/json", "",
        "application/vnd.oci.image.manifest.v1+json; charset=utf-8",
        "APPLICATION/vnd.oci.image.manifest.v1+json"}) {
    EXPECT_THAT(ParseManifest(OciManifestJson(), type),
                StatusIs(absl::StatusCode::kUnimplemented));
  }
}

TEST(ParseManifest, LetsOciDocumentsLeaveOutTheirMediaType) {
  for (const ManifestKind kind : kAccepted) {
    const std::string member =
        absl::StrCat("\"mediaType\":\"", MediaTypeOf(kind), "\",");
    const std::string text = With(DocumentOf(kind), member, "");
    const bool oci =
        kind == ManifestKind::kOciManifest || kind == ManifestKind::kOciIndex;
    EXPECT_EQ(ParseManifest(text, MediaTypeOf(kind)).ok(), oci)
        << MediaTypeOf(kind);
    const std::string null =
        With(DocumentOf(kind), member, R"("mediaType":null,)");
    EXPECT_THAT(ParseManifest(null, MediaTypeOf(kind)), StatusIs(kInvalid));
  }
}

// CVE-2021-41190: a document that one reader takes for an index and another
// for a manifest.
TEST(ParseManifest, RefusesEveryHybridUnderEveryType) {
  const absl::string_view values[] = {"null", "[]", "{}", "[{}]", "0"};
  const absl::string_view image_only[] = {"layers", "config", "fsLayers"};
  const absl::string_view index_only[] = {"manifests", "fsLayers"};
  for (const ManifestKind kind : kAccepted) {
    const absl::Span<const absl::string_view> foreign =
        IsIndex(kind) ? absl::MakeConstSpan(image_only)
                      : absl::MakeConstSpan(index_only);
    for (const absl::string_view name : foreign) {
      for (const absl::string_view value : values) {
        std::string text = DocumentOf(kind);
        text.insert(1, absl::StrCat("\"", name, "\":", value, ","));
        EXPECT_THAT(ParseManifest(text, MediaTypeOf(kind)),
                    StatusIs(kInvalid, HasSubstr(std::string(name))));
      }
    }
  }
}

TEST(ParseManifest, RefusesMalformedMembers) {
  struct Case {
    absl::string_view from;
    absl::string_view to;
    absl::string_view message;
  };
  const Case cases[] = {
      {R"("schemaVersion":2,)", "", "schemaVersion: required"},
      {R"("schemaVersion":2)", R"("schemaVersion":null)", "schemaVersion"},
      {R"("schemaVersion":2)", R"("schemaVersion":1)", "must be 2"},
      {R"("schemaVersion":2)", R"("schemaVersion":2.0)", "must be an integer"},
      {R"("schemaVersion":2)", R"("schemaVersion":2e0)", "must be an integer"},
      {R"("schemaVersion":2)", R"("schemaVersion":"2")", "must be an integer"},
      {R"("schemaVersion")", R"("SchemaVersion")", "SchemaVersion"},
      {R"("config")", R"("Config")", "\"Config\""},
      {R"("config")", R"("confi\u0067":null,"config")", "duplicate name"},
      {R"("config":{)", R"("config":null,"x":{)", "config: required"},
      {R"("config":{)", R"("config":[],"x":{)", "config: must be an object"},
      {R"("config":{)", R"("x":{)", "config: required"},
      {R"("layers":[)", R"("layers":null,"x":[)", "layers: required"},
      {R"("layers":[)", R"("layers":{},"x":[)", "layers: must be an array"},
      {R"("layers":[)", R"("layers":[null,)", "layers[0]: must be an object"},
      {R"("layers":[)", R"("layer\u017f":[],"layers":[)", "take this for"},
      {R"("layers":[)", R"("LAYERS":[],"layers":[)", "\"LAYERS\""},
      {R"("layers":[)", R"("layers":[],"layers":[)", "layers: duplicate name"},
  };
  for (const Case& c : cases) {
    const std::string text = With(OciManifestJson(), c.from, c.to);
    ASSERT_NE(text, OciManifestJson()) << c.from;
    EXPECT_THAT(ParseManifest(text, kOciManifestType),
                StatusIs(kInvalid, HasSubstr(std::string(c.message))))
        << text;
  }
}

TEST(ParseManifest, RefusesMalformedIndexes) {
  struct Case {
    absl::string_view from;
    absl::string_view to;
  };
  const Case cases[] = {
      {R"("manifests":[)", R"("manifests":null,"x":[)"},
      {R"("manifests":[)", R"("manifests":[],"manifests":[)"},
      {R"("manifests":[)", R"("Manifests":[],"manifests":[)"},
      {R"("manifests":[)", R"("manifest\u017f":[],"manifests":[)"},
      {R"("manifests":[)", R"("x":[)"},
      {R"("manifests":[)", R"("manifests":["a",)"},
      {R"("platform":{)", R"("platform":[],"x":{)"},
      {R"("os":"linux")", R"("os":7)"},
      {R"("os":"linux")", R"("OS":"linux")"},
      {R"("os":"linux")", R"("os":"linux","o\u017f":"windows")"},
      {R"("os":"linux")", R"("os":"linux","os.features":"a")"},
      {R"("os":"linux")", R"("os":"linux","features":[1])"},
      {R"("os":"linux")", R"("os":"linux","variant":{})"},
  };
  for (const Case& c : cases) {
    const std::string text = With(OciIndexJson(), c.from, c.to);
    ASSERT_NE(text, OciIndexJson()) << c.from;
    EXPECT_THAT(ParseManifest(text, kOciIndexType), StatusIs(kInvalid)) << text;
  }
}

TEST(ParseManifest, RefusesMalformedSharedMembers) {
  for (const absl::string_view extra :
       {R"(,"annotations":[])", R"(,"annotations":{"a":1})",
        R"(,"annotations":{"a":null})", R"(,"annotations":{"a":"","a":""})",
        R"(,"Annotations":{})", R"(,"artifactType":1)",
        R"(,"artifacttype":"application/x")", R"(,"subject":[])",
        R"(,"subject":{})", R"(,"Subject":null)"}) {
    EXPECT_THAT(ParseManifest(OciManifestJson(extra), kOciManifestType),
                StatusIs(kInvalid))
        << extra;
    EXPECT_THAT(ParseManifest(OciIndexJson(extra), kOciIndexType),
                StatusIs(kInvalid))
        << extra;
  }
}

TEST(ParseManifest, TakesAnnotationsThatDifferByCaseAndUnknownMembers) {
  EXPECT_THAT(
      ParseManifest(OciManifestJson(R"(,"annotations":{"a":"1","A":"2"},)"
                                    R"("unknown":{"x":[1.5]},"subject":null)"),
                    kOciManifestType),
      IsOk());
}

TEST(ParseManifest, RefusesBytesThatAreNoDocument) {
  const std::string good = OciManifestJson();
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), good + "{}",
        good + std::string(1, '\0'), "\xEF\xBB\xBF" + good,
        good.substr(0, good.size() - 1)}) {
    EXPECT_THAT(ParseManifest(text, kOciManifestType),
                StatusIs(kInvalid, HasSubstr("manifest: ")));
  }
  EXPECT_THAT(ParseManifest(good + "\r\n", kOciManifestType), IsOk());
}

TEST(ParseManifest, StopsAtItsBounds) {
  const std::string layer = DescriptorJson("application/x");
  const auto manifest_with = [&](size_t layers) {
    std::string text = OciManifestJson();
    text.insert(text.find("\"layers\":[") + 10,
                Repeated(layer, layers - 1) + ",");
    return text;
  };
  EXPECT_THAT(ParseManifest(manifest_with(kMaxLayers), kOciManifestType),
              IsOk());
  EXPECT_THAT(ParseManifest(manifest_with(kMaxLayers + 1), kOciManifestType),
              StatusIs(kExhausted, HasSubstr("layers: more than 512")));
  const auto index_with = [&](size_t children) {
    std::string text = OciIndexJson();
    text.insert(text.find("\"manifests\":[") + 13,
                Repeated(layer, children - 1) + ",");
    return text;
  };
  EXPECT_THAT(ParseManifest(index_with(kMaxChildren), kOciIndexType), IsOk());
  EXPECT_THAT(ParseManifest(index_with(kMaxChildren + 1), kOciIndexType),
              StatusIs(kExhausted, HasSubstr("manifests: more than 128")));
  const std::string padding(kMaxManifestBytes - OciManifestJson().size(), ' ');
  EXPECT_THAT(ParseManifest(OciManifestJson() + padding, kOciManifestType),
              IsOk());
  EXPECT_THAT(
      ParseManifest(OciManifestJson() + padding + " ", kOciManifestType),
      StatusIs(kExhausted));
}

// As the conformance suite pushes one: registries take 4 MB of anything.
TEST(ParseManifest, TakesAnnotationsAsLargeAsADocumentMayBe) {
  std::string text = R"(,"annotations":{"k":"")";
  for (int i = 0; i < 390; ++i) {
    absl::StrAppend(&text, ",\"large-", i, "\":\"", std::string(10'000, 'A'),
                    "\"");
  }
  EXPECT_THAT(ParseManifest(OciManifestJson(text + "}"), kOciManifestType),
              IsOk());
}

TEST(ParseManifest, TakesAManifestWithoutLayers) {
  const std::string text =
      With(OciManifestJson(),
           DescriptorJson("application/vnd.oci.image.layer.v1.tar+gzip"), "");
  const StatusOr<Manifest> manifest = ParseManifest(text, kOciManifestType);
  ASSERT_THAT(manifest, IsOk());
  EXPECT_TRUE(std::get<ImageManifest>(*manifest).layers.empty());
}

TEST(ClaimsToBeAttestation, GoesByPlatformOrAnnotation) {
  const auto child = [](absl::string_view extra) {
    const std::string text =
        With(OciIndexJson(),
             R"(,"platform":{"os":"linux","architecture":"amd64"})", extra);
    return std::get<ImageIndex>(*ParseManifest(text, kOciIndexType))
        .manifests[0];
  };
  EXPECT_TRUE(ClaimsToBeAttestation(
      child(R"(,"platform":{"os":"unknown","architecture":"unknown"})")));
  EXPECT_TRUE(ClaimsToBeAttestation(child(
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest"})")));
  EXPECT_FALSE(ClaimsToBeAttestation(child("")));
  EXPECT_FALSE(ClaimsToBeAttestation(
      child(R"(,"platform":{"os":"linux","architecture":"unknown"})")));
  EXPECT_FALSE(ClaimsToBeAttestation(
      child(R"(,"annotations":{"vnd.docker.reference.type":"other"})")));
}

TEST(Platform, IsWrittenWithItsVariant) {
  EXPECT_EQ((Platform{"linux", "arm64", "v8", ""}.ToString()),
            "linux/arm64/v8");
  EXPECT_EQ((Platform{"linux", "amd64", "", "10.0"}.ToString()), "linux/amd64");
  EXPECT_EQ(Platform{}.ToString(), "");
}

}  // namespace
}  // namespace plimsoll

#include "policy/rules/manifest_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kForeign[] =
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

Digest Sha512(absl::string_view text) {
  return Digest::Compute(Digest::Algorithm::kSha512, text);
}

ImageEvidence App() {
  return EvidenceOf(ImageBuilder().Layer("a").Layer("b").Build(), {});
}

CheckOutput Judged(absl::string_view with, const Evidence& evidence) {
  return Judge(ParamsOf("manifest.format", with), evidence);
}

TEST(ManifestFormat, PassesWhatEveryBuilderMakes) {
  EXPECT_EQ(Judged("{}", Pushed(App())).message, "nothing in it is unusual");
  ImageEvidence docker = App();
  docker.manifest.kind = ManifestKind::kDockerManifest;
  docker.manifest.config.media_type = std::string(kDockerConfigType);
  for (Descriptor& layer : docker.manifest.layers) {
    layer.media_type = "application/vnd.docker.image.rootfs.diff.tar.gzip";
  }
  EXPECT_EQ(Judged("{}", Pushed(docker)).result, CheckResult::kPass);
}

// Each is a default, and a policy can allow it by its name and by no other.
TEST(ManifestFormat, FailsEachUnusualThingUnlessItIsAllowedByName) {
  const struct {
    const char* name;
    void (*make)(ImageManifest& manifest);
    const char* found;
  } cases[] = {
      {"sha512-digest",
       [](ImageManifest& m) { m.layers[1].digest = Sha512("b"); },
       "sha512-digest: layers[1]"},
      {"sha512-digest", [](ImageManifest& m) { m.config.digest = Sha512("c"); },
       "sha512-digest: config"},
      {"nondistributable-layer",
       [](ImageManifest& m) { m.layers[0].media_type = kForeign; },
       "nondistributable-layer: layers[0]"},
      {"nondistributable-layer",
       [](ImageManifest& m) {
         m.layers[0].media_type =
             "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd";
       },
       "nondistributable-layer: layers[0]"},
      {"foreign-urls",
       [](ImageManifest& m) {
         m.layers[1].urls = {"https://evil.example.com/layer"};
       },
       "foreign-urls: layers[1]"},
      {"foreign-urls", [](ImageManifest& m) { m.config.urls = {""}; },
       "foreign-urls: config"},
      {"unknown-layer-type",
       [](ImageManifest& m) { m.layers[1].media_type = "text/plain"; },
       "unknown-layer-type: layers[1] is `text/plain`"},
      {"unknown-layer-type",
       [](ImageManifest& m) {
         m.layers[1].media_type =
             "application/vnd.oci.image.layer.v1.tar+encrypted";
       },
       "unknown-layer-type: layers[1] is "
       "`application/vnd.oci.image.layer.v1.tar+encrypted`"},
      {"unknown-config-type",
       [](ImageManifest& m) { m.config.media_type = "application/json"; },
       "unknown-config-type: `application/json`"},
  };
  const std::vector<std::string> names = {
      "sha512-digest",       "nondistributable-layer",
      "foreign-urls",        "unknown-layer-type",
      "unknown-config-type", "repeated-child",
      "sparse-index",        "no-layers"};
  for (const auto& c : cases) {
    ImageEvidence image = App();
    c.make(image.manifest);
    const CheckOutput output = Judged("{}", Pushed(image));
    EXPECT_EQ(output.result, CheckResult::kFail) << c.found;
    EXPECT_EQ(output.message,
              absl::StrCat("unusual in the manifest: ", c.found));
    EXPECT_EQ(output.hint,
              absl::StrCat("rebuild without it, or allow `", c.name,
                           "` in a rule with check manifest.format"));
    EXPECT_TRUE(output.definite);
    for (const std::string& name : names) {
      EXPECT_EQ(
          Judged(absl::StrCat("{allow: [", name, "]}"), Pushed(image)).result,
          name == c.name ? CheckResult::kPass : CheckResult::kFail)
          << name << " of " << c.found;
    }
  }
}

TEST(ManifestFormat, FailsAnImageWithoutLayersUnlessThatIsAllowed) {
  ImageEvidence image = App();
  image.manifest.layers.clear();
  const CheckOutput output = Judged("{}", Pushed(image));
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message,
            "unusual in the manifest: no-layers: the image has no layers");
  EXPECT_EQ(output.hint,
            "add a layer, or allow `no-layers` in a rule with check "
            "manifest.format");
  EXPECT_TRUE(output.definite);
  EXPECT_EQ(Judged("{allow: [no-layers]}", Pushed(image)).result,
            CheckResult::kPass);
  EXPECT_EQ(Judged("{}", PushedIndex({App(), image})).message, output.message);
}

TEST(ManifestFormat, WantsEveryUnusualThingAllowed) {
  ImageEvidence image = App();
  image.manifest.layers[0].media_type = kForeign;
  image.manifest.layers[0].urls = {"https://example.com/layer"};
  EXPECT_EQ(Judged("{}", Pushed(image)).message,
            "unusual in the manifest: foreign-urls: layers[0], "
            "nondistributable-layer: layers[0]");
  EXPECT_EQ(Judged("{allow: [foreign-urls]}", Pushed(image)).message,
            "unusual in the manifest: nondistributable-layer: layers[0]");
  EXPECT_EQ(
      Judged("{allow: [foreign-urls, nondistributable-layer]}", Pushed(image))
          .result,
      CheckResult::kPass);
}

TEST(ManifestFormat, LetsASparseIndexBeFilled) {
  Evidence evidence = PushedIndex({App()});
  evidence.unusual = {"sparse-index: linux/arm64"};
  const CheckOutput output = Judged("{}", evidence);
  EXPECT_EQ(output.message,
            "unusual in the manifest: sparse-index: linux/arm64");
  EXPECT_EQ(output.hint, "push every child before the index");
  EXPECT_FALSE(output.definite);
  EXPECT_EQ(Judged("{allow: [sparse-index]}", evidence).result,
            CheckResult::kPass);
  evidence.unusual.push_back("sha512-digest: manifests[0]");
  EXPECT_TRUE(Judged("{}", evidence).definite);
}

TEST(ManifestFormat, LooksAtEveryImageOfAnIndex) {
  ImageEvidence odd = App();
  odd.manifest.layers[1].digest = Sha512("b");
  EXPECT_EQ(Judged("{}", PushedIndex({App(), odd})).message,
            "unusual in the manifest: sha512-digest: layers[1]");
}

TEST(ManifestFormat, ShowsThreeThingsAndCountsTheRestEachOnce) {
  ImageEvidence image = App();
  for (int i = 0; i < 5; ++i) {
    image.manifest.layers.push_back(image.manifest.layers[0]);
    image.manifest.layers.back().urls = {"https://example.com/"};
  }
  Evidence evidence = Pushed(image);
  evidence.unusual = FindUnusual(Manifest(image.manifest));
  EXPECT_EQ(Judged("{}", evidence).message,
            "unusual in the manifest: foreign-urls: layers[2], foreign-urls: "
            "layers[3], foreign-urls: layers[4] and 2 more");
}

TEST(ManifestFormat, KeepsTextOfThePusherBetweenItsBackticks) {
  ImageEvidence image = App();
  image.manifest.config.media_type = "a', sha512-digest`: all is well";
  EXPECT_EQ(Judged("{}", Pushed(image)).message,
            "unusual in the manifest: unknown-config-type: "
            "`a', sha512-digest': all is well`");
  image.manifest.config.media_type = std::string(255, 'x');
  EXPECT_THAT(Judged("{}", Pushed(image)).message,
              AllOf(StartsWith("unusual in the manifest: unknown-config-type: "
                               "`xxx"),
                    EndsWith("xxx...`")));
}

// The most that an index can bring: each entry is another.
TEST(ManifestFormat, IsDoneWithManyUnusualThings) {
  std::vector<ImageEvidence> images;
  for (size_t child = 0; child < kMaxChildren; ++child) {
    ImageEvidence image = App();
    const Descriptor layer = image.manifest.layers[0];
    image.manifest.layers.assign(kMaxLayers, layer);
    for (Descriptor& one : image.manifest.layers) {
      one.media_type = absl::StrCat("application/x.", child);
    }
    images.push_back(std::move(image));
  }
  EXPECT_THAT(Judged("{}", PushedIndex(std::move(images))).message,
              EndsWith(" and 65533 more"));
}

TEST(ManifestFormat, WantsOneOfTheMediaTypes) {
  const char* with =
      "{mediaTypes: [application/vnd.oci.image.manifest.v1+json]}";
  EXPECT_EQ(Judged(with, Pushed(App())).message,
            "the media types are as the rule asks");
  ImageEvidence docker = App();
  docker.manifest.kind = ManifestKind::kDockerManifest;
  const CheckOutput output = Judged(with, Pushed(docker));
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message,
            "media type `application/vnd.docker.distribution.manifest.v2+json` "
            "is not allowed, expected "
            "application/vnd.oci.image.manifest.v1+json");
  EXPECT_EQ(output.hint, "build and push in a format that is listed");
  EXPECT_TRUE(output.definite);
  EXPECT_EQ(Judged(with, PushedIndex({App()})).result, CheckResult::kFail);
  const char* with_index =
      "{mediaTypes: [application/vnd.oci.image.index.v1+json, "
      "application/vnd.oci.image.manifest.v1+json]}";
  EXPECT_EQ(Judged(with_index, PushedIndex({App()})).result,
            CheckResult::kPass);
  EXPECT_EQ(Judged(with_index, PushedIndex({App(), docker})).result,
            CheckResult::kFail);
}

TEST(FindUnusual, LooksAtTheEntriesOfAnIndex) {
  ImageIndex index;
  index.manifests = {{std::string(kOciManifestType), Digest::Sha256("a")},
                     {std::string(kOciManifestType), Sha512("b")},
                     {std::string(kOciManifestType), Digest::Sha256("c")}};
  index.manifests[2].urls = {"https://example.com/"};
  EXPECT_THAT(
      FindUnusual(Manifest(index)),
      ElementsAre("sha512-digest: manifests[1]", "foreign-urls: manifests[2]"));
}

TEST(ManifestFormat, ReadsItsParametersStrictly) {
  for (const char* with :
       {"{}",
        "{allow: [sha512-digest, nondistributable-layer, foreign-urls, "
        "unknown-layer-type, unknown-config-type, repeated-child, "
        "sparse-index, no-layers]}",
        "{mediaTypes: [application/vnd.oci.image.manifest.v1+json]}",
        "{mediaTypes: "
        "[application/vnd.docker.distribution.manifest.list.v2+json]}"}) {
    EXPECT_THAT(IssuesOf("manifest.format", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      // What two parsers could read differently is no matter of policy.
      {"{allow: [malformed]}",
       "`allow`: `malformed` is none of sha512-digest, "
       "nondistributable-layer, foreign-urls, unknown-layer-type, "
       "unknown-config-type, repeated-child, sparse-index or no-layers"},
      {"{allow: ['*']}", "`allow`: `*` is none of sha512-digest, "},
      {"{allow: []}", "`allow` has 1 to 500 items, not 0"},
      {"{mediaTypes: [application/json]}",
       "`mediaTypes`: `application/json` is none of the media types of "
       "manifests and indexes"},
      {"{mediaTypes: "
       "[application/vnd.docker.distribution.manifest.v1+prettyjws]}",
       " is none of the media types of manifests and indexes"},
      {"{deny: [sha512-digest]}",
       "unknown key `deny`; known are allow, mediaTypes"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("manifest.format", c.with),
                ElementsAre(HasSubstr(c.issue)))
        << c.with;
  }
}

}  // namespace
}  // namespace plimsoll

// Identification by layers. Numbers in names are those of the field research's
// list of image shapes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/identify.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kDebianManifest[] =
    "sha256:42107ea179269614fbede87639ccb500eaced68e91b47ac2202f20439eaf4d8b";

BaseIdentity Identify(const TestImage& image, std::vector<BaseRecord> records) {
  return IdentifyBase(image.View(), *CatalogOf(std::move(records)));
}

void ExpectVerified(const BaseIdentity& identity, absl::string_view name,
                    size_t layers) {
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.via, Via::kLayers);
  EXPECT_EQ(identity.name, name);
  EXPECT_EQ(identity.layers, layers);
  EXPECT_THAT(identity.contradictions, IsEmpty());
  EXPECT_THAT(identity.malformed, IsEmpty());
}

TEST(IdentifyLayers, Case01VerifiesALegacyDockerBuild) {
  const BaseIdentity identity =
      Identify(RealImage("app-legacy"), {RealDebian(), RealBuildkitBase()});
  ExpectVerified(identity, kDebian, 1);
  EXPECT_TRUE(identity.exact);
  EXPECT_TRUE(identity.history_agrees);
  EXPECT_EQ(identity.pinned.value, PinnedValue::kUnknown);
  EXPECT_EQ(identity.digest->ToString(), kDebianManifest);
  EXPECT_EQ(identity.suggested, absl::StrCat(kDebian, "@", kDebianManifest));
  EXPECT_THAT(identity.candidates, SizeIs(1));
  EXPECT_THAT(identity.ancestors, IsEmpty());
  EXPECT_THAT(identity.unproven_layers, IsEmpty());
}

TEST(IdentifyLayers, Case02VerifiesABuildkitBuild) {
  const BaseIdentity identity =
      Identify(RealImage("app-buildkit-2010"), {RealDebian()});
  ExpectVerified(identity, kDebian, 1);
  EXPECT_TRUE(identity.exact);
  EXPECT_EQ(identity.pinned.value, PinnedValue::kUnknown);
}

TEST(IdentifyLayers, VerifiesWhatOtherBuildersMake) {
  for (const char* name :
       {"app-buildah", "app-buildah-layers", "app-buildah-docker-fmt",
        "app-buildah-from-commit", "app-crane-append", "app-crane-mutate",
        "app-docker-commit", "app-docker-squash-bk0", "app-zstd",
        "app-docker1-multi", "app-ba-multi", "app-ba-multi--layers"}) {
    SCOPED_TRACE(name);
    const BaseIdentity identity = Identify(RealImage(name), {RealDebian()});
    ExpectVerified(identity, kDebian, 1);
    EXPECT_TRUE(identity.exact);
    EXPECT_EQ(identity.nearer_claim, std::nullopt);
  }
}

TEST(IdentifyLayers, VerifiesWithoutAnyHistory) {
  const BaseIdentity identity =
      Identify(RealImage("app-buildah-omit"), {RealDebian()});
  ExpectVerified(identity, kDebian, 1);
  EXPECT_FALSE(identity.exact);
  EXPECT_FALSE(identity.history_agrees);
}

TEST(IdentifyLayers, Case03SaysThatTheBaseItselfIsIt) {
  const BaseIdentity identity =
      Identify(RealImage("app-fromonly-bk0"), {RealDebian()});
  EXPECT_EQ(identity.result, BaseResult::kIsBase);
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.layers, 1);
  EXPECT_TRUE(identity.exact);
}

TEST(IdentifyLayers, Case03TakesAnEqualConfigForTheBaseToo) {
  TestImage image = RealImage("app-fromonly-bk0");
  image.manifest_digest = Digest::Sha256("the same in OCI form");
  EXPECT_EQ(Identify(image, {RealDebian()}).result, BaseResult::kIsBase);
}

TEST(IdentifyLayers, Case03VerifiesAFromAlone) {
  const BaseIdentity identity =
      Identify(RealImage("app-fromonly-bk1"), {RealDebian()});
  ExpectVerified(identity, kDebian, 1);
  EXPECT_TRUE(identity.exact);
}

TEST(IdentifyLayers, Case04VerifiesAChildOfMetadataOnly) {
  const BaseIdentity identity =
      Identify(RealImage("app-legacy-metaonly"), {RealDebian()});
  ExpectVerified(identity, kDebian, 1);
  EXPECT_TRUE(identity.exact);
  EXPECT_EQ(identity.nearer_claim, std::nullopt);
}

TEST(IdentifyLayers, Case05VerifiesABaseCompressedInAnotherWay) {
  const TestImage image = RealImage("buildkit/bk-comp-uncompressed");
  const BaseRecord base = RealBuildkitBase();
  ASSERT_NE(image.manifest.layers[0].digest, base.layers[0]);
  const BaseIdentity identity = Identify(image, {base});
  ExpectVerified(identity, "docker.io/library/bk-base:12", 1);
  EXPECT_TRUE(identity.exact);
}

TEST(IdentifyLayers, FindsNothingWhereTheBasesLayersWereWrittenAnew) {
  const BaseIdentity identity =
      Identify(RealImage("buildkit/bk-comp-estargz"), {RealBuildkitBase()});
  EXPECT_EQ(identity.proof, Proof::kInferred);  // its history has a boundary
  EXPECT_EQ(identity.via, Via::kNone);
  EXPECT_THAT(identity.candidates, IsEmpty());
}

struct Tree {
  TestImage debian = ImageBuilder().Layer("debian").Metadata("CMD").Build();
  TestImage python = ImageBuilder(debian).Layer("python").Env("PY=3").Build();
  TestImage app = ImageBuilder(python).Layer("app").Build();
  BaseRecord debian_record = RecordOf(debian, {"docker.io/library/debian:12"});
  BaseRecord python_record = RecordOf(python, {"docker.io/library/python:3"});
};

TEST(IdentifyLayers, Case08ShowsTheNearestAndItsAncestors) {
  Tree tree;
  tree.debian_record.approval = Approval::kApproved;
  const BaseIdentity identity =
      Identify(tree.app, {tree.debian_record, tree.python_record});
  ExpectVerified(identity, "docker.io/library/python:3", 2);
  EXPECT_TRUE(identity.exact);
  EXPECT_FALSE(identity.approved);
  ASSERT_THAT(identity.ancestors, SizeIs(1));
  const BaseAncestor& ancestor = identity.ancestors[0];
  EXPECT_EQ(ancestor.name, "docker.io/library/debian:12");
  EXPECT_EQ(ancestor.manifest, tree.debian_record.manifest);
  EXPECT_EQ(ancestor.layers, 1);
  EXPECT_EQ(ancestor.approval, Approval::kApproved);
  EXPECT_EQ(ancestor.proof, Proof::kVerified);
}

TEST(IdentifyLayers, Case10NamesTheNearerOfTwoBasesWithTheSameLayers) {
  const BaseRecord corp =
      RecordOf(RealImage("base-corp-metaonly"), {"docker.io/corp/base:1"});
  BaseRecord debian = RealDebian();
  debian.names[0].name = "docker.io/library/debian:12";
  const BaseIdentity identity =
      Identify(RealImage("app-corpchild-bk0"), {debian, corp});
  ExpectVerified(identity, "docker.io/corp/base:1", 1);
  EXPECT_TRUE(identity.exact);
  ASSERT_THAT(identity.candidates, SizeIs(2));
  EXPECT_EQ(identity.candidates[0].manifest, corp.manifest);
  EXPECT_EQ(identity.candidates[1].manifest, debian.manifest);
  EXPECT_THAT(identity.claims, IsEmpty());  // its base's own label
  EXPECT_EQ(identity.nearer_claim, std::nullopt);
  EXPECT_THAT(identity.ancestors, IsEmpty());
}

TEST(IdentifyLayers, Case11ShowsTheNameThatWasSeenLast) {
  Tree tree;
  BaseRecord record = tree.debian_record;
  record.names.push_back(record.names[0]);
  record.names[0].name = "docker.io/library/debian:bookworm";
  record.names[0].last_seen += absl::Hours(1);
  const BaseIdentity identity = Identify(tree.app, {record});
  ExpectVerified(identity, "docker.io/library/debian:bookworm", 1);
  ASSERT_THAT(identity.candidates, SizeIs(1));
  EXPECT_EQ(identity.candidates[0].names, record.names);
  EXPECT_TRUE(identity.exact);
}

TEST(IdentifyLayers, Case11ShowsTheFirstOfNamesSeenTogether) {
  Tree tree;
  BaseRecord record = tree.debian_record;
  record.names.push_back(record.names[0]);
  record.names[1].name = "docker.io/library/debian:11";
  EXPECT_EQ(Identify(tree.app, {record}).name, "docker.io/library/debian:11");
}

TEST(IdentifyLayers, Case12SaysThatTwoConfigsFitAlike) {
  const ImageBuilder static_base = ImageBuilder().Layer("certs");
  const TestImage root = ImageBuilder(static_base).Build();
  const TestImage nonroot = ImageBuilder(static_base).User("65532").Build();
  const BaseIdentity identity =
      Identify(ImageBuilder(nonroot).Layer("app").Build(),
               {RecordOf(root, {"gcr.io/distroless/static:latest"}),
                RecordOf(nonroot, {"gcr.io/distroless/static:nonroot"})});
  ExpectVerified(identity, "gcr.io/distroless/static:latest", 1);
  EXPECT_THAT(identity.candidates, SizeIs(2));
  EXPECT_TRUE(identity.history_agrees);
  EXPECT_FALSE(identity.exact);
}

TEST(IdentifyLayers, Case37GoesByTheChainAloneWhereTheHistoryDoesNotAlign) {
  Tree tree;
  const TestImage fewer =
      ImageBuilder(tree.python).NoHistory().Layer("a").Build();
  HistoryEntry extra;
  extra.created_by = "RUN nothing";
  const TestImage more = ImageBuilder(tree.app).History(extra).Build();
  for (const TestImage& image : {fewer, more}) {
    const BaseIdentity identity =
        Identify(image, {tree.debian_record, tree.python_record});
    ExpectVerified(identity, "docker.io/library/python:3", 2);
    EXPECT_FALSE(identity.history.consistent);
    EXPECT_FALSE(identity.history_agrees);
    EXPECT_FALSE(identity.exact);
  }
}

TEST(IdentifyLayers, Case57JudgesEachPlatformByItsOwnLayers) {
  const Platform arm = {"linux", "arm64", "v8", ""};
  const Tree tree;
  const TestImage other = ImageBuilder().On(arm).Layer("other").Build();
  const auto catalog = CatalogOf({tree.debian_record});
  EXPECT_EQ(IdentifyBase(tree.app.View(), *catalog).proof, Proof::kVerified);
  EXPECT_EQ(IdentifyBase(other.View(), *catalog).proof, Proof::kUnknown);
}

TEST(IdentifyLayers, Case62TakesAnEmptyLayerForNoEvidence) {
  const TestImage base = ImageBuilder().EmptyLayer().EmptyLayer().Build();
  const BaseRecord record =
      RecordOf(base, {"docker.io/corp/workdir:1"}, Approval::kApproved);
  const TestImage app =
      ImageBuilder().EmptyLayer().EmptyLayer().Layer("app").Build();
  const BaseIdentity identity = Identify(app, {record});
  EXPECT_LT(identity.proof, Proof::kClaimed);
  EXPECT_FALSE(identity.approved);
  EXPECT_THAT(identity.candidates, IsEmpty());
}

TEST(IdentifyLayers, Case62StillMatchesAChainThatHoldsAnEmptyLayer) {
  const TestImage base = ImageBuilder().EmptyLayer().Layer("debian").Build();
  const BaseIdentity identity =
      Identify(ImageBuilder(base).Layer("app").Build(),
               {RecordOf(base, {"docker.io/corp/base:1"})});
  ExpectVerified(identity, "docker.io/corp/base:1", 2);
}

TEST(IdentifyLayers, MatchesNoBaseThatLiesHigherUp) {
  const TestImage app =
      ImageBuilder().Layer("mine").Layer("debian").Layer("x").Build();
  EXPECT_EQ(Identify(app, {Tree().debian_record}).proof, Proof::kUnknown);
}

TEST(IdentifyLayers, FindsNothingInAnEmptyCatalogButTheHistory) {
  const BaseIdentity identity = Identify(RealImage("app-legacy"), {});
  EXPECT_EQ(identity.proof, Proof::kInferred);
  EXPECT_EQ(identity.layers, 1);
  EXPECT_EQ(identity.name, "");
  EXPECT_EQ(identity.suggested, "");
}

}  // namespace
}  // namespace plimsoll

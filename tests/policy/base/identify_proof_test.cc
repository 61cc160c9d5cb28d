// What lowers the proof, and whose approval counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/base/identify.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kDebian12[] = "docker.io/library/debian:12";
constexpr char kPython3[] = "docker.io/library/python:3";

class IdentifyProof : public testing::Test {
 protected:
  BaseIdentity Identify() const {
    return IdentifyBase(app_.View(),
                        *CatalogOf({debian_record_, python_record_}));
  }

  TestImage debian_ = ImageBuilder().Layer("debian").Build();
  TestImage python_ = ImageBuilder(debian_).Layer("py").Layer("pip").Build();
  TestImage app_ = ImageBuilder(python_).Layer("app").Build();
  BaseRecord debian_record_ = RecordOf(debian_, {kDebian12});
  BaseRecord python_record_ = RecordOf(python_, {kPython3});
};

TEST_F(IdentifyProof, IsClaimedWhileNoLayerOfTheBaseIsHashed) {
  app_.facts.assign(4, std::nullopt);
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.proof, Proof::kClaimed);
  EXPECT_EQ(identity.via, Via::kNone);
  EXPECT_EQ(identity.name, kPython3);
  EXPECT_THAT(identity.candidates, SizeIs(1));
  EXPECT_THAT(identity.unproven_layers, ElementsAre(0, 1, 2, 3));
  ASSERT_THAT(identity.ancestors, SizeIs(1));
  EXPECT_EQ(identity.ancestors[0].proof, Proof::kClaimed);
}

TEST_F(IdentifyProof, IsClaimedWithNoFactsGiven) {
  app_.facts.clear();
  EXPECT_EQ(Identify().proof, Proof::kClaimed);
  EXPECT_THAT(Identify().unproven_layers, SizeIs(4));
}

TEST_F(IdentifyProof, IsVerifiedWhereOnlyUpperLayersAreMissing) {
  app_.facts[3].reset();
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.name, kPython3);
  EXPECT_THAT(identity.unproven_layers, ElementsAre(3));
}

TEST_F(IdentifyProof, FallsToTheAncestorThatIsHashed) {
  app_.facts[1].reset();
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.name, kDebian12);
  EXPECT_EQ(identity.layers, 1);
  ASSERT_TRUE(identity.nearer_claim.has_value());
  EXPECT_EQ(identity.nearer_claim->source, "diff-ids");
  EXPECT_EQ(identity.nearer_claim->name, kPython3);
  EXPECT_EQ(identity.nearer_claim->digest, python_record_.manifest);
}

TEST_F(IdentifyProof, IsClaimedWhereTheLowestLayerIsMissing) {
  app_.facts[0].reset();
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.proof, Proof::kClaimed);
  EXPECT_EQ(identity.name, kPython3);
  EXPECT_THAT(identity.unproven_layers, ElementsAre(0));
}

TEST_F(IdentifyProof, TakesFactsOfAnotherLayerForNone) {
  app_.facts[0]->layer = Digest::Sha256("another");
  EXPECT_EQ(Identify().proof, Proof::kClaimed);
  EXPECT_THAT(Identify().unproven_layers, ElementsAre(0));
}

TEST_F(IdentifyProof, TakesADiffIdOfAnotherAlgorithmForUnproven) {
  app_.config.diff_ids[3] = Digest::Compute(Digest::Algorithm::kSha512, "app");
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_THAT(identity.unproven_layers, ElementsAre(3));
}

TEST_F(IdentifyProof, IsClaimedByARecordThatIsNotProven) {
  debian_record_.proven = false;
  python_record_.proven = false;
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.proof, Proof::kClaimed);
  EXPECT_EQ(identity.name, kPython3);
  ASSERT_THAT(identity.candidates, SizeIs(1));
  EXPECT_FALSE(identity.candidates[0].proven);
}

TEST_F(IdentifyProof, FallsToTheAncestorWhoseRecordIsProven) {
  python_record_.proven = false;
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.name, kDebian12);
  EXPECT_EQ(identity.nearer_claim->name, kPython3);
}

TEST_F(IdentifyProof, IsNoBaseItselfWhileItsLayersAreNotHashed) {
  const auto catalog = CatalogOf({python_record_});
  EXPECT_EQ(IdentifyBase(python_.View(), *catalog).result, BaseResult::kIsBase);
  TestImage unhashed = python_;
  unhashed.facts[1].reset();
  const BaseIdentity identity = IdentifyBase(unhashed.View(), *catalog);
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kClaimed);
}

TEST_F(IdentifyProof, IsNoBaseItselfByARecordThatIsNotProven) {
  python_record_.proven = false;
  const BaseIdentity identity =
      IdentifyBase(python_.View(), *CatalogOf({python_record_}));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kClaimed);
}

TEST_F(IdentifyProof, ApprovesBytesWhateverNameIsShown) {
  const TestImage tagged = ImageBuilder(python_).Label("a", "b").Build();
  BaseRecord other = RecordOf(tagged, {"docker.io/library/python:other"});
  other.approval = Approval::kApproved;
  const BaseIdentity identity =
      IdentifyBase(app_.View(), *CatalogOf({python_record_, other}));
  EXPECT_EQ(identity.name, kPython3);
  EXPECT_TRUE(identity.approved);
  EXPECT_FALSE(identity.denied);
}

TEST_F(IdentifyProof, LetsOneDenialOutweighEveryApproval) {
  BaseRecord other = RecordOf(ImageBuilder(python_).Label("a", "b").Build(),
                              {"docker.io/library/python:other"});
  python_record_.approval = Approval::kApproved;
  other.approval = Approval::kDenied;
  for (const bool proven : {true, false}) {
    other.proven = proven;
    const BaseIdentity identity =
        IdentifyBase(app_.View(), *CatalogOf({python_record_, other}));
    EXPECT_EQ(identity.name, kPython3);
    EXPECT_FALSE(identity.approved);
    EXPECT_TRUE(identity.denied);
  }
}

TEST_F(IdentifyProof, LetsNoUnprovenRecordApproveVerifiedBytes) {
  BaseRecord imported = RecordOf(ImageBuilder(python_).Label("a", "b").Build(),
                                 {"docker.io/library/python:imported"});
  imported.proven = false;
  imported.approval = Approval::kApproved;
  const BaseIdentity identity =
      IdentifyBase(app_.View(), *CatalogOf({python_record_, imported}));
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_FALSE(identity.approved);
  EXPECT_THAT(identity.candidates, SizeIs(2));
}

TEST_F(IdentifyProof, ShowsADenialOfANearerChainThatIsNotProven) {
  debian_record_.approval = Approval::kApproved;
  python_record_.approval = Approval::kDenied;
  app_.facts[1].reset();
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.name, kDebian12);
  EXPECT_FALSE(identity.approved);
  EXPECT_TRUE(identity.denied);
  EXPECT_TRUE(identity.nearer_claim->denied);
}

TEST_F(IdentifyProof, ShowsTheDenialOfAnAncestor) {
  debian_record_.approval = Approval::kDenied;
  python_record_.approval = Approval::kApproved;
  const BaseIdentity identity = Identify();
  EXPECT_TRUE(identity.approved);
  ASSERT_THAT(identity.ancestors, SizeIs(1));
  EXPECT_EQ(identity.ancestors[0].approval, Approval::kDenied);
}

TEST_F(IdentifyProof, LetsApprovalNotInfluenceTheName) {
  BaseRecord mirror = python_record_;
  mirror.manifest = Digest::Sha256("mirror");
  mirror.names[0].name = "mirror.example.com/python:3";
  for (const Approval approval :
       {Approval::kUnapproved, Approval::kApproved, Approval::kDenied}) {
    mirror.approval = approval;
    EXPECT_EQ(
        IdentifyBase(app_.View(), *CatalogOf({mirror, python_record_})).name,
        kPython3);
  }
}

TEST_F(IdentifyProof, PrefersTheRecordOfThePlatformThenOfTheLastSeenName) {
  BaseRecord arm = python_record_;
  arm.manifest = Digest::Sha256("arm");
  arm.platform.architecture = "arm64";
  arm.names[0].last_seen += absl::Hours(10);
  BaseRecord newer = python_record_;
  newer.manifest = Digest::Sha256("newer");
  newer.names[0].name = "docker.io/library/python:newer";
  newer.names[0].last_seen += absl::Hours(1);
  const BaseIdentity identity =
      IdentifyBase(app_.View(), *CatalogOf({arm, newer, python_record_}));
  ASSERT_THAT(identity.candidates, SizeIs(3));
  EXPECT_EQ(identity.candidates[0].manifest, newer.manifest);
  EXPECT_EQ(identity.candidates[1].manifest, python_record_.manifest);
  EXPECT_EQ(identity.candidates[2].manifest, arm.manifest);
  EXPECT_TRUE(identity.exact);  // one config: one base under two names
}

TEST_F(IdentifyProof, NamesByTheLongestHistoryThenByWhatIsInherited) {
  const ImageBuilder labelled =
      ImageBuilder(python_).Metadata("LABEL a=b").Label("a", "b");
  const BaseRecord with_history =
      RecordOf(ImageBuilder(python_).Metadata("LABEL a=b").Build(),
               {"docker.io/library/zzz:1"});
  const BaseRecord with_label = RecordOf(
      ImageBuilder(python_).Label("a", "b").Build(), {"docker.io/corp/x:1"});
  const auto catalog = CatalogOf({with_history, with_label, python_record_});
  const BaseIdentity both = IdentifyBase(
      ImageBuilder(labelled).Layer("app").Build().View(), *catalog);
  EXPECT_EQ(both.name, "docker.io/library/zzz:1");
  EXPECT_TRUE(both.exact);
  const BaseIdentity label_only =
      IdentifyBase(ImageBuilder(labelled).NoHistory().Build().View(), *catalog);
  EXPECT_EQ(label_only.name, "docker.io/corp/x:1");
  EXPECT_FALSE(label_only.exact);
}

TEST_F(IdentifyProof, IsNotExactWhereWhatTheBaseSetIsGone) {
  const TestImage base = ImageBuilder(python_).Env("A=1").Build();
  const auto catalog = CatalogOf({RecordOf(base, {kPython3})});
  const TestImage changed = [&base] {
    TestImage image = ImageBuilder(base).Layer("app").Build();
    image.config.env[0] = "A=2";
    return image;
  }();
  EXPECT_TRUE(IdentifyBase(changed.View(), *catalog).exact);
  EXPECT_FALSE(IdentifyBase(app_.View(), *catalog).exact);
  EXPECT_TRUE(IdentifyBase(app_.View(), *catalog).history_agrees);
}

TEST_F(IdentifyProof, SuggestsTheIndexWhereOneListsTheBase) {
  python_record_.index = Digest::Sha256("index");
  EXPECT_EQ(Identify().suggested,
            absl::StrCat(kPython3, "@", Digest::Sha256("index").ToString()));
}

TEST_F(IdentifyProof, SuggestsNothingForABaseWithoutAName) {
  python_record_.names.clear();
  const BaseIdentity identity = Identify();
  EXPECT_EQ(identity.name, "");
  EXPECT_EQ(identity.digest, python_record_.manifest);
  EXPECT_EQ(identity.suggested, "");
}

TEST(ProofNames, AreThoseOfDecisionsWeakestFirst) {
  const std::vector<std::pair<Proof, absl::string_view>> rising = {
      {Proof::kUnknown, "unknown"},
      {Proof::kInferred, "inferred"},
      {Proof::kClaimed, "claimed"},
      {Proof::kAttested, "attested"},
      {Proof::kVerified, "verified"}};
  Proof last = Proof::kUnknown;
  for (const auto& [proof, name] : rising) {
    EXPECT_EQ(ProofName(proof), name);
    EXPECT_GE(proof, last);
    last = proof;
  }
}

TEST(IdentityNames, AreTheWordsOfDecisions) {
  EXPECT_EQ(BaseResultName(BaseResult::kIsBase), "is-base");
  EXPECT_EQ(BaseResultName(BaseResult::kContradiction), "contradiction");
  EXPECT_EQ(BaseResultName(BaseResult::kMalformed), "malformed");
  EXPECT_EQ(ViaName(Via::kNone), "");
  EXPECT_EQ(ViaName(Via::kLayers), "layers");
  EXPECT_EQ(ViaName(Via::kContent), "content");
  EXPECT_EQ(PinnedValueName(PinnedValue::kUnknown), "unknown");
  EXPECT_EQ(PinnedValueName(PinnedValue::kNo), "no");
  EXPECT_EQ(PinnedValueName(PinnedValue::kYes), "yes");
}

}  // namespace
}  // namespace plimsoll

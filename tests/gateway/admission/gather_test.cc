// Evidence: what is gathered, from where, and what is a gap.
#include "gateway/admission/gather.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/gateway/admission/gather_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(GatherTest, InspectsEveryLayerOnce) {
  const StoredImage image = Uploaded({"a", "b"});
  EXPECT_EQ(DecisionOn(PushOf(image)).gaps_size(), 0);
  EXPECT_EQ(registry_.reads().streams, 2);
  EXPECT_EQ(registry_.reads().heads, 2);
  EXPECT_EQ(DecisionOn(PushOf(image)).gaps_size(), 0);
  EXPECT_EQ(registry_.reads().streams, 2) << "their facts are kept";
  EXPECT_EQ(registry_.reads().heads, 2) << "and that they were seen";
  EXPECT_EQ(registry_.reads().blobs, 1) << "and the config";
}

TEST_F(GatherTest, SharesTheInspectionOfPushesAtTheSameTime) {
  const StoredImage image = Uploaded({"a"});
  FakeRegistry::Switches slow;
  slow.slow = true;
  Run(kVerified, [&](Admission& admission) -> Task<> {
    blobs_.Put(image.config);
    seen_.Add("team/app", Digest::Sha256(image.layers[0]), "client");
    registry_.Set(slow);
    const auto loop = co_await asio::this_coro::executor;
    int ended = 0;
    for (int i = 0; i < 5; ++i) {
      const auto ends = [&ended](std::exception_ptr,
                                 StatusOr<Judgement> judgement) {
        EXPECT_THAT(judgement, IsOk());
        ++ended;
      };
      asio::co_spawn(loop, admission.Decide(PushOf(image)), ends);
    }
    while (registry_.Waiting() < 1) co_await asio::post(asio::use_awaitable);
    registry_.Release();
    while (ended < 5) co_await asio::post(asio::use_awaitable);
  });
  EXPECT_EQ(registry_.reads().streams, 1);
  EXPECT_EQ(store_.decisions().size(), 5u) << "but not the decision";
}

TEST_F(GatherTest, CallsWhatIsNotThereInTimeAGapAndSaysToPushAgain) {
  const StoredImage image = Uploaded({"a"});
  blobs_.Put(image.config);
  seen_.Add("team/app", Digest::Sha256(image.layers[0]), "client");
  seen_.Add("team/app", Digest::Sha256(image.config), "client");
  FakeRegistry::Switches slow;
  slow.slow = true;
  registry_.Set(slow);
  AdmissionRequest request = PushOf(image);
  request.evidence_deadline = absl::Now();
  const v1::Decision decision = DecisionOn(request);
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_TRUE(decision.gaps(0).pending());
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("layer 1 of 1"));
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("push again"));
}

TEST_F(GatherTest, CallsAConfigThatIsNotThereAGap) {
  const StoredImage image = Image({"a"});
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(),
              HasSubstr("config is not in the repository"));
}

TEST_F(GatherTest, TakesNoBytesThatAreNotThoseOfTheirDigest) {
  const StoredImage image = Uploaded({"a"});
  FakeRegistry::Switches switches;
  switches.wrong_bytes = true;
  registry_.Set(switches);
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  EXPECT_EQ(decision.images_size(), 0);
}

// Somebody else's image has a layer that the store knows well. Whoever only
// knows its digest learns nothing from that.
TEST_F(GatherTest, UsesNoFactsOfALayerThatTheUpstreamDoesNotShow) {
  const StoredImage image = Image({"secret"});
  registry_.PutBlob("team/app", image.config);
  RunLoop([&]() -> Task<> {
    std::vector<LayerFacts> facts{FactsOf(image, 0)};
    EXPECT_THAT(co_await store_.PutLayerFacts(std::move(facts)), IsOk());
  });
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("not in the repository"));
  const v1::StoredEvidence evidence = EvidenceOf(decision);
  ASSERT_EQ(evidence.images_size(), 1);
  EXPECT_EQ(evidence.images(0).layers(0).diff_id(), "");
  EXPECT_EQ(registry_.reads().streams, 0);
}

// Nor whoever says that the layer need not be there.
TEST_F(GatherTest, UsesNoFactsOfALayerThatIsSaidToBeElsewhere) {
  StoredImage image = Image({"secret"});
  const std::string size =
      absl::StrCat("\"size\":", image.layers[0].size(), "}");
  ASSERT_THAT(image.manifest, HasSubstr(size));
  image.manifest = absl::StrReplaceAll(
      image.manifest,
      {{size, absl::StrCat("\"size\":", image.layers[0].size(),
                           R"(,"urls":["https://e.example/x"]})")}});
  registry_.PutBlob("team/app", image.config);
  RunLoop([&]() -> Task<> {
    std::vector<LayerFacts> facts{FactsOf(image, 0)};
    EXPECT_THAT(co_await store_.PutLayerFacts(std::move(facts)), IsOk());
  });
  const v1::Decision decision = DecisionOn(PushOf(image));
  EXPECT_EQ(decision.outcome(), "deny");
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(), HasSubstr("not distributed"));
  const v1::StoredEvidence evidence = EvidenceOf(decision);
  ASSERT_EQ(evidence.images_size(), 1);
  EXPECT_EQ(evidence.images(0).layers(0).diff_id(), "");

  registry_.PutBlob("team/app", image.layers[0]);
  EXPECT_EQ(DecisionOn(PushOf(image)).gaps_size(), 0) << "it was pushed too";
}

// What another credential was shown says nothing for this one.
TEST_F(GatherTest, AsksTheUpstreamForEachCredential) {
  const StoredImage image = Uploaded({"a"});
  AdmissionRequest request = PushOf(image);
  request.credential_key = "alice";
  EXPECT_EQ(DecisionOn(request).gaps_size(), 0);
  registry_.DeleteBlob("team/app", Digest::Sha256(image.config));
  EXPECT_EQ(DecisionOn(request).gaps_size(), 0) << "she was shown it";
  request.credential_key = "bob";
  const v1::Decision decision = DecisionOn(request);
  ASSERT_EQ(decision.gaps_size(), 1);
  EXPECT_THAT(decision.gaps(0).message(),
              HasSubstr("config is not in the repository"));
}

TEST_F(GatherTest, JudgesAConfigOfAnotherSizeMalformed) {
  StoredImage image = Uploaded({"a"});
  image.manifest = absl::StrReplaceAll(
      image.manifest, {{absl::StrCat("\"size\":", image.config.size()),
                        absl::StrCat("\"size\":", image.config.size() + 1)}});
  const auto judgement = Decide(kOneLayer, PushOf(image));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message, HasSubstr("config"));
}

TEST_F(GatherTest, ReadsNoMoreOfAConfigThanTheManifestSays) {
  StoredImage image = Uploaded({"a"});
  image.manifest = absl::StrReplaceAll(
      image.manifest, {{absl::StrCat("\"size\":", image.config.size()),
                        absl::StrCat("\"size\":", image.config.size() - 1)}});
  const auto judgement = Decide(kOneLayer, PushOf(image));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_THAT(judgement->verdict.findings[0].message,
              HasSubstr("the blob has more"));
}

TEST_F(GatherTest, EndsWhereThereIsNoRoomForMoreDocuments) {
  const StoredImage image = Padded("a");
  HeldBytes::Charge others(held_, "credential client", false);
  ASSERT_THAT(others.Grow(HeldBytes::kMax / 4 - 1024), IsOk());
  EXPECT_THAT(Decide(kOneLayer, PushOf(image)),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("overloaded, push again")));
  EXPECT_EQ(registry_.reads().blobs, 0);
  EXPECT_TRUE(store_.decisions().empty());
}

// To build again helps where another tool, or another time, gives other bytes.
TEST_F(GatherTest, SaysOfEachFaultOnceWhereItIsAndWhatHelps) {
  const StoredImage image = Uploaded({"a"});
  const std::string twice = absl::StrReplaceAll(
      image.manifest,
      {{"\"schemaVersion\":2", R"("schemaVersion":2,"schemaVersion":2)"}});
  Finding fault = FaultOf(PushOf(twice, kOciManifestType));
  EXPECT_EQ(fault.message, "manifest: schemaVersion: duplicate name");
  EXPECT_THAT(fault.hint, HasSubstr("correct the tool that wrote it"));

  fault = FaultOf(PushOf(image.manifest, "application/x"));
  EXPECT_EQ(fault.message,
            "manifest: the Content-Type is none of the four that are accepted");
  EXPECT_THAT(fault.hint, HasSubstr("OCI or Docker schema 2"));

  fault = FaultOf(PushOf("{", kOciIndexType));
  EXPECT_THAT(fault.message, StartsWith("index: "));

  fault = FaultOf(PushWithConfig(image, R"({"os":"a","os":"b"})"));
  EXPECT_EQ(fault.message, "image config: os: duplicate name");
  EXPECT_THAT(fault.hint, HasSubstr("correct the tool that wrote it"));
}

TEST_F(GatherTest, SaysOfALayerThatIsDamagedToBuildAgain) {
  const StoredImage image = Uploaded({"a"});
  const std::string damaged = image.layers[0] + "more";
  registry_.PutBlob("team/app", damaged);
  const std::string manifest = absl::StrReplaceAll(
      image.manifest, {{Digest::Sha256(image.layers[0]).ToString(),
                        Digest::Sha256(damaged).ToString()},
                       {absl::StrCat("\"size\":", image.layers[0].size()),
                        absl::StrCat("\"size\":", damaged.size())}});
  const Finding fault = FaultOf(PushOf(manifest, kOciManifestType));
  EXPECT_THAT(fault.message, StartsWith("layer 1 of 1: "));
  EXPECT_THAT(fault.hint, HasSubstr("rebuild the image"));
}

}  // namespace
}  // namespace plimsoll

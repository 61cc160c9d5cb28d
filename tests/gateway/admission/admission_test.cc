// What is recorded when, and what a failure becomes.
#include "gateway/admission/admission.h"

// For RAND_set_rand_method: nothing newer makes randomness fail.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <gmock/gmock.h>
#include <openssl/rand.h>

#include "gateway/observe/metrics.h"
#include "plimsoll/v1/evidence.pb.h"
#include "tests/gateway/admission/admission_fixture.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::IsEmpty;

// While it lives the system gives no randomness.
class NoRandomness {
 public:
  NoRandomness() {
    static RAND_METHOD fails{};
    fails.bytes = [](unsigned char*, int) { return 0; };
    EXPECT_EQ(RAND_set_rand_method(&fails), 1);
  }
  ~NoRandomness() { EXPECT_EQ(RAND_set_rand_method(before_), 1); }
  NoRandomness(const NoRandomness&) = delete;
  NoRandomness& operator=(const NoRandomness&) = delete;

 private:
  const RAND_METHOD* const before_ = RAND_get_rand_method();
};

TEST_F(AdmissionTest, RecordsAnIntentBeforeAnythingIsForwarded) {
  const auto judgement = Decide(kOneLayer, PushOf(Uploaded({"a"})));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_FALSE(judgement->refused);
  EXPECT_EQ(judgement->verdict.outcome, Outcome::kAdmit);
  const std::vector<StoredDecision> kept = store_.decisions();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].state, ForwardState::kIntent);
  EXPECT_EQ(kept[0].decision.id(), judgement->decision.id());
  EXPECT_EQ(kept[0].decision.outcome(), "admit");
  ASSERT_EQ(log_.written.size(), 1u);
  EXPECT_EQ(log_.written[0].id(), judgement->decision.id());
}

TEST_F(AdmissionTest, CountsDecisionsByDoorAndOutcome) {
  const metrics::Values admitted{"push", "admit", "true"};
  const metrics::Values refused{"push", "deny", "true"};
  const metrics::Values observed{"push", "deny", "false"};
  const int64_t before[] = {metrics::decisions.Get(admitted),
                            metrics::decisions.Get(refused),
                            metrics::decisions.Get(observed)};
  ASSERT_THAT(Decide(kOneLayer, PushOf(Uploaded({"a"}))), IsOk());
  ASSERT_THAT(Decide(kOneLayer, PushOf(Uploaded({"a", "b"}))), IsOk());
  mode_ = Mode::kObserve;
  ASSERT_THAT(Decide(kOneLayer, PushOf(Uploaded({"a", "b"}))), IsOk());
  EXPECT_EQ(metrics::decisions.Get(admitted), before[0] + 1);
  EXPECT_EQ(metrics::decisions.Get(refused), before[1] + 1);
  EXPECT_EQ(metrics::decisions.Get(observed), before[2] + 1);
}

TEST_F(AdmissionTest, RecordsADecisionWhereNothingIsForwarded) {
  AdmissionRequest request = PushOf(Uploaded({"a"}));
  request.forwards = false;
  ASSERT_THAT(Decide(kOneLayer, request), IsOk());
  ASSERT_EQ(store_.decisions().size(), 1u);
  EXPECT_EQ(store_.decisions()[0].state, ForwardState::kNone);
}

TEST_F(AdmissionTest, RecordsARefusalWithoutAnIntent) {
  const auto judgement = Decide(kOneLayer, PushOf(Uploaded({"a", "b"})));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  ASSERT_EQ(store_.decisions().size(), 1u);
  EXPECT_EQ(store_.decisions()[0].state, ForwardState::kNone);
  EXPECT_EQ(store_.decisions()[0].decision.outcome(), "deny");
  EXPECT_TRUE(store_.decisions()[0].decision.enforced());
}

// A refusal is safe without a record; an admission is not.
TEST_F(AdmissionTest, NeverAdmitsWhatCannotBeRecorded) {
  store_.FailWrites(absl::UnavailableError("disk full"));
  // Facts cannot be kept either: give them beforehand.
  const StoredImage admitted = Uploaded({"a"});
  const StoredImage refused = Uploaded({"a", "b"});
  store_.FailWrites(absl::OkStatus());
  RunLoop([&]() -> Task<> {
    std::vector<LayerFacts> facts{FactsOf(admitted, 0), FactsOf(refused, 0),
                                  FactsOf(refused, 1)};
    EXPECT_THAT(co_await store_.PutLayerFacts(std::move(facts)), IsOk());
  });
  store_.FailWrites(absl::UnavailableError("disk full"));
  EXPECT_THAT(Decide(kOneLayer, PushOf(admitted)),
              StatusIs(StatusCode::kInternal, HasSubstr("disk full")));
  EXPECT_TRUE(log_.written.empty());
  const auto judgement = Decide(kOneLayer, PushOf(refused));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_EQ(log_.written.size(), 1u);
}

TEST_F(AdmissionTest, DecidesNothingWithoutTheStore) {
  store_.FailCalls(absl::UnavailableError("gone"));
  EXPECT_THAT(Decide(kOneLayer, PushOf(Uploaded({"a"}))),
              StatusIs(StatusCode::kInternal, HasSubstr("store")));
}

TEST_F(AdmissionTest, ObservesWhatItWouldHaveRefused) {
  mode_ = Mode::kObserve;
  const auto judgement = Decide(kOneLayer, PushOf(Uploaded({"a", "b"})));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_FALSE(judgement->refused);
  EXPECT_EQ(judgement->verdict.outcome, Outcome::kDeny);
  ASSERT_EQ(store_.decisions().size(), 1u);
  EXPECT_EQ(store_.decisions()[0].state, ForwardState::kIntent);
  EXPECT_FALSE(store_.decisions()[0].decision.enforced());
  EXPECT_EQ(store_.decisions()[0].decision.mode(), "observe");
}

TEST_F(AdmissionTest, KeepsTheEvidenceThatTheDecisionNames) {
  const StoredImage image = Uploaded({"a"});
  const auto judgement = Decide(kOneLayer, PushOf(image));
  ASSERT_THAT(judgement, IsOk());
  StatusOr<std::string> bytes = absl::UnknownError("");
  RunLoop([&]() -> Task<> {
    bytes = co_await store_.FindEvidence(judgement->decision.evidence());
  });
  ASSERT_THAT(bytes, IsOk());
  v1::StoredEvidence evidence;
  ASSERT_TRUE(evidence.ParseFromString(*bytes));
  EXPECT_EQ(evidence.digest(), image.digest().ToString());
  ASSERT_EQ(evidence.images_size(), 1);
  EXPECT_EQ(evidence.images(0).config(),
            Digest::Sha256(image.config).ToString());
  ASSERT_EQ(evidence.images(0).layers_size(), 1);
  EXPECT_EQ(evidence.images(0).layers(0).diff_id(),
            Digest::Sha256(image.tars[0]).ToString());
  // The same again is the same evidence.
  ASSERT_THAT(Decide(kOneLayer, PushOf(image)), IsOk());
  EXPECT_EQ(store_.evidence_count(), 1u);
}

TEST_F(AdmissionTest, EndsWhereTheCredentialDoesNotReach) {
  const AdmissionRequest request = PushOf(Uploaded({"a"}));
  FakeRegistry::Switches switches;
  switches.challenge = "Basic realm=r";
  registry_.Set(switches);
  const auto judgement = Decide(kOneLayer, request);
  EXPECT_THAT(judgement, StatusIs(StatusCode::kUnauthenticated));
  EXPECT_EQ(Challenge(judgement.status()), "Basic realm=r");
  switches = {};
  switches.forbidden = true;
  registry_.Set(switches);
  EXPECT_THAT(Decide(kOneLayer, request),
              StatusIs(StatusCode::kPermissionDenied));
  switches = {};
  switches.unavailable = true;
  registry_.Set(switches);
  EXPECT_THAT(Decide(kOneLayer, request), StatusIs(StatusCode::kUnavailable));
  EXPECT_TRUE(store_.decisions().empty());
  EXPECT_TRUE(log_.written.empty());
}

TEST_F(AdmissionTest, DeniesWhatIsMalformedAndRecordsIt) {
  const auto judgement = Decide(
      kOneLayer,
      PushOf(R"({"schemaVersion":2,"schemaVersion":2})", kOciManifestType));
  ASSERT_THAT(judgement, IsOk());
  EXPECT_TRUE(judgement->refused);
  EXPECT_EQ(registry_.reads().blobs, 0) << "nothing is asked for";
  EXPECT_EQ(store_.decisions().size(), 1u);
}

TEST_F(AdmissionTest, KeepsWhatBecameOfAPush) {
  const StoredImage image = Uploaded({"a"});
  Run(kOneLayer, [&](Admission& admission) -> Task<> {
    const auto judgement = co_await admission.Decide(PushOf(image));
    ForwardResult result;
    result.state = ForwardState::kForwarded;
    result.status = 201;
    EXPECT_THAT(co_await admission.RecordOutcome(judgement->decision.id(),
                                                 std::move(result)),
                IsOk());
  });
  EXPECT_EQ(store_.decisions()[0].state, ForwardState::kForwarded);
}

// All decisions of one microsecond had the same ID, of zeros.
TEST_F(AdmissionTest, DecidesNothingWithoutRandomnessForAnId) {
  const AdmissionRequest request = PushOf(Uploaded({"a"}));
  const NoRandomness none;
  EXPECT_THAT(Decide(kOneLayer, request),
              StatusIs(StatusCode::kInternal, HasSubstr("no randomness")));
  EXPECT_THAT(store_.decisions(), IsEmpty());
  EXPECT_THAT(log_.written, IsEmpty());
}

}  // namespace
}  // namespace plimsoll

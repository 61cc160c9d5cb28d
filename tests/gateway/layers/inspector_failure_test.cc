#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/gateway/layers/inspector_fixture.h"
#include "tests/support/captured_log.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

TEST_F(InspectorTest, RefusesBytesOfAnotherDigest) {
  Descriptor layer = Put(SomeLayer());
  FakeRegistry::Switches wrong;
  wrong.wrong_bytes = true;
  registry_.Set(wrong);
  Run([&](LayerInspector& inspector) -> Task<> {
    // A changed last byte breaks the gzip trailer too: the digest tells first.
    StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
    EXPECT_THAT(facts, StatusIs(StatusCode::kDataLoss, HasSubstr("digest")));
    registry_.Set({});
    StatusOr<LayerFacts> again = co_await Inspect(inspector, layer);
    EXPECT_THAT(again, IsOk());
  });
}

TEST_F(InspectorTest, RefusesBytesOfAnotherSize) {
  Descriptor layer = Put(SomeLayer());
  Run([&](LayerInspector& inspector) -> Task<> {
    for (int64_t change : {-1, 1}) {
      Descriptor wrong = layer;
      wrong.size += change;
      StatusOr<LayerFacts> facts = co_await Inspect(inspector, wrong);
      EXPECT_THAT(facts, StatusIs(StatusCode::kDataLoss));
    }
    StatusOr<LayerFacts> right = co_await Inspect(inspector, layer);
    EXPECT_THAT(right, IsOk());
  });
}

TEST_F(InspectorTest, RemembersWhatIsNoArchiveOrABomb) {
  const std::string zeros(8 << 20, '\0');
  const struct {
    std::string bytes;
    StatusCode code;
  } kCases[] = {
      {"no archive", StatusCode::kInvalidArgument},
      {"", StatusCode::kInvalidArgument},
      {SomeLayer() + "garbage", StatusCode::kInvalidArgument},
      {Gzip(TarBuilder().File("bomb", zeros).Build()),
       StatusCode::kResourceExhausted},
  };
  for (const auto& row : kCases) {
    Descriptor layer = Put(row.bytes);
    const int before = registry_.reads().streams;
    Run([&](LayerInspector& inspector) -> Task<> {
      StatusOr<LayerFacts> first = co_await Inspect(inspector, layer);
      EXPECT_THAT(first, StatusIs(row.code));
      StatusOr<LayerFacts> second = co_await Inspect(inspector, layer);
      EXPECT_EQ(second.status(), first.status());
    });
    EXPECT_EQ(registry_.reads().streams, before + 1);
  }
  EXPECT_TRUE(kept_.empty());
}

TEST_F(InspectorTest, PassesOnWhatTheRegistrySays) {
  Descriptor layer = Put(SomeLayer());
  const struct {
    void (*set)(FakeRegistry::Switches&);
    StatusCode code;
  } kCases[] = {
      {[](auto& s) { s.challenge = "Basic realm=r"; },
       StatusCode::kUnauthenticated},
      {[](auto& s) { s.forbidden = true; }, StatusCode::kPermissionDenied},
      {[](auto& s) { s.unavailable = true; }, StatusCode::kUnavailable},
  };
  Run([&](LayerInspector& inspector) -> Task<> {
    for (const auto& row : kCases) {
      FakeRegistry::Switches switches;
      row.set(switches);
      registry_.Set(switches);
      StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
      EXPECT_THAT(facts, StatusIs(row.code));
      EXPECT_EQ(Challenge(facts.status()), switches.challenge);
    }
    registry_.Set({});
    StatusOr<LayerFacts> healed = co_await Inspect(inspector, layer);
    EXPECT_THAT(healed, IsOk());
    Descriptor absent = layer;
    absent.digest = Digest::Sha256("absent");
    StatusOr<LayerFacts> missing = co_await Inspect(inspector, absent);
    EXPECT_THAT(missing, StatusIs(StatusCode::kNotFound));
  });
}

TEST_F(InspectorTest, TakesAStallForAFailureOfTheRegistry) {
  Descriptor layer = Put(SomeLayer());
  MakeSlow();
  InspectorOptions options;
  options.times.idle = absl::Milliseconds(1);
  Run(
      [&](LayerInspector& inspector) -> Task<> {
        StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
        EXPECT_THAT(facts, StatusIs(StatusCode::kUnavailable,
                                    HasSubstr("does not answer")));
      },
      options);
}

TEST_F(InspectorTest, EndsALayerThatTakesTooLongInAll) {
  Descriptor layer = Put(SomeLayer());
  InspectorOptions options;
  options.times.total = -absl::Seconds(1);
  Run(
      [&](LayerInspector& inspector) -> Task<> {
        StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
        EXPECT_THAT(facts,
                    StatusIs(StatusCode::kUnavailable, HasSubstr("too long")));
      },
      options);
}

TEST_F(InspectorTest, IsUnavailableWhereFactsCannotBeKept) {
  Descriptor layer = Put(SomeLayer());
  keep_status_ = absl::UnavailableError("disk full");
  Run([&](LayerInspector& inspector) -> Task<> {
    StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
    EXPECT_THAT(facts,
                StatusIs(StatusCode::kUnavailable, HasSubstr("disk full")));
  });
}

// The refusal of a push leads whoever asks why to the log.
TEST_F(InspectorTest, LogsOnceWhyALayerCannotBeRead) {
  const Descriptor layer = Put("no archive");
  CaptureLog();
  Run([&](LayerInspector& inspector) -> Task<> {
    for (int i = 0; i < 2; ++i) (void)co_await Inspect(inspector, layer);
  });
  const std::string log = CapturedLog();
  EXPECT_THAT(log, HasSubstr(layer.digest.ToString()));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
}

TEST_F(InspectorTest, LogsALayerThatTheRegistryDoesNotGive) {
  const Descriptor layer = Put(SomeLayer());
  FakeRegistry::Switches down;
  down.unavailable = true;
  registry_.Set(down);
  CaptureLog();
  Run([&](LayerInspector& inspector) -> Task<> {
    (void)co_await Inspect(inspector, layer);
  });
  EXPECT_THAT(CapturedLog(), HasSubstr(layer.digest.ToString()));
}

TEST_F(InspectorTest, LogsNothingWhereOnlyItsCallerIsOutOfTime) {
  const Descriptor layer = Put(SomeLayer());
  MakeSlow();
  CaptureLog();
  Run([&](LayerInspector& inspector) -> Task<> {
    const StatusOr<LayerFacts> facts =
        co_await Inspect(inspector, layer, absl::ZeroDuration());
    EXPECT_THAT(facts, StatusIs(StatusCode::kDeadlineExceeded));
  });
  EXPECT_EQ(CapturedLog(), "");
}

}  // namespace
}  // namespace plimsoll

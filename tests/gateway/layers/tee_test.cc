#include "gateway/layers/tee.h"

#include <boost/asio/thread_pool.hpp>
#include <future>

#include "absl/time/clock.h"
#include "tests/gateway/layers/inspector_fixture.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

Task<StatusOr<LayerFacts>> Feed(LayerTee& tee, const std::string& bytes) {
  for (size_t at = 0; at < bytes.size(); at += 10'000) {
    Status status =
        co_await tee.Update(absl::string_view(bytes).substr(at, 10'000));
    EXPECT_TRUE(status.ok() || IsDefiniteFailure(status)) << status;
  }
  co_return co_await tee.Finish();
}

TEST_F(InspectorTest, TeeGivesTheFactsOfWhatStreamsPast) {
  const std::string tar = TarBuilder().File("a", Noise(3 << 20, 1)).Build();
  const std::string stored = Gzip(tar);
  Run([&](LayerInspector& inspector) -> Task<> {
    auto tee = inspector.NewTee("client");
    StatusOr<LayerFacts> facts = co_await Feed(*tee, stored);
    EXPECT_THAT(facts, IsOk());
    EXPECT_EQ(facts->layer, Digest::Sha256(stored));
    EXPECT_EQ(facts->diff_id, Digest::Sha256(tar));
    // Whether they were stored is not for the tee to know.
    EXPECT_TRUE(kept_.empty());
  });
}

TEST_F(InspectorTest, TeeTeachesTheInspectorWhatIsNoLayer) {
  const std::string bad = SomeLayer() + "garbage";
  Descriptor layer = Put(bad);
  Run([&](LayerInspector& inspector) -> Task<> {
    auto tee = inspector.NewTee("client");
    StatusOr<LayerFacts> facts = co_await Feed(*tee, bad);
    EXPECT_THAT(facts, StatusIs(StatusCode::kInvalidArgument));
    StatusOr<LayerFacts> again = co_await Inspect(inspector, layer);
    EXPECT_EQ(again.status(), facts.status());
    EXPECT_EQ(registry_.reads().streams, 0);
  });
}

TEST_F(InspectorTest, TeesAreBoundedAndGiveTheirPlaceBack) {
  InspectorOptions options;
  options.tees = 2;
  Run(
      [&](LayerInspector& inspector) -> Task<> {
        auto first = inspector.NewTee("a");
        auto second = inspector.NewTee("b");
        EXPECT_NE(second, nullptr);
        EXPECT_EQ(inspector.NewTee("c"), nullptr);
        first.reset();
        EXPECT_NE(inspector.NewTee("c"), nullptr);
        co_return;
      },
      options);
}

// Thirty-two clients that sent nothing more kept everybody's uploads from being
// inspected.
TEST_F(InspectorTest, OneClientHasAQuarterOfTheTees) {
  InspectorOptions options;
  options.tees = 8;
  Run(
      [&](LayerInspector& inspector) -> Task<> {
        auto first = inspector.NewTee("a");
        auto second = inspector.NewTee("a");
        EXPECT_NE(second, nullptr);
        EXPECT_EQ(inspector.NewTee("a"), nullptr);
        EXPECT_NE(inspector.NewTee("b"), nullptr);
        second.reset();
        EXPECT_NE(inspector.NewTee("a"), nullptr);
        co_return;
      },
      options);
}

// A few uploads of what inflates a hundredfold held all others back for half a
// minute.
TEST_F(InspectorTest, WhoWaitsForOthersTooLongIsTold) {
  asio::thread_pool pool(1);
  std::promise<void> freed;
  asio::post(pool, [&] { freed.get_future().wait(); });  // others' work
  Run([&](LayerInspector&) -> Task<> {
    LayerFeed feed(pool.get_executor(), {}, Digest::Algorithm::kSha256);
    const std::string much(2 * kFeedBytes, 'x');
    const Status told =
        co_await feed.Update(much, absl::Now() + absl::Milliseconds(1));
    EXPECT_THAT(told, StatusIs(StatusCode::kDeadlineExceeded));
  });
  freed.set_value();
  pool.join();
}

}  // namespace
}  // namespace plimsoll

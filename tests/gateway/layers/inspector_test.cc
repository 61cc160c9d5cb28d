#include "gateway/layers/inspector.h"

#include "tests/gateway/layers/inspector_fixture.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

TEST_F(InspectorTest, GivesAndKeepsTheFactsOfALayer) {
  const std::string tar = TarBuilder().File("a", Noise(5 << 20, 1)).Build();
  const std::string stored = Zstd(tar);
  Descriptor layer = Put(stored);
  Run([&](LayerInspector& inspector) -> Task<> {
    StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
    EXPECT_THAT(facts, IsOk());
    EXPECT_EQ(facts->layer, layer.digest);
    EXPECT_EQ(facts->diff_id, Digest::Sha256(tar));
    EXPECT_EQ(facts->size, layer.size);
    EXPECT_THAT(kept_, testing::ElementsAre(*facts));
  });
}

TEST_F(InspectorTest, ReadsALayerThatIsStoredUnderSha512) {
  const std::string stored = SomeLayer();
  Descriptor layer = Put(stored);
  layer.digest = Digest::Compute(Digest::Algorithm::kSha512, stored);
  registry_.PutBlobAs("app", layer.digest, stored);
  Run([&](LayerInspector& inspector) -> Task<> {
    StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
    EXPECT_THAT(facts, IsOk());
    EXPECT_EQ(facts->layer, layer.digest);
  });
}

TEST_F(InspectorTest, GoesOnPastTheDeadlineOfWhoeverAsked) {
  Descriptor layer = Put(SomeLayer());
  MakeSlow();
  Run([&](LayerInspector& inspector) -> Task<> {
    StatusOr<LayerFacts> early =
        co_await Inspect(inspector, layer, absl::ZeroDuration());
    EXPECT_THAT(early, StatusIs(StatusCode::kDeadlineExceeded,
                                HasSubstr("layer is being inspected: ")));
    registry_.Release();
    StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
    EXPECT_THAT(facts, IsOk());
    EXPECT_EQ(kept_.size(), 1u);
    EXPECT_EQ(registry_.reads().streams, 1);
  });
}

TEST_F(InspectorTest, TellsHowFarItIs) {
  Descriptor first = Put(SomeLayer(1));
  Descriptor second = Put(SomeLayer(2));
  MakeSlow();
  InspectorOptions options;
  options.queue.running = 1;
  using State = LayerProgress::State;
  Run(
      [&](LayerInspector& inspector) -> Task<> {
        EXPECT_EQ(inspector.Progress(first).state, State::kIdle);
        co_await Inspect(inspector, first, absl::ZeroDuration());
        StatusOr<LayerFacts> waiting =
            co_await Inspect(inspector, second, absl::ZeroDuration());
        EXPECT_THAT(waiting, StatusIs(StatusCode::kDeadlineExceeded,
                                      HasSubstr("waiting for its turn")));
        EXPECT_EQ(inspector.Progress(first).state, State::kRunning);
        EXPECT_EQ(inspector.Progress(first).size, first.size);
        EXPECT_EQ(inspector.Progress(second).state, State::kQueued);
        registry_.Release();
        StatusOr<LayerFacts> done = co_await Inspect(inspector, second);
        EXPECT_THAT(done, IsOk());
        EXPECT_EQ(inspector.Progress(second).state, State::kIdle);
      },
      options);
}

TEST_F(InspectorTest, RefusesMoreThanItsQueueHolds) {
  std::vector<Descriptor> layers;
  for (uint32_t i = 0; i < 3; ++i) layers.push_back(Put(SomeLayer(i)));
  MakeSlow();
  InspectorOptions options;
  options.queue.running = 1;
  options.queue.waiting = 1;
  Run(
      [&](LayerInspector& inspector) -> Task<> {
        co_await Inspect(inspector, layers[0], absl::ZeroDuration());
        co_await Inspect(inspector, layers[1], absl::ZeroDuration());
        StatusOr<LayerFacts> refused = co_await Inspect(inspector, layers[2]);
        EXPECT_THAT(refused, StatusIs(StatusCode::kUnavailable,
                                      HasSubstr("too many layers")));
      },
      options);
}

TEST_F(InspectorTest, RefusesALayerThatStatesMoreThanTheLimitUnread) {
  Descriptor layer = Put(SomeLayer());
  layer.size = (int64_t{10} << 30) + 1;
  Run([&](LayerInspector& inspector) -> Task<> {
    StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
    EXPECT_THAT(facts, StatusIs(StatusCode::kResourceExhausted));
    EXPECT_EQ(registry_.reads().streams, 0);
  });
}

TEST_F(InspectorTest, ShutsDownWhatRunsAndWhatWaits) {
  Descriptor first = Put(SomeLayer(1));
  Descriptor second = Put(SomeLayer(2));
  MakeSlow();
  InspectorOptions options;
  options.queue.running = 1;
  RunLoop([&]() -> Task<> {
    auto loop = co_await asio::this_coro::executor;
    FactSink sink = [this](LayerFacts facts) { return Keep(facts); };
    LayerInspector inspector(loop, sink, options);
    int ended = 0;
    for (const Descriptor& layer : {first, second}) {
      auto ends = [&ended](std::exception_ptr, StatusOr<LayerFacts> facts) {
        EXPECT_THAT(facts, StatusIs(StatusCode::kUnavailable));
        ++ended;
      };
      asio::co_spawn(loop, Inspect(inspector, layer), ends);
    }
    while (registry_.Waiting() < 1) co_await asio::post(asio::use_awaitable);
    co_await inspector.Shutdown();
    StatusOr<LayerFacts> late = co_await Inspect(inspector, first);
    EXPECT_THAT(late, StatusIs(StatusCode::kUnavailable));
    while (ended < 2) co_await asio::post(asio::use_awaitable);
  });
  EXPECT_TRUE(kept_.empty());
}

}  // namespace
}  // namespace plimsoll

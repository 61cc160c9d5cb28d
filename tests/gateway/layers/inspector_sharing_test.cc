// Many who ask for the same layer, on one loop and on several.
#include <boost/asio/io_context.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/gateway/layers/inspector_fixture.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

TEST_F(InspectorTest, ReadsALayerOnceForEverybody) {
  Descriptor layer = Put(SomeLayer());
  MakeSlow();
  Run([&](LayerInspector& inspector) -> Task<> {
    auto loop = co_await asio::this_coro::executor;
    int ended = 0;
    for (int i = 0; i < 20; ++i) {
      auto ends = [&ended](std::exception_ptr, StatusOr<LayerFacts> facts) {
        EXPECT_THAT(facts, IsOk());
        ++ended;
      };
      asio::co_spawn(loop, Inspect(inspector, layer), ends);
    }
    while (registry_.Waiting() < 1) co_await asio::post(asio::use_awaitable);
    registry_.Release();
    while (ended < 20) co_await asio::post(asio::use_awaitable);
    EXPECT_EQ(registry_.reads().streams, 1);
    EXPECT_EQ(kept_.size(), 1u);
  });
}

TEST_F(InspectorTest, DoesNotShareAFailureOfSomebodysCredential) {
  FakeRegistry refusing;
  FakeRegistry::Switches switches;
  switches.challenge = "Basic realm=r";
  switches.slow = true;
  refusing.Set(switches);
  Descriptor layer = Put(SomeLayer());
  Run([&](LayerInspector& inspector) -> Task<> {
    auto loop = co_await asio::this_coro::executor;
    int ended = 0;
    auto own = [&ended](std::exception_ptr, StatusOr<LayerFacts> facts) {
      EXPECT_THAT(facts, StatusIs(StatusCode::kUnauthenticated));
      ++ended;
    };
    auto joined = [&ended](std::exception_ptr, StatusOr<LayerFacts> facts) {
      EXPECT_THAT(facts, IsOk());
      ++ended;
    };
    asio::co_spawn(loop,
                   inspector.Inspect(layer, refusing.Open("app"), "other",
                                     absl::Now() + absl::Minutes(1)),
                   own);
    while (refusing.Waiting() < 1) co_await asio::post(asio::use_awaitable);
    asio::co_spawn(loop, Inspect(inspector, layer), joined);
    co_await asio::post(asio::use_awaitable);
    refusing.Release();
    while (ended < 2) co_await asio::post(asio::use_awaitable);
  });
}

TEST_F(InspectorTest, ServesManyLoopsAtOnce) {
  constexpr int kLoops = 4;
  constexpr int kLayers = 16;
  std::vector<Descriptor> layers;
  for (uint32_t i = 0; i < kLayers; ++i) layers.push_back(Put(SomeLayer(i)));
  InspectorOptions options;
  options.threads = 2;
  std::atomic<int> given = 0;
  Run(
      [&](LayerInspector& inspector) -> Task<> {
        std::vector<std::thread> threads;
        std::atomic<int> ended = 0;
        for (int i = 0; i < kLoops; ++i) {
          threads.emplace_back([&] {
            RunLoop([&]() -> Task<> {
              for (const Descriptor& layer : layers) {
                StatusOr<LayerFacts> facts = co_await Inspect(inspector, layer);
                EXPECT_THAT(facts, IsOk());
                given += facts.ok() && facts->layer == layer.digest;
              }
            });
            ++ended;
          });
        }
        while (ended < kLoops) co_await asio::post(asio::use_awaitable);
        for (std::thread& thread : threads) thread.join();
      },
      options);
  EXPECT_EQ(given, kLoops * kLayers);
}

}  // namespace
}  // namespace plimsoll

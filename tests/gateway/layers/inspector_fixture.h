// What the inspector's tests share: a fake registry, facts that are kept in a
// map, and an inspector whose I/O runs on the loop of the test.
#ifndef PLIMSOLL_TESTS_GATEWAY_LAYERS_INSPECTOR_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_LAYERS_INSPECTOR_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gateway/layers/inspector.h"
#include "tests/support/compression.h"
#include "tests/support/fake_registry.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {

class InspectorTest : public testing::Test {
 protected:
  using Body = std::function<Task<>(LayerInspector&)>;

  // Runs `body` with an inspector and shuts that down afterwards.
  void Run(const Body& body, InspectorOptions options = {}) {
    RunLoop([&]() -> Task<> {
      FactSink sink = [this](LayerFacts facts) { return Keep(facts); };
      auto loop = co_await asio::this_coro::executor;
      LayerInspector inspector(loop, sink, options);
      co_await body(inspector);
      co_await inspector.Shutdown();
    });
  }

  Task<Status> Keep(LayerFacts facts) {
    if (keep_status_.ok()) kept_.push_back(std::move(facts));
    co_return keep_status_;
  }

  // Puts a blob into the registry; its descriptor.
  Descriptor Put(absl::string_view bytes) {
    Descriptor layer = {"", registry_.PutBlob("app", bytes)};
    layer.size = static_cast<int64_t>(bytes.size());
    return layer;
  }

  Task<StatusOr<LayerFacts>> Inspect(LayerInspector& inspector,
                                     const Descriptor& layer,
                                     absl::Duration patience) {
    return inspector.Inspect(layer, registry_.Open("app"), "client",
                             absl::Now() + patience);
  }
  Task<StatusOr<LayerFacts>> Inspect(LayerInspector& inspector,
                                     const Descriptor& layer) {
    return Inspect(inspector, layer, absl::Minutes(1));
  }

  void MakeSlow() {
    FakeRegistry::Switches slow;
    slow.slow = true;
    registry_.Set(slow);
  }

  static std::string SomeLayer(uint32_t seed = 1) {
    return Gzip(TarBuilder().File("a", Noise(3000, seed)).Build());
  }

  FakeRegistry registry_;
  std::vector<LayerFacts> kept_;
  Status keep_status_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_LAYERS_INSPECTOR_FIXTURE_H_

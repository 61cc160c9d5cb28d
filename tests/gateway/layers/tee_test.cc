#include "gateway/layers/tee.h"

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
    auto tee = inspector.NewTee();
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
    auto tee = inspector.NewTee();
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
        auto first = inspector.NewTee();
        auto second = inspector.NewTee();
        EXPECT_NE(second, nullptr);
        EXPECT_EQ(inspector.NewTee(), nullptr);
        first.reset();
        EXPECT_NE(inspector.NewTee(), nullptr);
        co_return;
      },
      options);
}

}  // namespace
}  // namespace plimsoll

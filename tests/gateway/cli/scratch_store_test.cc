#include "gateway/cli/scratch_store.h"

#include <gtest/gtest.h>

#include "tests/support/fake_store.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

LayerFacts FactsOf(absl::string_view layer, int64_t size) {
  LayerFacts facts{Digest::Sha256(layer), Digest::Sha256("diff")};
  facts.size = size;
  return facts;
}

Status Put(Store& store, LayerFacts facts) {
  return RunBlocking<Status>([&]() -> Task<Status> {
    std::vector<LayerFacts> one{std::move(facts)};
    co_return co_await store.PutLayerFacts(std::move(one));
  });
}

size_t CountFacts(Store& store) {
  using Found = StatusOr<absl::flat_hash_map<Digest, LayerFacts>>;
  const Found found = RunBlocking<Found>([&]() -> Task<Found> {
    std::vector<Digest> layers{Digest::Sha256("a"), Digest::Sha256("b")};
    co_return co_await store.FindLayerFacts(std::move(layers));
  });
  EXPECT_THAT(found, IsOk());
  return found.ok() ? found->size() : 0;
}

TEST(ScratchStore, ReadsWhatIsBelowItAndWritesNothingThere) {
  auto owned = std::make_unique<FakeStore>();
  FakeStore& below = *owned;
  ASSERT_THAT(Put(below, FactsOf("a", 1)), IsOk());
  below.FailWrites(absl::UnavailableError("written"));
  ScratchStore store(std::move(owned));
  EXPECT_EQ(CountFacts(store), 1u);
  EXPECT_THAT(Put(store, FactsOf("b", 2)), IsOk());
  EXPECT_EQ(CountFacts(store), 2u);
  EXPECT_EQ(CountFacts(below), 1u);
  v1::Decision decision;
  decision.set_id("d-1");
  const EvidenceRecord none;
  EXPECT_THAT(RunBlocking<Status>([&]() -> Task<Status> {
                co_return co_await store.RecordDecision(decision, none);
              }),
              IsOk());
  EXPECT_TRUE(below.decisions().empty());
}

TEST(ScratchStore, PassesOnThatWhatIsBelowItCannotBeRead) {
  auto below = std::make_unique<FakeStore>();
  below->FailCalls(absl::UnavailableError("gone"));
  ScratchStore store(std::move(below));
  using Bases = StatusOr<std::vector<BaseRecord>>;
  EXPECT_THAT(RunBlocking<Bases>([&]() -> Task<Bases> {
                co_return co_await store.LoadCatalog();
              }),
              StatusIs(absl::StatusCode::kUnavailable));
  using Reports = StatusOr<std::vector<MatchedReport>>;
  EXPECT_THAT(RunBlocking<Reports>([&]() -> Task<Reports> {
                std::vector<Digest> subjects{Digest::Sha256("a")};
                co_return co_await store.FindReports(std::move(subjects));
              }),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ScratchStore, StandsAlone) {
  ScratchStore store;
  EXPECT_EQ(CountFacts(store), 0u);
  ASSERT_THAT(Put(store, FactsOf("a", 1)), IsOk());
  EXPECT_EQ(CountFacts(store), 1u);
}

}  // namespace
}  // namespace plimsoll

#include "gateway/upkeep.h"

#include <gtest/gtest.h>

#include <thread>

#include "absl/time/clock.h"
#include "gateway/http/spawn.h"
#include "tests/support/captured_log.h"
#include "tests/support/decisions.h"
#include "tests/support/fake_store.h"
#include "tests/support/image_builder.h"
#include "tests/support/loop_thread.h"
#include "tests/support/one_upstream.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Snapshot> EmptySnapshot() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->catalog = *BaseCatalog::New({});
  return snapshot;
}

// Upkeep over a store in memory; its upstream is called "main" and is never
// asked here.
class UpkeepTest : public testing::Test {
 protected:
  ~UpkeepTest() override {
    loop_.Stop();
    upstreams_->all().front()->Clear();
  }

  void RecordIntent(const char* id, const char* upstream) {
    v1::Decision decision = DecisionOf(id);
    decision.set_upstream(upstream);
    ASSERT_THAT(Wait(store_.RecordIntent(decision, {})), IsOk());
  }

  LoopThread loop_;
  FakeStore store_;
  SnapshotHolder snapshots_{EmptySnapshot()};
  const std::unique_ptr<Upstreams> upstreams_ =
      OneUpstream(PlainUpstream("main", "1"));
  CatalogFollower catalog_{store_, snapshots_};
  Reconciler reconciler_{{store_, *upstreams_, absl::Now}};
  Readiness readiness_;
  TlsSources tls_;
  Upkeep upkeep_{{catalog_, reconciler_, snapshots_, readiness_, store_, tls_,
                  Retention()}};
};

TEST_F(UpkeepTest, BeginsWithTheCatalogOfTheStore) {
  std::vector<BaseRecord> bases{RecordOf(ImageBuilder().Layer("base").Build(),
                                         {"docker.io/library/debian:12"})};
  ASSERT_THAT(Wait(store_.PutBases(std::move(bases))), IsOk());
  EXPECT_THAT(Wait(upkeep_.Begin()), IsOk());
  EXPECT_FALSE(snapshots_.Get()->catalog->empty());
  EXPECT_FALSE(readiness_.ready.load()) << "nothing is served yet";
}

TEST_F(UpkeepTest, DoesNotBeginWhereTheStoreFails) {
  store_.FailCalls(absl::UnavailableError("disk gone"));
  EXPECT_THAT(Wait(upkeep_.Begin()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("disk gone")));
}

TEST_F(UpkeepTest, SaysAtTheStartWhichPushesToAnotherUpstreamStayOpen) {
  for (const char* id : {"a", "b"}) RecordIntent(id, "former");
  CaptureLog();
  EXPECT_THAT(Wait(upkeep_.Begin()), IsOk());
  loop_.Do([this] { Spawn(loop_.loop().executor(), "upkeep", upkeep_.Run()); });
  ASSERT_TRUE(Eventually([this] { return readiness_.ready.load(); }));
  loop_.Stop();
  const std::string log = CapturedLog();
  EXPECT_THAT(log, HasSubstr(R"("open":"2","upstream":"former")"));
  EXPECT_EQ(store_.decisions().front().state, ForwardState::kIntent);
}

}  // namespace
}  // namespace plimsoll

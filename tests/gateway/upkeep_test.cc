#include "gateway/upkeep.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/spawn.h"
#include "gateway/observe/metrics.h"
#include "tests/support/captured_log.h"
#include "tests/support/decisions.h"
#include "tests/support/fake_store.h"
#include "tests/support/image_builder.h"
#include "tests/support/loop_thread.h"
#include "tests/support/one_upstream.h"
#include "tests/support/script_server.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_certificate.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

std::shared_ptr<const Snapshot> EmptySnapshot() {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->catalog = *BaseCatalog::New({});
  return snapshot;
}

ScriptReply Silence(const RequestHead&) {
  ScriptReply reply;
  reply.then = ScriptReply::Then::kStall;
  return reply;
}

// Upkeep over a store in memory; its upstream is called "main", takes what it
// is asked and never answers, for an hour as its reconciler sees it.
class UpkeepTest : public testing::Test {
 protected:
  UpkeepTest() { upstreams_->all().front()->AddLoop(loop_.loop()); }
  ~UpkeepTest() override {
    loop_.Stop();
    upstreams_->all().front()->Clear();
  }

  void RecordIntent(const char* id, const char* upstream) {
    v1::Decision decision = DecisionOf(id);
    decision.set_upstream(upstream);
    ASSERT_THAT(Wait(store_.RecordIntent(decision, {})), IsOk());
  }

  // Starts with as many open pushes as one pass asks a silent upstream about.
  void RunWhileAsking() {
    for (const char* id : {"a", "b", "c", "d", "e"}) RecordIntent(id, "main");
    ASSERT_THAT(Wait(upkeep_.Begin()), IsOk());
    Run();
    ASSERT_TRUE(silent_.WaitForRequests(1));
  }

  void KeepABase() {
    std::vector<BaseRecord> bases{RecordOf(ImageBuilder().Layer("base").Build(),
                                           {"docker.io/library/debian:12"})};
    ASSERT_THAT(Wait(store_.PutBases(std::move(bases))), IsOk());
  }

  void Run() {
    loop_.Do(
        [this] { Spawn(loop_.loop().executor(), "upkeep", upkeep_.Run()); });
  }

  ScriptServer silent_{Silence};
  LoopThread loop_;
  FakeStore store_;
  SnapshotHolder snapshots_{EmptySnapshot()};
  const std::unique_ptr<Upstreams> upstreams_ =
      OneUpstream(PlainUpstream("main", absl::StrCat(silent_.port())));
  CatalogFollower catalog_{store_, snapshots_};
  Reconciler reconciler_{
      {store_, *upstreams_, [] { return absl::Now() + absl::Hours(1); }}};
  Readiness readiness_;
  TlsSources tls_;
  Upkeep upkeep_{{catalog_, reconciler_, snapshots_, readiness_, store_, tls_,
                  Retention()}};
};

TEST_F(UpkeepTest, BeginsWithTheCatalogOfTheStore) {
  KeepABase();
  EXPECT_THAT(Wait(upkeep_.Begin()), IsOk());
  EXPECT_FALSE(snapshots_.Get()->catalog->empty());
  EXPECT_FALSE(readiness_.ready()) << "nothing is served yet";
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
  Run();
  ASSERT_TRUE(Eventually([this] { return readiness_.ready(); }));
  loop_.Stop();
  const std::string log = CapturedLog();
  EXPECT_THAT(log, HasSubstr(R"("open":"2","upstream":"former")"));
  EXPECT_EQ(store_.decisions().front().state, ForwardState::kIntent);
}

// An approval, or a denial, took effect only once each question to an upstream
// that is down had used up its time.
TEST_F(UpkeepTest, FollowsTheCatalogWhileAnUpstreamDoesNotAnswer) {
  RunWhileAsking();
  KeepABase();
  EXPECT_TRUE(
      Eventually([this] { return !snapshots_.Get()->catalog->empty(); }));
  EXPECT_FALSE(readiness_.ready()) << "it has been asked to the end";
}

TEST_F(UpkeepTest, RemovesWhatIsOverWhileAnUpstreamDoesNotAnswer) {
  v1::Decision old = DecisionOf("old");
  old.set_outcome("deny");
  old.set_time("2020-01-01T00:00:00Z");
  ASSERT_THAT(Wait(store_.RecordDecision(old, {})), IsOk());
  RunWhileAsking();
  EXPECT_TRUE(Eventually([this] { return store_.decisions().size() == 5; }));
  EXPECT_EQ(store_.decisions().front().decision.id(), "a");
  EXPECT_FALSE(readiness_.ready()) << "it has been asked to the end";
}

TEST_F(UpkeepTest, TellsOfCertificatesWhileAnUpstreamDoesNotAnswer) {
  const TestCertificate own;
  ClientTlsSettings settings;
  settings.ca_file = own.certificate_file();
  settings.certificate_file = own.certificate_file();
  settings.key_file = own.key_file();
  const auto source = TlsSource::Client("upstream main", settings, absl::Now());
  ASSERT_THAT(source, IsOk());
  tls_.push_back(*source);
  metrics::upstream_certificate_expiry.Set(0);
  RunWhileAsking();
  EXPECT_TRUE(Eventually(
      [] { return metrics::upstream_certificate_expiry.Get() > 0; }));
}

}  // namespace
}  // namespace plimsoll

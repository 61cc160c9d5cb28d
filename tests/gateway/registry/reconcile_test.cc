#include "gateway/registry/reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/http/loop.h"
#include "gateway/instant.h"
#include "tests/support/decisions.h"
#include "tests/support/fake_store.h"
#include "tests/support/one_upstream.h"
#include "tests/support/script_server.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;

const std::string kOurs = absl::StrCat("sha256:", std::string(64, 'a'));
const std::string kOther = absl::StrCat("sha256:", std::string(64, 'b'));

// An upstream that has what `has_` says, and one intent of a push of `kOurs`
// to team/app:v1 that was made at `made_`.
class ReconcilerTest : public testing::Test {
 protected:
  void SetUp() override { upstreams_->all().front()->AddLoop(loop_); }
  void TearDown() override { upstreams_->all().front()->Clear(); }

  ScriptReply Answer(const RequestHead& head) {
    std::lock_guard<std::mutex> lock(mutex_);
    ScriptReply reply;
    absl::string_view reference = head.target;
    absl::ConsumePrefix(&reference, "/v2/team/app/manifests/");
    const auto there = has_.find(std::string(reference));
    const std::string fields =
        there == has_.end()
            ? "Content-Length: 0\r\n"
            : absl::StrCat("Content-Length: 9\r\nDocker-Content-Digest: ",
                           there->second, "\r\n");
    const bool fails = absl::StrContains(head.target, "/broken");
    const std::string status = fails                 ? "500 Oops"
                               : !status_.empty()    ? status_
                               : there == has_.end() ? "404 Not Found"
                                                     : "200 OK";
    reply.bytes = absl::StrCat("HTTP/1.1 ", status, "\r\n", fields, "\r\n");
    return reply;
  }

  void RecordIntent(std::string artifact = "", std::string id = "1",
                    std::string repository = "team/app") {
    v1::Decision decision;
    decision.set_id(id);
    decision.set_time(FormatInstant(made_));
    decision.set_upstream(upstream_);
    decision.set_repository(repository);
    decision.set_reference("v1");
    decision.add_tags("v1");
    decision.set_digest(kOurs);
    decision.set_artifact(artifact);
    ASSERT_TRUE(Wait(store_.RecordIntent(decision, EvidenceOf(""))).ok());
  }

  // A pass at `now`; how many pushes stay open for want of an answer.
  size_t Run(absl::Time now) {
    Reconciler reconciler({store_, *upstreams_, [now] { return now; }});
    StatusOr<size_t> left = absl::UnknownError("not run");
    const auto run = [&]() -> Task<> {
      left = co_await reconciler.Run(absl::InfiniteFuture());
      elsewhere_ = reconciler.elsewhere();
    };
    asio::co_spawn(loop_.executor(), run(), [](std::exception_ptr) {});
    loop_.io().restart();
    loop_.io().run();
    EXPECT_TRUE(left.ok()) << left.status();
    return left.value_or(0);
  }

  std::map<std::string, size_t> Elsewhere(absl::Time now) {
    Run(now);
    return elsewhere_;
  }

  StoredDecision Stored() { return store_.decisions().front(); }

  const absl::Time made_ = absl::Now();
  const absl::Time settled_ = made_ + kPushSettles;
  const absl::Time early_ = settled_ - absl::Milliseconds(1);
  std::mutex mutex_;
  std::map<std::string, std::string> has_;  // reference to digest
  std::string upstream_ = "test";
  std::map<std::string, size_t> elsewhere_;
  std::string status_;  // answered to everything, if set
  FakeStore store_;
  ScriptServer server_{
      [this](const RequestHead& head) { return Answer(head); }};
  Loop loop_;
  const std::unique_ptr<Upstreams> upstreams_ = OneUpstream([this] {
    UpstreamSettings settings =
        PlainUpstream("test", absl::StrCat(server_.port()));
    settings.read_authorization = "Basic cmVhZGVy";
    return settings;
  }());
};

TEST_F(ReconcilerTest, WhatTheUpstreamHasUnderDigestAndTagWasForwarded) {
  RecordIntent();
  has_ = {{kOurs, kOurs}, {"v1", kOurs}};
  EXPECT_EQ(Run(made_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kForwarded);
  EXPECT_TRUE(Stored().result.reconciled);
}

TEST_F(ReconcilerTest, WhatIsNotThereMayStillArriveUntilThePushHasSettled) {
  RecordIntent();
  EXPECT_EQ(Run(early_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kIntent);
  has_ = {{kOurs, kOurs}, {"v1", kOurs}};
  EXPECT_EQ(Run(early_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kForwarded);
}

TEST_F(ReconcilerTest, WhatIsNotThereOnceThePushHasSettledIsAbsent) {
  RecordIntent();
  EXPECT_EQ(Run(settled_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kAbsent);
}

TEST_F(ReconcilerTest, ATagThatDidNotMoveYetMayStillMove) {
  RecordIntent();
  has_ = {{kOurs, kOurs}, {"v1", kOther}};
  EXPECT_EQ(Run(early_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kIntent);
  EXPECT_EQ(Run(settled_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kSuperseded);
  EXPECT_THAT(Stored().result.detail, HasSubstr(kOther));
}

TEST_F(ReconcilerTest, AnUpstreamThatFailsLeavesTheIntentOpenForLater) {
  RecordIntent();
  status_ = "503 Service Unavailable";
  EXPECT_EQ(Run(settled_ + absl::Hours(1)), 1U);
  EXPECT_EQ(Stored().state, ForwardState::kIntent);
  status_ = "";
  EXPECT_EQ(Run(settled_ + absl::Hours(1)), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kAbsent);
}

TEST_F(ReconcilerTest, ACredentialThatMayNotReadLeavesItUnknown) {
  RecordIntent();
  status_ = "403 Forbidden";
  EXPECT_EQ(Run(early_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kIntent);
  EXPECT_EQ(Run(settled_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kUnknown);
  EXPECT_THAT(Stored().result.detail, HasSubstr("cannot be asked"));
}

TEST_F(ReconcilerTest, AnAttestationPushedToATagIsLookedForByDigestAlone) {
  RecordIntent("attestation");
  has_ = {{kOurs, kOurs}, {"v1", kOther}};
  EXPECT_EQ(Run(settled_), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kForwarded);
}

TEST_F(ReconcilerTest, ItAsksWithTheReadCredential) {
  RecordIntent();
  EXPECT_EQ(Run(settled_), 0U);
  const std::vector<SeenRequest> requests = server_.requests();
  ASSERT_FALSE(requests.empty());
  const Headers& headers = requests.front().head.headers;
  ASSERT_NE(headers.Find("Authorization"), nullptr);
  EXPECT_EQ(*headers.Find("Authorization"), "Basic cmVhZGVy");
}

// An upstream may have lost what it would need to answer for one push.
TEST_F(ReconcilerTest, OneThatCannotBeAnsweredForDoesNotHoldUpTheOthers) {
  RecordIntent("", "1", "broken");
  RecordIntent("", "2");
  EXPECT_EQ(Run(settled_), 1U);
  const std::vector<StoredDecision> stored = store_.decisions();
  ASSERT_EQ(stored.size(), 2u);
  for (const StoredDecision& one : stored) {
    EXPECT_EQ(one.state, one.decision.id() == "1" ? ForwardState::kIntent
                                                  : ForwardState::kAbsent);
  }
}

TEST_F(ReconcilerTest, AnUpstreamThatAnswersNothingIsNotAskedForAll) {
  status_ = "503 Service Unavailable";
  for (int i = 0; i < 20; ++i) RecordIntent("", absl::StrCat(i));
  EXPECT_EQ(Run(settled_), 5U);
  EXPECT_EQ(server_.requests().size(), 5u);
}

// A store that once stood before another registry: asked here, its pushes would
// be recorded as absent or forwarded by what this registry happens to have.
TEST_F(ReconcilerTest, WhatWentToAnotherUpstreamStaysOpenAndIsCounted) {
  upstream_ = "former";
  RecordIntent();
  EXPECT_THAT(Elsewhere(settled_ + absl::Hours(1)),
              testing::ElementsAre(testing::Pair("former", 1)));
  EXPECT_EQ(Stored().state, ForwardState::kIntent);
  has_ = {{kOurs, kOurs}, {"v1", kOurs}};
  EXPECT_EQ(Run(settled_ + absl::Hours(1)), 0U);
  EXPECT_EQ(Stored().state, ForwardState::kIntent);
  EXPECT_TRUE(server_.requests().empty());
}

}  // namespace
}  // namespace plimsoll

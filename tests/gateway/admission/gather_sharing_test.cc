#include "gateway/admission/gather_sharing.h"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/clock.h"

namespace plimsoll {
namespace {

// Calls on one loop, each of which gathers under a key; a gathering ends when
// the gate opens.
class GatherSharingTest : public testing::Test {
 protected:
  void Call(const std::string& key,
            absl::Time deadline = absl::InfiniteFuture()) {
    const size_t at = answers_.size();
    answers_.emplace_back();
    asio::co_spawn(loop_, Ask(key, deadline, at), asio::detached);
  }

  Task<> Ask(std::string key, absl::Time deadline, size_t at) {
    const GatherSharing::Gathering gather = [this] { return Gather(); };
    answers_[at] = co_await sharing_.Share(std::move(key), deadline, gather);
  }

  Task<StatusOr<Gathered>> Gather() {
    const int number = ++gatherings_;
    co_await gate_.Wait();
    if (!failure_.ok()) co_return failure_;
    Subject subject{.repository = "team/app",
                    .tags = {},
                    .digest = Digest::Sha256(""),
                    .media_type = "",
                    .size = 0};
    Evidence evidence{.subject = std::move(subject),
                      .kind = SubjectKind::kImage,
                      .artifact_kind = "",
                      .images = {},
                      .gaps = {},
                      .malformed = {},
                      .unusual = {},
                      .catalog_revision = "",
                      .catalog_empty = false};
    EvidenceRecord record{std::to_string(number), {}};
    Gathered gathered{std::move(evidence), std::move(record), nullptr};
    co_return gathered;
  }

  // Runs what can run.
  void Poll() {
    loop_.restart();
    while (loop_.poll() > 0) {
    }
  }
  std::string Record(size_t at) {
    return answers_[at].has_value() && answers_[at]->ok()
               ? (*answers_[at])->record.bytes
               : "none";
  }

  GatherSharing sharing_;  // outlives calls that the loop still has
  asio::io_context loop_{1};
  Event gate_{loop_.get_executor()};
  Status failure_;
  int gatherings_ = 0;
  std::vector<std::optional<StatusOr<Gathered>>> answers_;
};

TEST_F(GatherSharingTest, RepeatsOfAPushThatIsUnderWayShareItsGathering) {
  Call("a");
  Call("a");
  Call("b");
  Poll();
  EXPECT_EQ(gatherings_, 2);
  gate_.Set();
  Poll();
  EXPECT_EQ(Record(0), "1");
  EXPECT_EQ(Record(1), "1");
  EXPECT_EQ(Record(2), "2");
}

TEST_F(GatherSharingTest, APushAfterTheEndGathersAnew) {
  gate_.Set();
  Call("a");
  Poll();
  Call("a");
  Poll();
  EXPECT_EQ(Record(0), "1");
  EXPECT_EQ(Record(1), "2");
}

TEST_F(GatherSharingTest, AFailureIsSharedAndNotKept) {
  failure_ = absl::UnavailableError("upstream");
  Call("a");
  Call("a");
  Poll();
  gate_.Set();
  Poll();
  EXPECT_EQ(gatherings_, 1);
  EXPECT_EQ(answers_[1]->status(), failure_);
  failure_ = absl::OkStatus();
  Call("a");
  Poll();
  EXPECT_EQ(Record(2), "2");
}

TEST_F(GatherSharingTest, WhoeverCannotWaitLongerGathersAlone) {
  Call("a");
  Poll();
  Call("a", absl::Now());
  Poll();
  EXPECT_EQ(gatherings_, 2);
}

TEST_F(GatherSharingTest, AGatheringThatIsBrokenOffLeavesNobodyWaiting) {
  {
    asio::io_context broken(1);
    Event never(broken.get_executor());
    const GatherSharing::Gathering gather =
        [&never]() -> Task<StatusOr<Gathered>> {
      co_await never.Wait();
      co_return absl::UnknownError("never");
    };
    asio::co_spawn(broken, sharing_.Share("a", absl::InfiniteFuture(), gather),
                   [](std::exception_ptr, StatusOr<Gathered>) {});
    broken.poll();
    Call("a");
    Poll();
    EXPECT_EQ(gatherings_, 0);
  }  // the loop ends with its coroutine suspended
  gate_.Set();
  Poll();
  EXPECT_EQ(Record(0), "1");
}

}  // namespace
}  // namespace plimsoll

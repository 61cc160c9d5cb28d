#include "gateway/admission/decision_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/observe/metrics.h"
#include "tests/support/loop_thread.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using Turn = DecisionTurns::Turn;

class DecisionTurnsTest : public testing::Test {
 protected:
  DecisionTurns& Of(DecisionTurns::Limits limits) {
    turns_ = std::make_unique<DecisionTurns>(limits);
    return *turns_;
  }
  // One of `holder`'s that has entered.
  Turn& Entered(DecisionTurns& turns, const std::string& holder,
                bool anonymous = false) {
    all_.push_back(std::make_unique<Turn>(turns, holder, anonymous));
    EXPECT_THAT(all_.back()->Enter(), IsOk());
    return *all_.back();
  }
  // Whether it runs at once.
  static bool Runs(Turn& turn) {
    return Wait(turn.Wait(absl::InfinitePast())).ok();
  }
  // How many "running" or "waiting" there are: changed as a turn ends, before
  // any loop hears of it.
  static double Count(absl::string_view state) {
    return metrics::decision_turns.Get({state});
  }
  // Waits on a loop of its own, as other loops' pushes do.
  std::future<Status> Waiting(Turn& turn) {
    auto result = std::make_shared<std::promise<Status>>();
    asio::co_spawn(loop_.loop().executor(), turn.Wait(absl::InfiniteFuture()),
                   [result](std::exception_ptr, Status status) {
                     result->set_value(std::move(status));
                   });
    loop_.Do([] {});  // it waits by then
    return result->get_future();
  }

  std::unique_ptr<DecisionTurns> turns_;
  std::deque<std::unique_ptr<Turn>> all_;
  LoopThread loop_;
};

TEST_F(DecisionTurnsTest, RunAtOnceWhileThereIsRoom) {
  DecisionTurns& turns = Of({.running = 8, .waiting = 0});
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(Runs(Entered(turns, absl::StrCat(i))));
  }
  Turn next(turns, "next", false);
  EXPECT_THAT(next.Enter(),
              StatusIs(StatusCode::kInternal, HasSubstr("push again")));
  all_.pop_front();
  EXPECT_THAT(next.Enter(), IsOk());
  EXPECT_TRUE(Runs(next));
}

TEST_F(DecisionTurnsTest, GoToTheNextInLineAcrossLoops) {
  DecisionTurns& turns = Of({.running = 1, .waiting = 8});
  Turn& first = Entered(turns, "a");
  ASSERT_TRUE(Runs(first));
  std::future<Status> second = Waiting(Entered(turns, "b"));
  Turn& third_turn = Entered(turns, "c");
  std::future<Status> third = Waiting(third_turn);
  first.End();
  EXPECT_THAT(second.get(), IsOk());
  EXPECT_EQ(Count("running"), 1);
  EXPECT_EQ(Count("waiting"), 1);
  all_[1]->End();
  EXPECT_THAT(third.get(), IsOk());
}

TEST_F(DecisionTurnsTest, EndAtTheirDeadline) {
  DecisionTurns& turns = Of({.running = 1, .waiting = 8});
  Turn& first = Entered(turns, "a");
  ASSERT_TRUE(Runs(first));
  Turn& late = Entered(turns, "b");
  EXPECT_THAT(Wait(late.Wait(absl::Now() + absl::Milliseconds(1))),
              StatusIs(StatusCode::kInternal, HasSubstr("push again")));
  // Nobody is left in the line, and nothing is lost.
  first.End();
  EXPECT_TRUE(Runs(late));
}

TEST_F(DecisionTurnsTest, AreNotHeldByWhoHasLeftTheLine) {
  DecisionTurns& turns = Of({.running = 1, .waiting = 8});
  Turn& first = Entered(turns, "a");
  ASSERT_TRUE(Runs(first));
  {
    Turn left(turns, "b", false);
    ASSERT_THAT(left.Enter(), IsOk());
    LoopThread gone;
    asio::co_spawn(gone.loop().executor(), left.Wait(absl::InfiniteFuture()),
                   [](std::exception_ptr, const Status&) {});
    gone.Do([] {});
    gone.Stop();
  }
  std::future<Status> next = Waiting(Entered(turns, "c"));
  first.End();
  EXPECT_THAT(next.get(), IsOk());
}

// A slow client, or many of one address, leave the most to the others.
TEST_F(DecisionTurnsTest, LeaveNobodyMoreThanAShareOfThePlaces) {
  DecisionTurns& turns = Of({.running = 4, .waiting = 12});
  const int64_t before = metrics::shed.Get({"decisions_share"});
  for (int i = 0; i < 8; ++i) Entered(turns, "a");
  Turn ninth(turns, "a", false);
  EXPECT_THAT(ninth.Enter(), StatusIs(StatusCode::kInternal));
  EXPECT_EQ(metrics::shed.Get({"decisions_share"}), before + 1);
  Entered(turns, "b");
}

TEST_F(DecisionTurnsTest, LeaveThoseWithoutACredentialHalfOfThePlaces) {
  DecisionTurns& turns = Of({.running = 4, .waiting = 12});
  for (int i = 0; i < 4; ++i) Entered(turns, "a", true);
  Turn fifth(turns, "a", true);
  EXPECT_THAT(fifth.Enter(), StatusIs(StatusCode::kInternal));
  for (int i = 0; i < 4; ++i) Entered(turns, absl::StrCat(i), true);
  Turn ninth(turns, "b", true);
  EXPECT_THAT(ninth.Enter(), StatusIs(StatusCode::kInternal));
  Entered(turns, "b");
}

TEST_F(DecisionTurnsTest, LeaveThoseWithoutACredentialHalfOfTheTurns) {
  DecisionTurns& turns = Of({.running = 2, .waiting = 30});
  ASSERT_TRUE(Runs(Entered(turns, "a", true)));
  EXPECT_FALSE(Runs(Entered(turns, "b", true)));
  EXPECT_TRUE(Runs(Entered(turns, "c")));
}

TEST_F(DecisionTurnsTest, PassThoseWhoWaitForTheirShare) {
  DecisionTurns& turns = Of({.running = 4, .waiting = 8});
  ASSERT_TRUE(Runs(Entered(turns, "a")));
  ASSERT_TRUE(Runs(Entered(turns, "a")));
  std::future<Status> third = Waiting(Entered(turns, "a"));
  EXPECT_TRUE(Runs(Entered(turns, "b")));
  EXPECT_EQ(Count("running"), 3);
  EXPECT_EQ(Count("waiting"), 1);
  all_[0]->End();
  EXPECT_THAT(third.get(), IsOk());
}

// Two wait for different shares, and the one that ends had a part in both.
TEST_F(DecisionTurnsTest, GoToAllWhomOneThatEndsHasKeptWaiting) {
  DecisionTurns& turns = Of({.running = 8, .waiting = 8});
  Turn& both = Entered(turns, "h", true);
  ASSERT_TRUE(Runs(both));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Runs(Entered(turns, "h")));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Runs(Entered(turns, absl::StrCat(i), true)));
  }
  std::future<Status> of_holder = Waiting(Entered(turns, "h"));
  std::future<Status> of_anonymous = Waiting(Entered(turns, "k", true));
  both.End();
  ASSERT_EQ(Count("waiting"), 0);
  ASSERT_EQ(Count("running"), 8);
  EXPECT_THAT(of_holder.get(), IsOk());
  EXPECT_THAT(of_anonymous.get(), IsOk());
}

TEST_F(DecisionTurnsTest, CountThoseThatRunAndWait) {
  DecisionTurns& turns = Of({.running = 1, .waiting = 8});
  EXPECT_EQ(Count("running"), 0);
  ASSERT_TRUE(Runs(Entered(turns, "a")));
  std::future<Status> second = Waiting(Entered(turns, "b"));
  EXPECT_EQ(Count("running"), 1);
  EXPECT_EQ(Count("waiting"), 1);
  all_[0]->End();
  EXPECT_THAT(second.get(), IsOk());
  EXPECT_EQ(Count("waiting"), 0);
  all_[1]->End();
  EXPECT_EQ(Count("running"), 0);
}

TEST_F(DecisionTurnsTest, MayEndAtAnyTimeAndTwice) {
  DecisionTurns& turns = Of({.running = 1, .waiting = 3});
  Turn never(turns, "a", false);
  never.End();
  Turn& entered = Entered(turns, "b");
  entered.End();
  entered.End();
  Turn& ran = Entered(turns, "c");
  ASSERT_TRUE(Runs(ran));
  ran.End();
  ran.End();
  for (int i = 0; i < 4; ++i) Entered(turns, absl::StrCat(i));
}

}  // namespace
}  // namespace plimsoll

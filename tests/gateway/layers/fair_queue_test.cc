#include "gateway/layers/fair_queue.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

QueueLimits Limits(size_t running, size_t waiting, size_t per_client) {
  QueueLimits limits;
  limits.running = running;
  limits.waiting = waiting;
  limits.per_client = per_client;
  return limits;
}

TEST(FairQueue, RunsUpToItsBoundInOrder) {
  FairQueue<int> queue(Limits(2, 9, 9));
  for (int job : {1, 2, 3}) EXPECT_THAT(queue.Add("a", job), IsOk());
  EXPECT_EQ(queue.Next(), 1);
  EXPECT_EQ(queue.Next(), 2);
  EXPECT_EQ(queue.Next(), std::nullopt);
  queue.Done("a");
  EXPECT_EQ(queue.Next(), 3);
}

TEST(FairQueue, PrefersTheClientWithTheFewestRunning) {
  FairQueue<int> queue(Limits(4, 9, 9));
  for (int job : {1, 2, 3}) EXPECT_THAT(queue.Add("a", job), IsOk());
  EXPECT_THAT(queue.Add("b", 4), IsOk());
  EXPECT_EQ(queue.Next(), 1);
  EXPECT_EQ(queue.Next(), 4);
  EXPECT_EQ(queue.Next(), 2);
}

TEST(FairQueue, RefusesOverItsBounds) {
  constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
  FairQueue<int> queue(Limits(1, 3, 2));
  EXPECT_THAT(queue.Add("a", 1), IsOk());
  EXPECT_EQ(queue.Next(), 1);
  EXPECT_THAT(queue.Add("a", 2), IsOk());
  EXPECT_THAT(queue.Add("a", 3),
              StatusIs(kUnavailable, HasSubstr("this client")));
  EXPECT_THAT(queue.Add("b", 4), IsOk());
  EXPECT_THAT(queue.Add("c", 5), IsOk());
  EXPECT_THAT(queue.Add("d", 6), StatusIs(kUnavailable, HasSubstr("too many")));
  queue.Done("a");
  EXPECT_EQ(queue.Next(), 2);
  EXPECT_THAT(queue.Add("a", 7), IsOk());
}

TEST(FairQueue, GivesBackWhatWaitsAndForgetsIt) {
  FairQueue<int> queue(Limits(1, 9, 2));
  EXPECT_THAT(queue.Add("a", 1), IsOk());
  EXPECT_EQ(queue.Next(), 1);
  EXPECT_THAT(queue.Add("a", 2), IsOk());
  EXPECT_THAT(queue.Add("b", 3), IsOk());
  EXPECT_THAT(queue.Clear(), ElementsAre(2, 3));
  EXPECT_EQ(queue.running(), 1u);
  queue.Done("a");
  EXPECT_EQ(queue.running(), 0u);
  EXPECT_EQ(queue.Next(), std::nullopt);
}

}  // namespace
}  // namespace plimsoll

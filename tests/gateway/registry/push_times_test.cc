#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "gateway/registry/held_push.h"

namespace plimsoll {
namespace {

constexpr absl::Time kHeld = absl::UnixEpoch();
constexpr PushTimes kTimes;

absl::Time At(int seconds) { return kHeld + absl::Seconds(seconds); }

// docker's containerd transport has given up two seconds later.
TEST(PushTimes, AnswerAClientWithin28SecondsWhateverTheUpstreamDoes) {
  const absl::Time silent = kTimes.AnswerUntil(kHeld, At(22));
  EXPECT_EQ(silent, At(27));
  EXPECT_EQ(kTimes.AskUntil(kHeld, silent, /*answered=*/false), At(28));
}

TEST(PushTimes, AskNoLongerThanThreeSecondsWhereThereIsMoreTime) {
  EXPECT_EQ(kTimes.AskUntil(kHeld, At(5), /*answered=*/false), At(8));
}

TEST(PushTimes, AskAtLeastASecondWhereThereIsNone) {
  EXPECT_EQ(kTimes.AnswerUntil(kHeld, At(28)), At(29));
  EXPECT_EQ(kTimes.AskUntil(kHeld, At(29), /*answered=*/false), At(30));
}

TEST(PushTimes, HurryNobodyOnceTheClientHasItsAnswer) {
  EXPECT_EQ(kTimes.AskUntil(kHeld, At(28), /*answered=*/true), At(31));
}

}  // namespace
}  // namespace plimsoll

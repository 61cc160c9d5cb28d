#include "gateway/admission/held_bytes.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>

#include "absl/time/clock.h"
#include "gateway/observe/metrics.h"
#include "tests/support/loop_thread.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

TEST(HeldBytes, AreTakenUpToTheBoundAndGivenBack) {
  HeldBytes held({.all = 10, .holder = 10, .anonymous = 10});
  {
    HeldBytes::Charge first(held, "a", false);
    EXPECT_THAT(first.Grow(4), IsOk());
    EXPECT_THAT(first.Grow(2), IsOk());
    HeldBytes::Charge second(held, "b", false);
    EXPECT_THAT(second.Grow(5), StatusIs(StatusCode::kInternal));
    EXPECT_THAT(second.Grow(4), IsOk());
    EXPECT_THAT(first.Grow(1), StatusIs(StatusCode::kInternal));
    EXPECT_EQ(held.held(), 10);
  }
  EXPECT_EQ(held.held(), 0);
}

TEST(HeldBytes, OfOneHolderAreAShare) {
  HeldBytes held({.all = 10, .holder = 4, .anonymous = 10});
  HeldBytes::Charge one(held, "a", false);
  HeldBytes::Charge same(held, "a", false);
  HeldBytes::Charge other(held, "b", false);
  EXPECT_THAT(one.Grow(3), IsOk());
  EXPECT_THAT(same.Grow(2), StatusIs(StatusCode::kInternal));
  EXPECT_THAT(same.Grow(1), IsOk());
  EXPECT_THAT(other.Grow(4), IsOk());
}

TEST(HeldBytes, WithoutACredentialAreASmallPartTogether) {
  HeldBytes held({.all = 10, .holder = 10, .anonymous = 3});
  HeldBytes::Charge one(held, "a", true);
  HeldBytes::Charge other(held, "b", true);
  HeldBytes::Charge named(held, "c", false);
  EXPECT_THAT(one.Grow(2), IsOk());
  EXPECT_THAT(other.Grow(2), StatusIs(StatusCode::kInternal));
  EXPECT_THAT(named.Grow(8), IsOk());
}

TEST(HeldBytes, LetABodyBeginWhileAQuarterIsFree) {
  HeldBytes held({.all = 8, .holder = 8, .anonymous = 8});
  HeldBytes::Charge charge(held, "a", false);
  ASSERT_THAT(charge.Grow(6), IsOk());
  LoopThread loop;
  EXPECT_TRUE(loop.Wait<bool>([&]() -> Task<bool> {
    co_await held.AwaitRoom(absl::InfiniteFuture());
    co_return true;
  }));
}

TEST(HeldBytes, LetABodyBeginOnceAQuarterIsFreeAgain) {
  HeldBytes held({.all = 8, .holder = 8, .anonymous = 8});
  auto charge = std::make_unique<HeldBytes::Charge>(held, "a", false);
  ASSERT_THAT(charge->Grow(7), IsOk());
  LoopThread loop;
  std::promise<void> begun;
  asio::co_spawn(loop.loop().executor(), held.AwaitRoom(absl::InfiniteFuture()),
                 [&begun](std::exception_ptr) { begun.set_value(); });
  loop.Do([] {});  // it waits by then
  std::future<void> begins = begun.get_future();
  EXPECT_EQ(begins.wait_for(std::chrono::seconds(0)),
            std::future_status::timeout);
  charge.reset();
  EXPECT_EQ(begins.wait_for(std::chrono::seconds(20)),
            std::future_status::ready);
}

TEST(HeldBytes, KeepNoBodyWaitingForEver) {
  HeldBytes held({.all = 8, .holder = 8, .anonymous = 8});
  HeldBytes::Charge charge(held, "a", false);
  ASSERT_THAT(charge.Grow(8), IsOk());
  LoopThread loop;
  EXPECT_TRUE(loop.Wait<bool>([&]() -> Task<bool> {
    co_await held.AwaitRoom(absl::Now() + absl::Milliseconds(1));
    co_return true;
  }));
}

TEST(HeldBytes, AreCountedForAsLongAsTheyAreHeld) {
  const double before = metrics::held_bytes.Get();
  HeldBytes held({.all = 10, .holder = 10, .anonymous = 10});
  {
    HeldBytes::Charge charge(held, "a", false);
    EXPECT_TRUE(charge.Grow(6).ok());
    EXPECT_FALSE(charge.Grow(5).ok());
    EXPECT_EQ(metrics::held_bytes.Get(), before + 6);
  }
  EXPECT_EQ(metrics::held_bytes.Get(), before);
}

}  // namespace
}  // namespace plimsoll

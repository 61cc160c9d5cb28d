#include "gateway/admission/held_bytes.h"

#include <gtest/gtest.h>

#include "gateway/observe/metrics.h"
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

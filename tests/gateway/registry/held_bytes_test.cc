#include "gateway/registry/held_bytes.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

TEST(HeldBytes, AreTakenUpToTheBoundAndGivenBack) {
  HeldBytes held(10);
  {
    auto first = held.Take(6);
    ASSERT_TRUE(first.has_value());
    EXPECT_FALSE(held.Take(5).has_value());
    const HeldBytes::Charge moved = *std::move(first);
    auto second = held.Take(4);
    EXPECT_TRUE(second.has_value());
    EXPECT_FALSE(held.Take(1).has_value());
  }
  EXPECT_TRUE(held.Take(10).has_value());
}

}  // namespace
}  // namespace plimsoll

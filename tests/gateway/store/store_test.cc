#include "gateway/store/store.h"

#include <gtest/gtest.h>

#include <optional>

namespace plimsoll {
namespace {

TEST(ForwardStateName, IsReadBackFromItsName) {
  for (ForwardState state :
       {ForwardState::kNone, ForwardState::kIntent, ForwardState::kForwarded,
        ForwardState::kSuperseded, ForwardState::kAbsent,
        ForwardState::kUnknown}) {
    EXPECT_EQ(ParseForwardState(ForwardStateName(state)), state);
  }
  EXPECT_EQ(ParseForwardState("Intent"), std::nullopt);
  EXPECT_EQ(ParseForwardState(""), std::nullopt);
}

}  // namespace
}  // namespace plimsoll

// The filters of `plimsoll decisions` name all that a decision can be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_split.h"
#include "gateway/cli/commands.h"
#include "gateway/store/store.h"
#include "policy/evaluate.h"
#include "policy/verdict.h"

namespace plimsoll {
namespace {

using Words = std::set<absl::string_view>;

Words ChoicesOf(absl::string_view flag) {
  for (const FlagSpec& spec : DecisionsCommand().flags) {
    if (spec.name == flag) return absl::StrSplit(spec.choices, '|');
  }
  ADD_FAILURE() << "no flag " << flag;
  return {};
}

TEST(DecisionsCommand, KnowsEveryOutcome) {
  EXPECT_EQ(
      ChoicesOf("outcome"),
      Words({OutcomeName(Outcome::kAdmit), OutcomeName(Outcome::kWarn),
             OutcomeName(Outcome::kDeny), OutcomeName(Outcome::kStaged)}));
}

TEST(DecisionsCommand, KnowsEveryDoorThatThereIs) {
  EXPECT_EQ(ChoicesOf("door"),
            Words({DoorName(Door::kPush), DoorName(Door::kGrpc),
                   DoorName(Door::kWebhook), DoorName(Door::kCheck)}));
}

TEST(DecisionsCommand, KnowsEveryState) {
  Words names;
  for (const ForwardState state :
       {ForwardState::kNone, ForwardState::kIntent, ForwardState::kForwarded,
        ForwardState::kSuperseded, ForwardState::kAbsent,
        ForwardState::kUnknown}) {
    names.insert(ForwardStateName(state));
  }
  EXPECT_EQ(ChoicesOf("state"), names);
  for (const absl::string_view choice : ChoicesOf("state")) {
    EXPECT_TRUE(ParseForwardState(choice).has_value()) << choice;
  }
}

}  // namespace
}  // namespace plimsoll

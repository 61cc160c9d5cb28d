#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "policy/language/load.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

PolicySet FromExample(Action no_match) {
  std::ifstream file(PLIMSOLL_SOURCE_DIR "/examples/baseline.yaml");
  std::stringstream text;
  text << file.rdbuf();
  const PolicyFile example{"baseline.yaml", text.str()};
  LoadedPolicies loaded = LoadPolicies({&example, 1}, no_match);
  EXPECT_EQ(FormatIssues(loaded.issues), "");
  return std::move(loaded.policies).value_or(PolicySet{});
}

TEST(Baseline, IsTheExampleOfItsName) {
  for (const Action no_match : {Action::kDeny, Action::kWarn, Action::kAudit}) {
    const PolicySet baseline = Baseline(no_match);
    EXPECT_EQ(baseline.revision, FromExample(no_match).revision);
    EXPECT_EQ(baseline.no_match, no_match);
  }
}

TEST(Baseline, WarnsOfEverythingAndDeniesNothing) {
  const PolicySet baseline = Baseline();
  ASSERT_THAT(baseline.policies, SizeIs(1));
  const Policy& policy = baseline.policies[0];
  EXPECT_EQ(policy.name, "baseline");
  EXPECT_EQ(policy.action, Action::kWarn);
  ASSERT_THAT(policy.match.repositories, SizeIs(1));
  EXPECT_EQ(policy.match.repositories[0].pattern(), "**");
  std::vector<std::string> checks;
  for (const Rule& rule : policy.rules) {
    checks.emplace_back(TraitsOf(rule.check).id);
    EXPECT_EQ(rule.action, std::nullopt) << rule.name;
  }
  EXPECT_THAT(checks,
              ElementsAre("base.identified", "base.approved", "base.denied",
                          "config.user", "manifest.format"));
}

}  // namespace
}  // namespace plimsoll

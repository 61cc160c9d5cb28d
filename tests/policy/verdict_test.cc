#include "policy/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

Finding Bad(absl::string_view rule, absl::string_view message,
            Action action = Action::kDeny) {
  Finding finding;
  finding.policy = "production";
  finding.rule = std::string(rule);
  finding.digest = "sha256:0";
  finding.platform = "linux/amd64";
  finding.result = CheckResult::kFail;
  finding.action = action;
  finding.message = std::string(message);
  return finding;
}

Verdict Of(Outcome outcome, std::vector<Finding> findings) {
  Verdict verdict;
  verdict.outcome = outcome;
  verdict.findings = std::move(findings);
  return verdict;
}

std::string Line(std::vector<Finding> findings, size_t max_bytes = 500) {
  return SummarizeVerdict(Of(Outcome::kDeny, std::move(findings)), max_bytes);
}

TEST(Names, AreThoseOfPoliciesAndDecisions) {
  EXPECT_EQ(ActionName(Action::kAudit), "Audit");
  EXPECT_EQ(ActionName(Action::kWarn), "Warn");
  EXPECT_EQ(ActionName(Action::kDeny), "Deny");
  EXPECT_EQ(OutcomeName(Outcome::kAdmit), "admit");
  EXPECT_EQ(OutcomeName(Outcome::kWarn), "warn");
  EXPECT_EQ(OutcomeName(Outcome::kDeny), "deny");
  EXPECT_EQ(OutcomeName(Outcome::kStaged), "staged");
  EXPECT_EQ(CheckResultName(CheckResult::kPass), "pass");
  EXPECT_EQ(CheckResultName(CheckResult::kSkip), "skip");
  EXPECT_EQ(CheckResultName(CheckResult::kFail), "fail");
  EXPECT_EQ(CheckResultName(CheckResult::kError), "error");
}

TEST(Action, IsOrderedByStrictness) {
  EXPECT_LT(Action::kAudit, Action::kWarn);
  EXPECT_LT(Action::kWarn, Action::kDeny);
}

TEST(SummarizeVerdict, NamesWhoSaysNoAndWhatToType) {
  Finding finding = Bad("non-root", "the image sets no user and runs as root");
  EXPECT_EQ(Line({finding}),
            "policy `production` rule `non-root`: the image sets no user and "
            "runs as root");
  finding.hint = "USER 10001";
  EXPECT_EQ(Line({finding}),
            "policy `production` rule `non-root`: the image sets no user and "
            "runs as root; USER 10001");
  finding.policy = "";
  EXPECT_EQ(Line({finding}),
            "rule `non-root`: the image sets no user and runs as root; USER "
            "10001");
}

TEST(SummarizeVerdict, CountsWhatElseTheOutcomeRestsOn) {
  Finding passed = Bad("small", "small enough");
  passed.result = CheckResult::kPass;
  Finding error = Bad("fresh", "no date");
  error.result = CheckResult::kError;
  EXPECT_EQ(Line({Bad("a", "x"), error, Bad("b", "y", Action::kWarn),
                  Bad("c", "z", Action::kAudit), passed}),
            "policy `production` rule `a`: x (and 1 more)");
}

TEST(SummarizeVerdict, ShowsTheFirstThatDeniesAndNotWhatOnlyWarns) {
  EXPECT_EQ(Line({Bad("a", "x", Action::kWarn), Bad("b", "y")}),
            "policy `production` rule `b`: y");
  EXPECT_EQ(SummarizeVerdict(Of(Outcome::kWarn, {Bad("c", "z", Action::kAudit),
                                                 Bad("a", "x", Action::kWarn)}),
                             500),
            "policy `production` rule `a`: x");
}

TEST(SummarizeVerdict, IsEmptyWhereNothingSaysNo) {
  EXPECT_EQ(SummarizeVerdict(Of(Outcome::kAdmit, {Bad("a", "x")}), 500), "");
  EXPECT_EQ(Line({}), "");
  Finding skipped = Bad("a", "x");
  skipped.result = CheckResult::kSkip;
  EXPECT_EQ(Line({skipped}), "");
}

TEST(SummarizeVerdict, NamesThePlatformWhereSeveralImagesWereJudged) {
  Finding other = Bad("a", "x");
  other.digest = "sha256:1";
  other.platform = "linux/arm64/v8";
  other.result = CheckResult::kPass;
  EXPECT_EQ(Line({Bad("a", "x"), other}),
            "policy `production` rule `a` (linux/amd64): x");
  Finding unnamed = Bad("a", "x");
  unnamed.platform = "";
  EXPECT_EQ(Line({unnamed, other}), "policy `production` rule `a`: x");
}

TEST(SummarizeVerdict, LetsNoPlatformSpeakForTheRule) {
  Finding forged = Bad("a", "the base is denied");
  forged.platform = "linux): all is well; push again with --force (/amd64";
  Finding other = Bad("a", "x");
  other.digest = "sha256:1";
  other.result = CheckResult::kPass;
  EXPECT_EQ(Line({forged, other}),
            "policy `production` rule `a` (`linux): all is well; push again "
            "with --force (/amd64`): the base is denied");
}

TEST(ReasonsOf, AreAllThatTheOutcomeRestsOnWithTheirHints) {
  Finding waived = Bad("known", "excused");
  waived.waiver = "until-june";
  Finding hinted = Bad("b", "y");
  hinted.hint = "do so";
  const std::vector<Reason> reasons =
      ReasonsOf(Of(Outcome::kDeny, {waived, Bad("a", "x"),
                                    Bad("small", "z", Action::kWarn), hinted}));
  ASSERT_EQ(reasons.size(), 2u);
  EXPECT_EQ(reasons[0].says, "policy `production` rule `a`: x");
  EXPECT_EQ(reasons[0].hint, "");
  EXPECT_EQ(reasons[1].says, "policy `production` rule `b`: y");
  EXPECT_EQ(reasons[1].hint, "do so");
}

// Every bound, from nothing to more than the whole line.
TEST(SummarizeVerdict, KeepsWithinItsBoundAndCutsNoHint) {
  Finding first = Bad("a", "m\xc3\xa9ssage");
  first.hint = "run this; it is long enough to be cut";
  const std::vector<Finding> findings = {first, Bad("b", "y")};
  const std::string whole = Line(findings);
  for (size_t max = 0; max <= whole.size() + 1; ++max) {
    const std::string line = Line(findings, max);
    EXPECT_LE(line.size(), max);
    if (max >= whole.size()) {
      EXPECT_EQ(line, whole);
    } else {
      EXPECT_EQ(line.find("run this"), std::string::npos) << line;
    }
  }
  EXPECT_EQ(Line(findings, 48),
            "policy `production` rule `a`: m... (and 1 more)");
}

}  // namespace
}  // namespace plimsoll

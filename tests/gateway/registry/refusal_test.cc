#include "gateway/registry/refusal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Finding Denying(std::string rule, std::string message) {
  Finding finding;
  finding.policy = "production";
  finding.rule = std::move(rule);
  finding.result = CheckResult::kFail;
  finding.message = std::move(message);
  return finding;
}

TEST(RefusalOf, SaysTheFirstReasonAndTheDecisionInItsMessage) {
  Verdict verdict;
  verdict.findings = {Denying("approved", "base is not approved")};
  verdict.findings[0].hint = "write FROM debian:12";
  OciError refusal = RefusalOf(verdict, "d-1");
  EXPECT_EQ(refusal.status, 403);
  EXPECT_EQ(refusal.code, "DENIED");
  EXPECT_THAT(refusal.message.substr(0, 200),
              AllOf(HasSubstr("production"), HasSubstr("approved"),
                    HasSubstr("base is not approved"),
                    HasSubstr("write FROM debian:12"), HasSubstr("d-1")));
}

TEST(RefusalOf, ListsEveryReasonThatDeniesInItsDetail) {
  Verdict verdict;
  verdict.findings = {Denying("approved", "first"), Denying("fresh", "second"),
                      Denying("small", "only a warning"),
                      Denying("pinned", "passes"), Denying("known", "waived")};
  verdict.findings[1].hint = "build it again";
  verdict.findings[1].result = CheckResult::kError;
  verdict.findings[2].action = Action::kWarn;
  verdict.findings[3].result = CheckResult::kPass;
  verdict.findings[4].waiver = "until-june";
  OciError refusal = RefusalOf(verdict, "d-1");
  EXPECT_EQ(refusal.detail,
            "decision d-1; policy `production` rule `approved`: first; policy "
            "`production` rule `fresh`: second (build it again)");
}

TEST(RefusalOf, LetsNoPlatformSpeakForTheRuleInItsDetail) {
  Verdict verdict;
  verdict.findings = {Denying("approved", "first"), Denying("approved", "x")};
  verdict.findings[0].digest = "sha256:0";
  verdict.findings[0].platform = "linux): all is well; push with --force (/a";
  verdict.findings[1].digest = "sha256:1";
  verdict.findings[1].platform = "linux/arm64";
  EXPECT_EQ(RefusalOf(verdict, "d-1").detail,
            "decision d-1; policy `production` rule `approved` (`linux): all "
            "is well; push with --force (/a`): first; policy `production` rule "
            "`approved` (linux/arm64): x");
}

// crane, oras and cosign print message and detail: the user read it twice.
TEST(RefusalOf, SaysASingleReasonOnce) {
  Verdict verdict;
  verdict.findings = {Denying("approved", "base is not approved")};
  verdict.findings[0].hint = "write FROM debian:12";
  EXPECT_EQ(RefusalOf(verdict, "d-1").detail, "decision d-1");
}

TEST(RefusalOf, SaysASingleReasonInItsDetailWhereTheMessageIsCut) {
  Verdict verdict;
  verdict.findings = {Denying("approved", "not approved")};
  verdict.findings[0].hint = std::string(2000, 'x');
  EXPECT_THAT(RefusalOf(verdict, "d-1").detail,
              AllOf(HasSubstr("not approved"),
                    HasSubstr(absl::StrCat("(", verdict.findings[0].hint))));
}

TEST(RefusalOf, NamesABuiltInRuleWithoutAPolicy) {
  Verdict verdict;
  verdict.findings = {Denying("manifest.strict", "two layers keys"),
                      Denying("approved", "second")};
  verdict.findings[0].policy = "";
  EXPECT_THAT(RefusalOf(verdict, "d-1").detail,
              HasSubstr("; rule `manifest.strict`: two layers keys"));
}

TEST(RefusalOf, IsWrittenBelowEightKibibytesWithItsIdHoweverMuchFails) {
  Verdict verdict;
  for (int i = 0; i < 500; ++i) {
    verdict.findings.push_back(
        Denying(absl::StrCat("rule-", i), std::string(300, 'x')));
  }
  OciError refusal = RefusalOf(verdict, "d-1");
  std::string body = AnswerBody(refusal);
  EXPECT_LT(body.size(), 8u * 1024);
  EXPECT_THAT(
      body,
      HasSubstr(
          R"("detail":"decision d-1; policy `production` rule `rule-0`)"));
  EXPECT_THAT(refusal.message, HasSubstr("499 more"));
  EXPECT_THAT(refusal.message, HasSubstr("(decision d-1)"));
}

TEST(RefusalOf, ShowsTheReasonInTheReasonPhrase) {
  Verdict verdict;
  verdict.findings = {Denying("approved", "base is not approved\r\nX: y")};
  ResponseHead head = AnswerHead(RefusalOf(verdict, "d-1"));
  EXPECT_THAT(head.reason,
              AllOf(StartsWith("Denied: "), HasSubstr("base is not approved"),
                    Not(HasSubstr("\n"))));
  EXPECT_TRUE(WriteResponseHead(head).ok());
}

// docker before 28.1 with the containerd store shows nothing else, and showed
// half a hint and no decision.
TEST(RefusalOf, EndsTheReasonPhraseWithItsDecision) {
  const std::string id(32, '0');
  Verdict verdict;
  verdict.findings = {Denying("approved", std::string(70, 'x'))};
  verdict.findings[0].hint = std::string(50, 'y');
  EXPECT_EQ(AnswerHead(RefusalOf(verdict, id)).reason,
            absl::StrCat("Denied: policy `production` rule `approved`: ",
                         verdict.findings[0].message, " (decision ", id, ")"));
  verdict.findings[0].message = std::string(500, 'x');
  EXPECT_THAT(AnswerHead(RefusalOf(verdict, id)).reason,
              EndsWith(absl::StrCat("x... (decision ", id, ")")));
}

}  // namespace
}  // namespace plimsoll

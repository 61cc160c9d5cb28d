// What `with` of the check vulnerabilities may say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "policy/rules/vulnerabilities.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Issues(absl::string_view with) {
  return IssuesOf("vulnerabilities", with);
}

// A complete set of parameters, with one more.
std::string And(absl::string_view more) {
  return absl::StrCat("{scope: base, maxReportAge: 24h, deny: [{kev: true}], ",
                      more, "}");
}
std::string Denying(absl::string_view deny) {
  return absl::StrCat("{scope: base, maxReportAge: 24h, deny: ", deny, "}");
}

TEST(VulnerabilitiesParams, ReadsEachParameter) {
  const CheckParams read =
      ParamsOf("vulnerabilities",
               "{scope: base, maxReportAge: 24h, maxDatabaseAge: 2d, "
               "ignoreStatus: [will_not_fix], unknownSeverityAs: High, "
               "deny: [{severity: High, fixable: true, kev: false, epss: 0.5, "
               "ids: [CVE-1]}]}");
  const auto& params = std::get<Vulnerabilities>(read);
  EXPECT_EQ(params.max_report_age, absl::Hours(24));
  EXPECT_EQ(params.max_database_age, absl::Hours(48));
  EXPECT_THAT(params.ignore_status, ElementsAre("will_not_fix"));
  EXPECT_EQ(params.unknown_as, Severity::kHigh);
  ASSERT_EQ(params.deny.size(), 1);
  EXPECT_EQ(params.deny[0].severity, Severity::kHigh);
  EXPECT_EQ(params.deny[0].fixable, true);
  EXPECT_EQ(params.deny[0].kev, false);
  EXPECT_EQ(params.deny[0].epss, 0.5);
  EXPECT_THAT(params.deny[0].ids, ElementsAre("CVE-1"));
}

TEST(VulnerabilitiesParams, HasDefaultsForWhatMayBeLeftOut) {
  const CheckParams read =
      ParamsOf("vulnerabilities", Denying("[{severity: Unknown}]"));
  const auto& params = std::get<Vulnerabilities>(read);
  EXPECT_EQ(params.max_database_age, std::nullopt);
  EXPECT_THAT(params.ignore_status, IsEmpty());
  EXPECT_EQ(params.unknown_as, Severity::kUnknown);
}

TEST(VulnerabilitiesParams, AcceptsEachWord) {
  for (const char* status :
       {"unknown", "not_affected", "affected", "fixed", "under_investigation",
        "will_not_fix", "fix_deferred", "end_of_life"}) {
    EXPECT_THAT(Issues(And(absl::StrCat("ignoreStatus: [", status, "]"))),
                IsEmpty());
  }
  for (const char* epss : {"0", "1", "0.5", "1.0"}) {
    EXPECT_THAT(Issues(Denying(absl::StrCat("[{epss: ", epss, "}]"))),
                IsEmpty());
  }
}

TEST(VulnerabilitiesParams, RejectsWhatMeansNothing) {
  const struct {
    std::string with;
    const char* issue;
  } rejected[] = {
      {"{maxReportAge: 1d, deny: [{kev: true}]}", "`scope` is missing"},
      {"{scope: base, deny: [{kev: true}]}", "`maxReportAge` is missing"},
      {"{scope: base, maxReportAge: 1d}", "`deny` is missing"},
      {"{scope: all, maxReportAge: 1d, deny: [{kev: true}]}",
       "`scope`: `all` is not supported yet; write base"},
      {"{scope: added, maxReportAge: 1d, deny: [{kev: true}]}",
       "`scope`: `added` is not supported yet; write base"},
      {"{scope: Base, maxReportAge: 1d, deny: [{kev: true}]}",
       "`scope`: `Base` is not known; write base"},
      {And("maxDatabaseAge: 0s"),
       "`maxDatabaseAge`: `0s`: a duration is more than 0s and at most 3650d"},
      {And("unknownSeverityAs: high"),
       "`unknownSeverityAs` is Critical, High, Medium, Low, Negligible or "
       "Unknown, not `high`"},
      {And("ignoreStatus: [wont-fix]"),
       "`ignoreStatus`: `wont-fix` is none of unknown, not_affected, "},
      {And("ignoreStatus: []"), "`ignoreStatus` has 1 to 500 items, not 0"},
      {And("vex: {}"), "unknown key `vex`; "},
      {And("evidence: []"), "unknown key `evidence`; known are "},
      {Denying("[]"), "`deny` has 1 to 500 items, not 0"},
      {Denying("{severity: High}"), "`deny` is a list, not a mapping"},
      {Denying("[{}]"), "deny: a condition is missing"},
      {Denying("[High]"), "deny: a mapping is expected, not text"},
      {Denying("[{severity: Moderate}]"),
       "deny: `severity` is Critical, High, Medium, Low, Negligible or "
       "Unknown, not `Moderate`"},
      {Denying("[{kev: maybe}]"), "deny: `kev` is true or false"},
      {Denying("[{epss: 1.1}]"), "deny: `epss` is a number from 0 to 1"},
      {Denying("[{epss: -0.1}]"), "deny: `epss` is a number from 0 to 1"},
      {Denying("[{epss: nan}]"), "deny: `epss` is a number from 0 to 1"},
      {Denying("[{epss: '0.5'}]"), "deny: `epss` is a number from 0 to 1"},
      {Denying("[{ids: []}]"), "deny: `ids` has 1 to 500 items, not 0"},
      {Denying("[{cvss: 7.0}]"), "deny: unknown key `cvss`; "},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(Issues(c.with), ElementsAre(HasSubstr(c.issue))) << c.with;
  }
}

}  // namespace
}  // namespace plimsoll

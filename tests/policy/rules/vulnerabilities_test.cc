#include "policy/rules/vulnerabilities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"
#include "tests/policy/scan/documents.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

// `deny` and what else there is, after scope and maxReportAge.
std::string With(absl::string_view deny) {
  return absl::StrCat("{scope: base, maxReportAge: 24h, deny: ", deny, "}");
}

Vulnerability Found(absl::string_view id, Severity severity) {
  Vulnerability found;
  found.id = std::string(id);
  found.package = "openssl";
  found.installed = "3.0.11-1";
  found.severity = severity;
  found.status = "affected";
  return found;
}

// An app on debian, for which there are reports.
class VulnerabilitiesTest : public testing::Test {
 protected:
  VulnerabilitiesTest() {
    const TestImage debian = ImageBuilder().Layer("debian").Build();
    image_ = EvidenceOf(ImageBuilder(debian).Layer("app").Build(),
                        {RecordOf(debian, {"docker.io/library/debian:12"})});
  }
  void Add(ScanReport report) {
    image_->base_reports.push_back({std::move(report), Now()});
  }
  void AddFound(std::vector<Vulnerability> found,
                absl::string_view scanner = "grype") {
    ScanReport report = CleanReport();
    report.scanner = std::string(scanner);
    report.vulnerabilities = std::move(found);
    Add(std::move(report));
  }
  CheckOutput Judged(absl::string_view with, absl::Time now = Now()) const {
    return Judge("vulnerabilities", with, *image_, now);
  }

  std::optional<ImageEvidence> image_;
};

TEST_F(VulnerabilitiesTest, PassesAReportThatFindsNothingDenied) {
  Add(CleanReport());
  const CheckOutput output = Judged(With("[{severity: Low}]"));
  EXPECT_EQ(output.message,
            "the scan of base `docker.io/library/debian:12` finds nothing that "
            "is denied");
  EXPECT_EQ(output.changes_at, *CleanReport().created + absl::Hours(24));
}

TEST_F(VulnerabilitiesTest, SaysWhatWasFoundAndWhetherThereIsAFix) {
  AddFound({Found("CVE-2099-0002", Severity::kHigh)});
  const CheckOutput unfixed = Judged(With("[{severity: High}]"));
  EXPECT_EQ(unfixed.result, CheckResult::kFail);
  EXPECT_EQ(unfixed.message,
            "base `docker.io/library/debian:12` has `CVE-2099-0002` (High) in "
            "`openssl` `3.0.11-1`");
  EXPECT_EQ(unfixed.hint, "build FROM another base");
  EXPECT_FALSE(unfixed.definite);
  Vulnerability fixed = Found("CVE-2099-0001", Severity::kCritical);
  fixed.fixed = {"3.0.12-1", "3.1.4"};
  fixed.kev = true;
  AddFound({Found("CVE-2099-0003", Severity::kMedium), fixed}, "trivy");
  image_->base_reports.erase(image_->base_reports.begin());
  const CheckOutput output = Judged(With("[{severity: Medium}]"));
  EXPECT_EQ(output.message,
            "base `docker.io/library/debian:12` has `CVE-2099-0001` (Critical, "
            "known exploited) in `openssl` `3.0.11-1`, fixed in `3.0.12-1`, "
            "and 1 more that the rule denies");
  EXPECT_EQ(output.hint, "rebuild FROM a base that has the fix");
}

TEST_F(VulnerabilitiesTest, ComparesSeveritiesOnHarborsScale) {
  const std::vector<std::string> scale = {"Unknown", "Negligible", "Low",
                                          "Medium",  "High",       "Critical"};
  for (size_t found = 0; found < scale.size(); ++found) {
    image_->base_reports.clear();
    AddFound({Found("CVE-1", *ParseSeverity(scale[found]))});
    for (size_t denied = 0; denied < scale.size(); ++denied) {
      EXPECT_EQ(Judged(With(absl::StrCat("[{severity: ", scale[denied], "}]")))
                    .result,
                found >= denied ? CheckResult::kFail : CheckResult::kPass)
          << scale[found] << " where " << scale[denied] << " is denied";
    }
  }
}

TEST_F(VulnerabilitiesTest, TakesAnUnknownSeverityForWhatTheRuleSays) {
  AddFound({Found("CVE-1", Severity::kUnknown)});
  const std::string deny =
      "{scope: base, maxReportAge: 24h, deny: [{severity: High}], "
      "unknownSeverityAs: ";
  EXPECT_EQ(Judged(absl::StrCat(deny, "Medium}")).result, CheckResult::kPass);
  EXPECT_EQ(Judged(absl::StrCat(deny, "High}")).result, CheckResult::kFail);
  EXPECT_EQ(Judged(With("[{severity: Negligible}]")).result,
            CheckResult::kPass);
}

TEST_F(VulnerabilitiesTest, WantsAllConditionsOfOneEntryInOneVulnerability) {
  Vulnerability high = Found("CVE-1", Severity::kHigh);
  Vulnerability fixable = Found("CVE-2", Severity::kLow);
  fixable.fixed = {"2"};
  AddFound({high, fixable});
  EXPECT_EQ(Judged(With("[{severity: High, fixable: true}]")).result,
            CheckResult::kPass);
  for (const char* deny :
       {"[{severity: High}]", "[{fixable: true}]", "[{fixable: false}]",
        "[{severity: High, fixable: false}]",
        "[{severity: Critical}, {fixable: true}]"}) {
    EXPECT_EQ(Judged(With(deny)).result, CheckResult::kFail) << deny;
  }
}

TEST_F(VulnerabilitiesTest, ComparesEpssFromTheBoundOn) {
  Vulnerability found = Found("CVE-1", Severity::kLow);
  found.epss = 0.5;
  AddFound({found});
  EXPECT_EQ(Judged(With("[{epss: 0.49}]")).result, CheckResult::kFail);
  EXPECT_EQ(Judged(With("[{epss: 0.5}]")).result, CheckResult::kFail);
  EXPECT_EQ(Judged(With("[{epss: 0.51}]")).result, CheckResult::kPass);
}

TEST_F(VulnerabilitiesTest, DeniesByIdInAnyCase) {
  AddFound({Found("CVE-2099-0001", Severity::kUnknown)});
  EXPECT_EQ(Judged(With("[{ids: [cve-2099-0001]}]")).result,
            CheckResult::kFail);
  EXPECT_EQ(Judged(With("[{ids: [CVE-2099-00012, CVE-2099-000]}]")).result,
            CheckResult::kPass);
}

TEST_F(VulnerabilitiesTest, LeavesOutTheStatusesThatAreIgnored) {
  Vulnerability found = Found("CVE-1", Severity::kHigh);
  const std::string with =
      "{scope: base, maxReportAge: 24h, deny: [{severity: High}], "
      "ignoreStatus: [will_not_fix, not_affected]}";
  for (const char* status : {"will_not_fix", "not_affected"}) {
    found.status = status;
    image_->base_reports.clear();
    AddFound({found});
    EXPECT_EQ(Judged(with).result, CheckResult::kPass) << status;
  }
  for (const char* status : {"", "affected", "Will_Not_Fix", "unknown"}) {
    found.status = status;
    image_->base_reports.clear();
    AddFound({found});
    EXPECT_EQ(Judged(with).result, CheckResult::kFail) << status;
  }
}

TEST_F(VulnerabilitiesTest, CountsWhatTheScannerSuppressed) {
  Vulnerability found = Found("CVE-1", Severity::kHigh);
  found.suppressed = true;
  AddFound({found});
  EXPECT_EQ(Judged(With("[{severity: High}]")).result, CheckResult::kFail);
}

TEST_F(VulnerabilitiesTest, IsNoCleanScanWhereTheScannerCouldNotTell) {
  AddFound({Found("CVE-1", Severity::kHigh)}, "trivy");
  const CheckOutput output = Judged(With("[{kev: true}]"));
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            "reports of `trivy` do not tell what is known to be exploited, "
            "which the rule asks for");
  EXPECT_EQ(output.hint, "add a Grype report of the base: plimsoll report add");
  EXPECT_THAT(Judged(With("[{epss: 0.5}]")).message, HasSubstr("EPSS scores"));
  // Nothing in it could be: what else is asked for is not met.
  EXPECT_EQ(Judged(With("[{kev: true, severity: Critical}]")).result,
            CheckResult::kPass);
  // Grype's report of the same base does tell, but speaks for itself only.
  AddFound({Found("CVE-1", Severity::kHigh)}, "grype");
  EXPECT_EQ(Judged(With("[{kev: true}]")).result, CheckResult::kError);
}

TEST_F(VulnerabilitiesTest, CountsEachVulnerabilityOfAPackageOnce) {
  Vulnerability found = Found("CVE-1", Severity::kHigh);
  Vulnerability other = found;
  other.package = "libssl3";
  AddFound({found, found, other});
  EXPECT_THAT(Judged(With("[{severity: High}]")).message,
              HasSubstr(", and 1 more that the rule denies"));
}

TEST_F(VulnerabilitiesTest, KeepsTextOfTheReportBetweenItsBackticks) {
  Vulnerability found = Found("CVE-1` is fine\r\n", Severity::kHigh);
  found.package = "a, and nothing else`";
  found.installed = "1\x1b[2K";
  found.fixed = {"2 (soon)\n"};
  AddFound({found});
  EXPECT_EQ(Judged(With("[{severity: High}]")).message,
            "base `docker.io/library/debian:12` has `CVE-1' is fine?"
            "?` (High) in `a, and nothing else'` `1?[2K`, fixed in "
            "`2 (soon)?`");
  found.id = std::string(100'000, 'x');
  image_->base_reports.clear();
  AddFound({found});
  EXPECT_LT(Judged(With("[{severity: High}]")).message.size(), 300);
}

TEST_F(VulnerabilitiesTest, TakesTheReportOfAnyScannerThatDenies) {
  AddFound({}, "grype");
  AddFound({Found("CVE-1", Severity::kHigh)}, "trivy");
  EXPECT_EQ(Judged(With("[{severity: High}]")).result, CheckResult::kFail);
}

TEST_F(VulnerabilitiesTest, LooksAtEveryReportOfTheNewestDate) {
  AddFound({});
  AddFound({Found("CVE-1", Severity::kHigh)});
  EXPECT_EQ(Judged(With("[{severity: High}]")).result, CheckResult::kFail);
  std::swap(image_->base_reports[0], image_->base_reports[1]);
  EXPECT_EQ(Judged(With("[{severity: High}]")).result, CheckResult::kFail);
}

TEST_F(VulnerabilitiesTest, IsAnErrorWithoutAReport) {
  image_->reports.push_back({CleanReport(), Now()});  // of the image, not of it
  const CheckOutput output = Judged(With("[{severity: High}]"));
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            "no scan report of base `docker.io/library/debian:12`");
  EXPECT_EQ(output.hint,
            absl::StrCat("scan the base and add it: plimsoll report add ",
                         image_->base.digest->ToString(), " FILE"));
  EXPECT_FALSE(output.pending);
  image_->gaps.push_back({Gap::Kind::kReport, "", "being scanned", true});
  EXPECT_TRUE(Judged(With("[{severity: High}]")).pending);
}

// Real documents, of which the base is taken to be.
TEST_F(VulnerabilitiesTest, JudgesWhatScannersWrite) {
  const absl::Time now =
      absl::FromCivil(absl::CivilHour(2026, 9, 2, 12), absl::UTCTimeZone());
  const struct {
    const char* file;
    const char* deny;
    const char* message;
  } cases[] = {
      {"trivy.json", "[{severity: Critical, fixable: true}]",
       " has `CVE-2099-0100` (Critical) in `example.com/yamlish` "},
      {"trivy.json", "[{severity: High}]", ", and 2 more that the rule denies"},
      {"trivy.json", "[{severity: Medium}]",
       ", and 3 more that the rule denies"},
      {"trivy.json", "[{kev: true}]",
       "reports of `trivy` do not tell what is known to be exploited"},
      {"trivy.json", "[{ids: [CVE-2099-0200]}]",
       "finds nothing that is denied"},
      {"trivy-clean.json", "[{severity: Unknown}]",
       "finds nothing that is denied"},
      {"grype.json", "[{kev: true}]",
       " has `CVE-2099-0100` (Critical, known exploited) in "},
      {"grype.json", "[{epss: 0.83}]", " has `CVE-2099-0100` (Critical"},
      {"grype.json", "[{epss: 0.84}]", "finds nothing that is denied"},
      {"grype.json", "[{severity: Medium}]",
       ", and 3 more that the rule denies"},
  };
  for (const auto& c : cases) {
    image_->base_reports.clear();
    Add(ParseScanReport(Sample(c.file)).value());
    EXPECT_THAT(Judged(With(c.deny), now).message, HasSubstr(c.message))
        << c.file << " " << c.deny;
  }
}

}  // namespace
}  // namespace plimsoll

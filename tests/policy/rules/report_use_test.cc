#include "policy/rules/report_use.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

ReportBounds Bounds() { return {absl::Hours(24), absl::Hours(48)}; }

ScanReport Dated(absl::Time created, absl::Time database) {
  ScanReport report = CleanReport();
  report.created = created;
  report.database = database;
  return report;
}

ReportUse Use(const std::vector<MatchedReport>& reports) {
  return UseReports(reports, Bounds(), Now());
}
ReportUse Use(const ScanReport& report) { return Use({{report, Now()}}); }

TEST(ReportUse, EndsAtTheInstantThatAReportIsStaleOn) {
  const absl::Time now = Now();
  const ScanReport fresh = Dated(now - absl::Hours(24) + absl::Seconds(1), now);
  EXPECT_EQ(Use(fresh).unusable, "");
  EXPECT_EQ(Use(fresh).changes_at, now + absl::Seconds(1));
  for (const absl::Duration age :
       {absl::Hours(24), absl::Hours(24) + absl::Seconds(1)}) {
    const ReportUse use = Use(Dated(now - age, now));
    EXPECT_THAT(use.usable, IsEmpty());
    EXPECT_THAT(use.unusable, StartsWith("the grype report is 1d "));
    EXPECT_THAT(use.unusable, EndsWith("old, expected less than 1d"));
    EXPECT_EQ(use.changes_at, std::nullopt);
  }
}

TEST(ReportUse, EndsWhereItsDatabaseIsStale) {
  const absl::Time now = Now();
  const ScanReport fresh =
      Dated(now - absl::Hours(1), now - absl::Hours(48) + absl::Seconds(2));
  EXPECT_EQ(Use(fresh).unusable, "");
  EXPECT_EQ(Use(fresh).changes_at, now + absl::Seconds(2));
  EXPECT_EQ(Use(Dated(now, now - absl::Hours(48))).unusable,
            "the database of the grype report is 2d old, expected less than "
            "2d");
  const ScanReport old = Dated(now, now - absl::Hours(1000));
  EXPECT_EQ(
      UseReports({{old, now}}, {absl::Hours(24), std::nullopt}, now).unusable,
      "");
}

TEST(ReportUse, WantsEveryDateThatItCompares) {
  ScanReport report = CleanReport();
  report.database.reset();
  EXPECT_EQ(Use(report).unusable,
            "the database of the grype report has no date");
  report.created.reset();
  EXPECT_EQ(Use(report).unusable, "the grype report has no date");
}

TEST(ReportUse, BearsAClockThatIsOneMinuteAheadAndNoMore) {
  const absl::Time now = Now();
  EXPECT_EQ(Use(Dated(now + absl::Seconds(60), now)).unusable, "");
  const ReportUse use = Use(Dated(now + absl::Seconds(61), now));
  EXPECT_EQ(use.unusable, "the grype report is dated in the future");
  EXPECT_EQ(use.changes_at, now + absl::Seconds(1));
  EXPECT_EQ(Use(Dated(now, now + absl::Seconds(61))).unusable,
            "the database of the grype report is dated in the future");
}

TEST(ReportUse, WantsSomethingToHaveBeenLookedAt) {
  ScanReport report = CleanReport();
  report.os = "";
  EXPECT_EQ(Use(report).unusable, "");
  report.packages = 0;
  EXPECT_EQ(Use(report).unusable, "the report analysed nothing");
  report.os = "debian 12";
  EXPECT_EQ(Use(report).unusable, "");
}

TEST(ReportUse, TakesNoSystemWithoutAdvisories) {
  ScanReport report = CleanReport();
  report.os = "debian 9`\n";
  report.os_end_of_life = true;
  EXPECT_EQ(Use(report).unusable,
            "`debian 9'?` gets no advisories any more, so a scan of it finds "
            "nothing new");
}

TEST(ReportUse, TakesTheNewestReportOfEachScanner) {
  ScanReport old = Dated(Now() - absl::Hours(3), Now());
  ScanReport newest = Dated(Now() - absl::Hours(2), Now());
  ScanReport undated = CleanReport();
  undated.created.reset();
  ScanReport trivy = Dated(Now() - absl::Hours(20), Now());
  trivy.scanner = "trivy";
  const std::vector<MatchedReport> reports = {
      {old, Now()}, {newest, Now()}, {undated, Now()}, {trivy, Now()}};
  const ReportUse use = Use(reports);
  EXPECT_THAT(use.usable, ElementsAre(&reports[1].report, &reports[3].report));
  EXPECT_EQ(use.changes_at, Now() + absl::Hours(4));
}

// An old clean scan must not outlive a newer one that cannot be used.
TEST(ReportUse, TakesNoOlderReportForOneThatCannotBeUsed) {
  ScanReport newest = Dated(Now() - absl::Hours(1), Now());
  newest.os_end_of_life = true;
  const ReportUse use =
      Use({{Dated(Now() - absl::Hours(2), Now()), Now()}, {newest, Now()}});
  EXPECT_THAT(use.usable, IsEmpty());
}

TEST(ReportUse, TakesAllReportsOfTheNewestDate) {
  const ScanReport report = CleanReport();
  EXPECT_THAT(Use({{report, Now()}, {report, Now()}}).usable, SizeIs(2));
  ScanReport undated = report;
  undated.created.reset();
  EXPECT_THAT(Use({{undated, Now()}, {undated, Now()}}).usable, IsEmpty());
}

}  // namespace
}  // namespace plimsoll

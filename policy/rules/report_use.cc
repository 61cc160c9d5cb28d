#include "policy/rules/report_use.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/language/units.h"
#include "policy/rules/base_state.h"
#include "policy/rules/clock_skew.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// The newest dated report of each scanner, and those of the same date: none of
// them may hide another. One without a date only where the scanner has no
// other.
std::vector<const ScanReport*> NewestOfEach(
    const std::vector<MatchedReport>& reports) {
  std::map<std::string, std::optional<absl::Time>> newest;
  for (const MatchedReport& matched : reports) {
    std::optional<absl::Time>& kept = newest[matched.report.scanner];
    kept = std::max(kept, matched.report.created);
  }
  std::vector<const ScanReport*> found;
  for (const MatchedReport& matched : reports) {
    const ScanReport& report = matched.report;
    if (report.created == newest[report.scanner]) found.push_back(&report);
  }
  return found;
}

struct Judged {
  std::string fault;  // "" where the report may be used
  std::optional<absl::Time> changes_at;
};

// Whether something dated `at` is evidence, `what` naming it.
Judged JudgeDate(absl::string_view what, std::optional<absl::Time> at,
                 absl::Duration max_age, absl::Time now) {
  if (!at) return {absl::StrCat(what, " has no date"), std::nullopt};
  if (*at > now + kClockSkew) {
    return {absl::StrCat(what, " is dated in the future"), *at - kClockSkew};
  }
  const absl::Time stale_at = *at + max_age;
  if (now < stale_at) return {"", stale_at};
  return {absl::StrCat(what, " is ", FormatAge(now - *at),
                       " old, expected less than ", FormatAge(max_age)),
          std::nullopt};
}

Judged JudgeDates(const ScanReport& report, const ReportBounds& bounds,
                  absl::Time now) {
  const std::string scanner = OneLine(report.scanner);
  Judged judged = JudgeDate(absl::StrCat("the ", scanner, " report"),
                            report.created, bounds.max_report_age, now);
  if (!judged.fault.empty() || !bounds.max_database_age) return judged;
  const Judged database =
      JudgeDate(absl::StrCat("the database of the ", scanner, " report"),
                report.database, *bounds.max_database_age, now);
  if (!database.fault.empty()) return database;
  judged.changes_at = std::min(*judged.changes_at, *database.changes_at);
  return judged;
}

Judged JudgeReport(const ScanReport& report, const ReportBounds& bounds,
                   absl::Time now) {
  if (report.os.empty() && report.packages == 0) {
    return {"the report analysed nothing", std::nullopt};
  }
  if (report.os_end_of_life) {
    return {absl::StrCat(Quoted(report.os),
                         " gets no advisories any more, so a scan of it finds "
                         "nothing new"),
            std::nullopt};
  }
  return JudgeDates(report, bounds, now);
}

}  // namespace

ReportUse UseReports(const std::vector<MatchedReport>& reports,
                     const ReportBounds& bounds, absl::Time now) {
  ReportUse use;
  for (const ScanReport* report : NewestOfEach(reports)) {
    Judged judged = JudgeReport(*report, bounds, now);
    if (judged.fault.empty()) {
      use.usable.push_back(report);
    } else if (use.unusable.empty()) {
      use.unusable = std::move(judged.fault);
    }
    if (judged.changes_at) {
      use.changes_at = use.changes_at
                           ? std::min(*use.changes_at, *judged.changes_at)
                           : judged.changes_at;
    }
  }
  return use;
}

CheckOutput NoReport(const ReportUse& use, const CheckInput& input) {
  const ImageEvidence& image = *input.image;
  const auto gap = std::find_if(
      image.gaps.begin(), image.gaps.end(),
      [](const Gap& each) { return each.kind == Gap::Kind::kReport; });
  const bool has_gap = gap != image.gaps.end();
  const std::string why =
      use.unusable.empty() && has_gap ? OneLine(gap->message) : use.unusable;
  const std::string digest =
      image.base.digest ? image.base.digest->ToString() : "DIGEST";
  CheckOutput output = Missing(
      why.empty() ? absl::StrCat("no scan report of ", BaseText(image.base))
                  : absl::StrCat(BaseText(image.base), ": ", why),
      absl::StrCat("scan the base and add it: plimsoll report add ", digest,
                   " FILE"));
  output.changes_at = use.changes_at;
  output.pending = has_gap && gap->pending;
  return output;
}

}  // namespace plimsoll

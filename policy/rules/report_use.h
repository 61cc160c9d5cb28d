// Which scan reports may speak for a base at an instant. A report that is
// stale, has no date, comes from the future, looked at nothing, or is of an
// operating system without advisories is no evidence, whatever it found. Pure.
#ifndef PLIMSOLL_POLICY_RULES_REPORT_USE_H_
#define PLIMSOLL_POLICY_RULES_REPORT_USE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/evidence.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct ReportBounds {
  absl::Duration max_report_age;
  std::optional<absl::Duration> max_database_age;
};

struct ReportUse {
  // The newest report of each scanner (all where several have its date), where
  // it may be used. Borrowed.
  std::vector<const ScanReport*> usable;
  // Why the first unusable one cannot be used; "" where there is none.
  std::string unusable;
  // The next instant at which time alone makes one usable or unusable.
  std::optional<absl::Time> changes_at;
};

ReportUse UseReports(const std::vector<MatchedReport>& reports,
                     const ReportBounds& bounds, absl::Time now);

// The error of a base for which no report can be used.
CheckOutput NoReport(const ReportUse& use, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_REPORT_USE_H_

// vulnerabilities: the scan reports of the base find nothing that is denied.
// Clean means: a report about these bytes, made less than maxReportAge ago with
// a database younger than maxDatabaseAge, of a supported operating system, that
// looked at something and matches no condition. Anything else is an error.
// What a scanner suppressed counts as found: its ignore rules are not ours.
#ifndef PLIMSOLL_POLICY_RULES_VULNERABILITIES_H_
#define PLIMSOLL_POLICY_RULES_VULNERABILITIES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "policy/language/fields.h"
#include "policy/rules/check.h"
#include "policy/scan/report.h"

namespace plimsoll {

// All conditions that are given must hold for one vulnerability.
struct DenyVulnerability {
  std::optional<Severity> severity;  // at least
  std::optional<bool> fixable;
  std::optional<bool> kev;     // known to be exploited
  std::optional<double> epss;  // at least
  std::vector<std::string> ids;
};

struct Vulnerabilities {
  static constexpr CheckTraits kTraits{.id = "vulnerabilities",
                                       .severity = "high",
                                       .flips = true,
                                       .looks_at_base = true};
  absl::Duration max_report_age;
  std::optional<absl::Duration> max_database_age;
  std::vector<DenyVulnerability> deny;
  std::vector<std::string> ignore_status;  // "will_not_fix", ...
  Severity unknown_as = Severity::kUnknown;

  static Vulnerabilities Parse(YamlFields& with);
};
CheckOutput Check(const Vulnerabilities& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_VULNERABILITIES_H_

#include "policy/rules/vulnerabilities.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/rules/base_state.h"
#include "policy/rules/report_use.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

bool Matches(const DenyVulnerability& deny, Severity severity,
             const Vulnerability& found) {
  if (deny.severity && severity < *deny.severity) return false;
  if (deny.fixable && found.fixable() != *deny.fixable) return false;
  if (deny.kev && found.kev != *deny.kev) return false;
  if (deny.epss && (!found.epss || *found.epss < *deny.epss)) return false;
  return deny.ids.empty() ||
         std::any_of(deny.ids.begin(), deny.ids.end(),
                     [&found](const std::string& id) {
                       return absl::EqualsIgnoreCase(id, found.id);
                     });
}

bool IsDenied(const Vulnerabilities& params, const Vulnerability& found) {
  const auto& ignored = params.ignore_status;
  if (std::count(ignored.begin(), ignored.end(), found.status) > 0) {
    return false;
  }
  const Severity severity =
      found.severity == Severity::kUnknown ? params.unknown_as : found.severity;
  return std::any_of(params.deny.begin(), params.deny.end(),
                     [&](const DenyVulnerability& deny) {
                       return Matches(deny, severity, found);
                     });
}

// The denied ones, worst first, each once.
std::vector<const Vulnerability*> Denied(const Vulnerabilities& params,
                                         const ScanReport& report) {
  std::vector<const Vulnerability*> denied;
  for (const Vulnerability& found : report.vulnerabilities) {
    if (IsDenied(params, found)) denied.push_back(&found);
  }
  const auto worse = [](const Vulnerability* a, const Vulnerability* b) {
    if (a->severity != b->severity) return a->severity > b->severity;
    return std::tie(a->id, a->package) < std::tie(b->id, b->package);
  };
  const auto same = [](const Vulnerability* a, const Vulnerability* b) {
    return a->id == b->id && a->package == b->package;
  };
  std::sort(denied.begin(), denied.end(), worse);
  denied.erase(std::unique(denied.begin(), denied.end(), same), denied.end());
  return denied;
}

CheckOutput DeniedOutput(const std::vector<const Vulnerability*>& denied,
                         const CheckInput& input) {
  const Vulnerability& worst = *denied[0];
  std::string message = absl::StrCat(
      BaseText(input.image->base), " has ", Quoted(worst.id), " (",
      SeverityName(worst.severity), worst.kev ? ", known exploited" : "",
      ") in ", Quoted(worst.package), " ", Quoted(worst.installed));
  if (worst.fixable()) {
    absl::StrAppend(&message, ", fixed in ", Quoted(worst.fixed[0]));
  }
  if (denied.size() > 1) {
    absl::StrAppend(&message, ", and ", denied.size() - 1,
                    " more that the rule denies");
  }
  return Fail(std::move(message), worst.fixable()
                                      ? "rebuild FROM a base that has the fix"
                                      : "build FROM another base");
}

// What the scanner would have had to tell, where a vulnerability meets a
// condition as far as it can be told: "no match" would be no positive evidence.
std::string Untold(const Vulnerabilities& params, const ScanReport& report) {
  const auto& found = report.vulnerabilities;
  const bool tells_kev =
      report.scanner == "grype" ||
      std::any_of(found.begin(), found.end(), [](auto& v) { return v.kev; });
  const bool tells_epss =
      report.scanner == "grype" ||
      std::any_of(found.begin(), found.end(), [](auto& v) { return v.epss; });
  for (const DenyVulnerability& deny : params.deny) {
    const bool no_kev = deny.kev && !tells_kev;
    const bool no_epss = deny.epss && !tells_epss;
    if (!no_kev && !no_epss) continue;
    Vulnerabilities told = params;
    told.deny = {deny};
    if (no_kev) told.deny[0].kev.reset();
    if (no_epss) told.deny[0].epss.reset();
    if (Denied(told, report).empty()) continue;
    return no_kev ? "what is known to be exploited" : "EPSS scores";
  }
  return "";
}

}  // namespace

CheckOutput Check(const Vulnerabilities& params, const CheckInput& input) {
  if (std::optional<CheckOutput> other = UnlessVerified(input)) return *other;
  const ReportUse use =
      UseReports(input.image->base_reports,
                 {params.max_report_age, params.max_database_age}, input.now);
  if (use.usable.empty()) return NoReport(use, input);
  CheckOutput output =
      Pass(absl::StrCat("the scan of ", BaseText(input.image->base),
                        " finds nothing that is denied"));
  for (const ScanReport* report : use.usable) {
    const std::vector<const Vulnerability*> denied = Denied(params, *report);
    const std::string untold = Untold(params, *report);
    if (!denied.empty()) {
      output = DeniedOutput(denied, input);
    } else if (!untold.empty() && output.result == CheckResult::kPass) {
      output = Missing(
          absl::StrCat("reports of ", Quoted(report->scanner), " do not tell ",
                       untold, ", which the rule asks for"),
          "add a Grype report of the base: plimsoll report add");
    }
    if (output.result == CheckResult::kFail) break;
  }
  output.changes_at = use.changes_at;
  return output;
}

}  // namespace plimsoll

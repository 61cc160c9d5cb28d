// Reads the parameters of `vulnerabilities`.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "policy/rules/vulnerabilities.h"

namespace plimsoll {
namespace {

std::optional<Severity> ReadSeverity(YamlFields& fields,
                                     absl::string_view key) {
  return fields.Choice<Severity>(key, {{"Critical", Severity::kCritical},
                                       {"High", Severity::kHigh},
                                       {"Medium", Severity::kMedium},
                                       {"Low", Severity::kLow},
                                       {"Negligible", Severity::kNegligible},
                                       {"Unknown", Severity::kUnknown}});
}

DenyVulnerability ReadDeny(YamlFields& fields) {
  DenyVulnerability deny;
  deny.severity = ReadSeverity(fields, "severity");
  deny.fixable = fields.Bool("fixable");
  deny.kev = fields.Bool("kev");
  deny.epss = fields.Fraction("epss");
  deny.ids = fields.Texts("ids");
  return deny;
}

std::vector<DenyVulnerability> ReadDenies(YamlFields& with) {
  std::vector<DenyVulnerability> denies;
  with.Require("deny");
  for (const YamlValue* item : with.Items("deny")) {
    YamlFields fields(*item, absl::StrCat(with.what(), ": deny"),
                      with.issues());
    denies.push_back(ReadDeny(fields));
    if (item->kind == YamlValue::Kind::kMapping && item->entries.empty()) {
      fields.Complain(item->place, "a condition is missing");
    }
  }
  return denies;
}

// Trivy's words for what a vendor says of a vulnerability.
constexpr std::array<absl::string_view, 8> kStatuses = {
    "unknown",      "not_affected",        "affected",
    "fixed",        "under_investigation", "will_not_fix",
    "fix_deferred", "end_of_life"};

std::vector<std::string> ReadStatuses(YamlFields& with) {
  std::vector<std::string> statuses = with.Texts("ignoreStatus");
  for (const std::string& status : statuses) {
    if (std::count(kStatuses.begin(), kStatuses.end(), status) > 0) continue;
    with.Complain(
        "ignoreStatus",
        absl::StrCat("`ignoreStatus`: `", status, "` is none of ",
                     JoinChoices({kStatuses.begin(), kStatuses.end()})));
  }
  return statuses;
}

void ReadScope(YamlFields& with) {
  with.Require("scope");
  const std::optional<std::string> scope = with.Text("scope");
  if (!scope || *scope == "base") return;
  const bool is_planned = *scope == "all" || *scope == "added";
  with.Complain("scope", absl::StrCat("`scope`: `", *scope, "` is not ",
                                      is_planned ? "supported yet" : "known",
                                      "; write base"));
}

}  // namespace

Vulnerabilities Vulnerabilities::Parse(YamlFields& with) {
  Vulnerabilities params;
  ReadScope(with);
  with.Require("maxReportAge");
  if (const auto age = with.Duration("maxReportAge")) {
    params.max_report_age = *age;
  }
  params.max_database_age = with.Duration("maxDatabaseAge");
  params.deny = ReadDenies(with);
  params.ignore_status = ReadStatuses(with);
  if (const auto severity = ReadSeverity(with, "unknownSeverityAs")) {
    params.unknown_as = *severity;
  }
  return params;
}

}  // namespace plimsoll

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/registry/oci_error.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxSummary = 1024;

// "production/approved: linux/amd64: what was found; hint"
std::string Describe(const Finding& finding) {
  std::vector<absl::string_view> parts;
  std::string rule = finding.policy.empty()
                         ? finding.rule
                         : absl::StrCat(finding.policy, "/", finding.rule);
  for (absl::string_view part :
       {absl::string_view(rule), absl::string_view(finding.platform),
        absl::string_view(finding.message)}) {
    if (!part.empty()) parts.push_back(part);
  }
  std::string text = absl::StrJoin(parts, ": ");
  if (!finding.hint.empty()) absl::StrAppend(&text, " (", finding.hint, ")");
  return text;
}

bool Denies(const Finding& finding) {
  bool failed = finding.result == CheckResult::kFail ||
                finding.result == CheckResult::kError;
  return failed && finding.action == Action::kDeny && finding.waiver.empty();
}

}  // namespace

OciError RefusalOf(const Verdict& verdict, absl::string_view decision_id) {
  std::string named = absl::StrCat("decision ", decision_id);
  std::vector<std::string> reasons = {named};
  for (const Finding& finding : verdict.findings) {
    if (Denies(finding)) reasons.push_back(Describe(finding));
  }
  OciError error;
  error.message =
      absl::StrCat(SummarizeVerdict(verdict, kMaxSummary), " (", named, ")");
  error.detail = absl::StrJoin(reasons, "; ");
  return error;
}

}  // namespace plimsoll

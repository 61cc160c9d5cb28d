#include "policy/verdict.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

bool IsBad(const Finding& finding) {
  const bool failed = finding.result == CheckResult::kFail ||
                      finding.result == CheckResult::kError;
  return failed && finding.waiver.empty();
}

// Who says no: "policy `production` rule `approved`", with the platform where
// several images were judged. The pusher may have written anything for one.
std::string Speaker(const Finding& finding, bool several_images) {
  std::string text = finding.policy.empty()
                         ? absl::StrCat("rule `", finding.rule, "`")
                         : absl::StrCat("policy `", finding.policy, "` rule `",
                                        finding.rule, "`");
  if (several_images && !finding.platform.empty()) {
    absl::StrAppend(&text, " (",
                    ReadsLikeAPlatform(finding.platform)
                        ? finding.platform
                        : Quoted(finding.platform),
                    ")");
  }
  return text;
}

// The findings that the outcome rests on, in their order.
std::vector<const Finding*> Decisive(const Verdict& verdict) {
  const Action weakest =
      verdict.outcome == Outcome::kDeny ? Action::kDeny : Action::kWarn;
  std::vector<const Finding*> decisive;
  if (verdict.outcome == Outcome::kAdmit) return decisive;
  for (const Finding& finding : verdict.findings) {
    if (IsBad(finding) && finding.action >= weakest) {
      decisive.push_back(&finding);
    }
  }
  return decisive;
}

}  // namespace

absl::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAdmit:
      return "admit";
    case Outcome::kWarn:
      return "warn";
    case Outcome::kDeny:
      return "deny";
    case Outcome::kStaged:
      return "staged";
  }
  return "deny";
}

absl::string_view ActionName(Action action) {
  switch (action) {
    case Action::kAudit:
      return "Audit";
    case Action::kWarn:
      return "Warn";
    case Action::kDeny:
      return "Deny";
  }
  return "Deny";
}

absl::string_view CheckResultName(CheckResult result) {
  switch (result) {
    case CheckResult::kPass:
      return "pass";
    case CheckResult::kSkip:
      return "skip";
    case CheckResult::kFail:
      return "fail";
    case CheckResult::kError:
      return "error";
  }
  return "error";
}

std::vector<Reason> ReasonsOf(const Verdict& verdict) {
  std::set<std::string> images;
  for (const Finding& finding : verdict.findings) {
    if (!finding.digest.empty()) images.insert(finding.digest);
  }
  std::vector<Reason> reasons;
  for (const Finding* finding : Decisive(verdict)) {
    const std::string speaker = Speaker(*finding, images.size() > 1);
    reasons.push_back(
        {absl::StrCat(speaker, ": ", finding->message), finding->hint});
  }
  return reasons;
}

std::string SummarizeVerdict(const Verdict& verdict, size_t max_bytes) {
  const std::vector<Reason> reasons = ReasonsOf(verdict);
  if (reasons.empty()) return "";
  const auto& [line, advice] = reasons[0];
  const std::string more =
      reasons.size() == 1
          ? ""
          : absl::StrCat(" (and ", reasons.size() - 1, " more)");
  if (line.size() + more.size() > max_bytes) {
    if (more.size() >= max_bytes) return CutShort(line, max_bytes);
    return absl::StrCat(CutShort(line, max_bytes - more.size()), more);
  }
  // Half a command is worse than none.
  const std::string hint = advice.empty() ? "" : absl::StrCat("; ", advice);
  const bool has_room = line.size() + hint.size() + more.size() <= max_bytes;
  return absl::StrCat(line, has_room ? hint : "", more);
}

}  // namespace plimsoll

#include "policy/verdict.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

bool IsBad(const Finding& finding) {
  return finding.result == CheckResult::kFail ||
         finding.result == CheckResult::kError;
}

// As it is where it reads like a platform; the pusher may have written
// anything.
std::string PlatformText(absl::string_view platform) {
  const bool is_plain =
      platform.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-/") ==
      absl::string_view::npos;
  return is_plain ? std::string(platform) : Quoted(platform);
}

// Who says no: "policy `production` rule `approved`", with the platform where
// several images were judged.
std::string Speaker(const Finding& finding, bool several_images) {
  std::string text = finding.policy.empty()
                         ? absl::StrCat("rule `", finding.rule, "`")
                         : absl::StrCat("policy `", finding.policy, "` rule `",
                                        finding.rule, "`");
  if (several_images && !finding.platform.empty()) {
    absl::StrAppend(&text, " (", PlatformText(finding.platform), ")");
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

std::optional<Action> ParseAction(absl::string_view name) {
  for (const Action action : {Action::kAudit, Action::kWarn, Action::kDeny}) {
    if (ActionName(action) == name) return action;
  }
  return std::nullopt;
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

std::string SummarizeVerdict(const Verdict& verdict, size_t max_bytes) {
  const std::vector<const Finding*> decisive = Decisive(verdict);
  if (decisive.empty()) return "";
  const Finding& first = *decisive[0];
  std::set<std::string> images;
  for (const Finding& finding : verdict.findings) {
    if (!finding.digest.empty()) images.insert(finding.digest);
  }
  const std::string line =
      absl::StrCat(Speaker(first, images.size() > 1), ": ", first.message);
  const std::string more =
      decisive.size() == 1
          ? ""
          : absl::StrCat(" (and ", decisive.size() - 1, " more)");
  if (line.size() + more.size() > max_bytes) {
    if (more.size() >= max_bytes) return CutShort(line, max_bytes);
    return absl::StrCat(CutShort(line, max_bytes - more.size()), more);
  }
  // Half a command is worse than none.
  const std::string hint =
      first.hint.empty() ? "" : absl::StrCat("; ", first.hint);
  const bool has_room = line.size() + hint.size() + more.size() <= max_bytes;
  return absl::StrCat(line, has_room ? hint : "", more);
}

}  // namespace plimsoll

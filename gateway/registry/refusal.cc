#include "gateway/registry/refusal.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxSummary = 1024;
constexpr size_t kMaxPhrase = 140;

// Whether `message` has a single reason whole: clients that print message and
// detail would say it twice.
bool SaysAll(absl::string_view message, const std::vector<Reason>& reasons) {
  return reasons.size() == 1 && absl::StrContains(message, reasons[0].says) &&
         absl::StrContains(message, reasons[0].hint);
}

}  // namespace

OciError RefusalOf(const Verdict& verdict, absl::string_view decision_id) {
  const std::string named = absl::StrCat("decision ", decision_id);
  const std::vector<Reason> reasons = ReasonsOf(verdict);
  OciError error;
  error.message =
      absl::StrCat(SummarizeVerdict(verdict, kMaxSummary), " (", named, ")");
  error.phrase =
      absl::StrCat(SummarizeVerdict(verdict, kMaxPhrase), " (", named, ")");
  error.detail = named;
  if (SaysAll(error.message, reasons)) return error;
  for (const Reason& reason : reasons) {
    absl::StrAppend(&error.detail, "; ", reason.says);
    if (reason.hint.empty()) continue;
    absl::StrAppend(&error.detail, " (", reason.hint, ")");
  }
  return error;
}

}  // namespace plimsoll

#include "gateway/registry/refusal.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxSummary = 1024;

}  // namespace

OciError RefusalOf(const Verdict& verdict, absl::string_view decision_id) {
  const std::string named = absl::StrCat("decision ", decision_id);
  OciError error;
  error.message =
      absl::StrCat(SummarizeVerdict(verdict, kMaxSummary), " (", named, ")");
  error.detail = named;
  for (const Reason& reason : ReasonsOf(verdict)) {
    absl::StrAppend(&error.detail, "; ", reason.says);
    if (reason.hint.empty()) continue;
    absl::StrAppend(&error.detail, " (", reason.hint, ")");
  }
  return error;
}

}  // namespace plimsoll

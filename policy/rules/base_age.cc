#include "policy/rules/base_age.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "policy/language/units.h"
#include "policy/rules/base_state.h"
#include "policy/rules/clock_skew.h"

namespace plimsoll {
namespace {

// Builders date images to 0001, 1970 and 1980 (the first year that a ZIP file
// knows) to make them reproducible; nothing real is older than this.
bool IsRealDate(absl::Time created) {
  return created >= absl::FromCivil(absl::CivilYear(1981), absl::UTCTimeZone());
}

struct BirthDate {
  absl::Time at;
  bool first_seen = false;  // not made, but seen then
};

std::optional<BirthDate> BirthDateOf(const BaseCandidate& record) {
  if (record.created && IsRealDate(*record.created)) {
    return BirthDate{*record.created, false};
  }
  std::optional<BirthDate> oldest;
  for (const BaseName& name : record.names) {
    if (!oldest || name.first_seen < oldest->at) {
      oldest = BirthDate{name.first_seen, true};
    }
  }
  return oldest;
}

// The oldest of the records that have these bytes: of the approved ones where
// there are any, so that others cannot age a base.
std::optional<BirthDate> OldestDate(const BaseIdentity& base) {
  const auto is_approved = [](const BaseCandidate& record) {
    return record.proven && record.approval == Approval::kApproved;
  };
  const bool any_approved =
      std::any_of(base.candidates.begin(), base.candidates.end(), is_approved);
  std::optional<BirthDate> oldest;
  for (const BaseCandidate& record : base.candidates) {
    if (any_approved && !is_approved(record)) continue;
    const std::optional<BirthDate> date = BirthDateOf(record);
    if (date && (!oldest || date->at < oldest->at)) oldest = date;
  }
  return oldest;
}

}  // namespace

BaseAge BaseAge::Parse(YamlFields& with) {
  BaseAge params;
  with.Require("max");
  if (const auto max = with.Duration("max")) params.max = *max;
  return params;
}

CheckOutput Check(const BaseAge& params, const CheckInput& input) {
  if (std::optional<CheckOutput> other = UnlessVerified(input)) return *other;
  const BaseIdentity& base = input.image->base;
  const std::optional<BirthDate> date = OldestDate(base);
  if (!date) {
    return Missing(absl::StrCat(BaseText(base), " has no date"),
                   "add it to the catalog again: plimsoll catalog add");
  }
  if (date->at > input.now + kClockSkew) {
    CheckOutput output =
        Missing(absl::StrCat(BaseText(base), " is dated in the future"),
                "check the clocks of the gateway and of the base's builder");
    output.changes_at = date->at - kClockSkew;
    return output;
  }
  const std::string found = absl::StrCat(
      BaseText(base), date->first_seen ? " was first seen " : " was made ",
      FormatAge(std::max(input.now - date->at, absl::ZeroDuration())), " ago");
  const absl::Time old_at = date->at + params.max;
  if (input.now >= old_at) {
    return Fail(
        absl::StrCat(found, ", expected less than ", FormatAge(params.max)),
        "rebuild FROM a newer base");
  }
  CheckOutput output = Pass(found);
  output.changes_at = old_at;
  return output;
}

}  // namespace plimsoll

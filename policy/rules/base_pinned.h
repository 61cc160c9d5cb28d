// base.pinned: the base is fixed by digest. With `verified` its bytes are those
// of an approved digest, whatever the source says; with `source` the builder
// must have written FROM by digest (a claim, unless it is attested).
#ifndef PLIMSOLL_POLICY_RULES_BASE_PINNED_H_
#define PLIMSOLL_POLICY_RULES_BASE_PINNED_H_

#include "policy/language/fields.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct BasePinned {
  static constexpr CheckTraits kTraits{
      .id = "base.pinned", .severity = "medium", .looks_at_base = true};
  enum class Accept { kVerified, kSource };
  Accept accept = Accept::kVerified;

  static BasePinned Parse(YamlFields& with);
};
CheckOutput Check(const BasePinned& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_BASE_PINNED_H_

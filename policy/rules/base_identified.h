// base.identified: the base is known, with at least the proof asked for. A
// pushed base and an image that stands on nothing pass.
#ifndef PLIMSOLL_POLICY_RULES_BASE_IDENTIFIED_H_
#define PLIMSOLL_POLICY_RULES_BASE_IDENTIFIED_H_

#include "policy/language/fields.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct BaseIdentified {
  static constexpr CheckTraits kTraits{
      .id = "base.identified", .severity = "high", .looks_at_base = true};
  Proof min_proof = Proof::kVerified;

  static BaseIdentified Parse(YamlFields& with);
};
CheckOutput Check(const BaseIdentified& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_BASE_IDENTIFIED_H_

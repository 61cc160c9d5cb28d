// base.age: the base was made less than `max` ago. Bases dated to an epoch
// (distroless, ko, Bazel, buildpacks) count from when their digest was first
// seen. Of several records with the same bytes the oldest counts.
#ifndef PLIMSOLL_POLICY_RULES_BASE_AGE_H_
#define PLIMSOLL_POLICY_RULES_BASE_AGE_H_

#include "absl/time/time.h"
#include "policy/language/fields.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct BaseAge {
  static constexpr CheckTraits kTraits{.id = "base.age",
                                       .severity = "medium",
                                       .flips = true,
                                       .looks_at_base = true};
  absl::Duration max;

  static BaseAge Parse(YamlFields& with);
};
CheckOutput Check(const BaseAge& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_BASE_AGE_H_

// platform: which platforms there must be and which there may be. A platform
// without a variant stands for all of its variants. A platform that is not
// there is an error while a child is missing. An image that an index
// lists for another machine than its config names fails.
#ifndef PLIMSOLL_POLICY_RULES_PLATFORM_H_
#define PLIMSOLL_POLICY_RULES_PLATFORM_H_

#include <vector>

#include "policy/language/fields.h"
#include "policy/oci/manifest.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct PlatformRule {
  static constexpr CheckTraits kTraits{"platform", "medium", false};
  std::vector<Platform> require;
  std::vector<Platform> allow;  // empty: any

  static PlatformRule Parse(YamlFields& with);
};
CheckOutput Check(const PlatformRule& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_PLATFORM_H_

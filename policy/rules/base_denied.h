// base.denied: the base, and what lies below it, is on no list of what must not
// be built upon, nor denied in the catalog. What the pusher claims counts too:
// a claim may narrow, never grant. A failure holds for ever.
#ifndef PLIMSOLL_POLICY_RULES_BASE_DENIED_H_
#define PLIMSOLL_POLICY_RULES_BASE_DENIED_H_

#include <vector>

#include "policy/language/fields.h"
#include "policy/language/glob.h"
#include "policy/oci/digest.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct BaseDenied {
  static constexpr CheckTraits kTraits{
      .id = "base.denied", .severity = "critical", .looks_at_base = true};
  std::vector<Glob> images;
  std::vector<Digest> digests;

  static BaseDenied Parse(YamlFields& with);
};
CheckOutput Check(const BaseDenied& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_BASE_DENIED_H_

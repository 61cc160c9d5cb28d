// base.approved: the base is one that may be built upon. Approval belongs to
// bytes: any catalogued record with these layers that is approved (or listed in
// `digests`) will do, and any that is denied will not, whatever name is shown.
#ifndef PLIMSOLL_POLICY_RULES_BASE_APPROVED_H_
#define PLIMSOLL_POLICY_RULES_BASE_APPROVED_H_

#include <string>
#include <vector>

#include "policy/language/fields.h"
#include "policy/language/glob.h"
#include "policy/oci/digest.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct BaseApproved {
  static constexpr CheckTraits kTraits{
      .id = "base.approved", .severity = "high", .looks_at_base = true};
  // Where either is given, an approved record must have a name under one.
  std::vector<std::string> sources;
  std::vector<Glob> images;
  // The globs of `sources`; filled in by the loader.
  std::vector<Glob> source_images;
  // Approved by this rule itself.
  std::vector<Digest> digests;

  static BaseApproved Parse(YamlFields& with);
};
CheckOutput Check(const BaseApproved& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_BASE_APPROVED_H_

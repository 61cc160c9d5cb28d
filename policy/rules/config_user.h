// config.user: the user that a container runs as. "", "0", "root", Windows'
// "ContainerAdministrator" and their forms with a group are root, as is any
// number that is zero. What is neither a number that runtimes take nor a name
// that starts with a letter is guessed at by none, and fails forbidRoot. A name
// cannot be resolved without the files of the image: requireNumeric refuses
// names.
#ifndef PLIMSOLL_POLICY_RULES_CONFIG_USER_H_
#define PLIMSOLL_POLICY_RULES_CONFIG_USER_H_

#include "policy/language/fields.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct ConfigUser {
  static constexpr CheckTraits kTraits{"config.user", "medium"};
  bool forbid_root = false;
  bool require_numeric = false;

  static ConfigUser Parse(YamlFields& with);
};
CheckOutput Check(const ConfigUser& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_CONFIG_USER_H_

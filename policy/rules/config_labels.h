// config.labels: labels of the image config that must be there with a value
// that matches, and labels that must not be there.
#ifndef PLIMSOLL_POLICY_RULES_CONFIG_LABELS_H_
#define PLIMSOLL_POLICY_RULES_CONFIG_LABELS_H_

#include <string>
#include <utility>
#include <vector>

#include "policy/language/fields.h"
#include "policy/language/glob.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct ConfigLabels {
  static constexpr CheckTraits kTraits{"config.labels", "low"};
  std::vector<std::pair<std::string, Glob>> require;
  std::vector<Glob> forbid;  // keys

  static ConfigLabels Parse(YamlFields& with);
};
CheckOutput Check(const ConfigLabels& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_CONFIG_LABELS_H_

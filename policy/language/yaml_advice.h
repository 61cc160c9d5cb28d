// What people read where yaml-cpp gives up: its own words speak of its states.
// Pure.
#ifndef PLIMSOLL_POLICY_LANGUAGE_YAML_ADVICE_H_
#define PLIMSOLL_POLICY_LANGUAGE_YAML_ADVICE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace plimsoll {

inline constexpr absl::string_view kNoYamlAliases =
    "aliases are not used here; write the value out";

// `words` are those of a YAML::Exception, `open_line` the line in which the
// innermost value starts that was open.
std::string ExplainYaml(absl::string_view words, int open_line);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_YAML_ADVICE_H_

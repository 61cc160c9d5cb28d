// The part of the YAML reader that speaks to yaml-cpp: its events to values,
// and its exceptions, which are caught here and nowhere else, to issues.
#ifndef PLIMSOLL_POLICY_LANGUAGE_YAML_EVENTS_H_
#define PLIMSOLL_POLICY_LANGUAGE_YAML_EVENTS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "policy/language/issue.h"
#include "policy/language/yaml.h"

namespace plimsoll {

// As ParseYaml, for bytes that are known to be UTF-8 of an allowed size.
std::vector<YamlValue> ReadYamlEvents(int file, absl::string_view bytes,
                                      Issues& issues);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_YAML_EVENTS_H_

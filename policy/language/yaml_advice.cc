#include "policy/language/yaml_advice.h"

#include <yaml-cpp/exceptions.h>

#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

struct Advice {
  const char* words;
  absl::string_view advice;
};
// Made for each call: yaml-cpp does not call its words constexpr.
std::array<Advice, 12> Known() {
  return {{
      {YAML::ErrorMsg::MAP_VALUE,
       "no value can follow a `:` here; check the indentation, and quote text "
       "that holds `: `"},
      {YAML::ErrorMsg::MAP_KEY, "no key can stand here; check the indentation"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a list item starts on a line of its own"},
      {YAML::ErrorMsg::END_OF_MAP,
       "this belongs to no key; check the indentation and the quotes"},
      {YAML::ErrorMsg::END_OF_SEQ,
       "this is no list item; check the indentation and the quotes"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a `{` is not closed"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a `[` is not closed"},
      {YAML::ErrorMsg::FLOW_END, "this bracket closes none that is open"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN,
       "no text starts with this character; quote it"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "the file ends within quotes"},
      {YAML::ErrorMsg::INVALID_ESCAPE,
       "this escape is not known; write `\\\\` for a backslash, or quote with "
       "'"},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, kNoYamlAliases},
  }};
}

}  // namespace

std::string ExplainYaml(absl::string_view words, int open_line) {
  for (const Advice& known : Known()) {
    if (!absl::StartsWith(words, known.words)) continue;
    if (!absl::EndsWith(known.advice, "is not closed")) {
      return std::string(known.advice);
    }
    return absl::StrCat(known.advice, " (it may be that of line ", open_line,
                        "), or a comma is missing before");
  }
  return absl::StrCat("not YAML: ", words);
}

}  // namespace plimsoll

// The bytes of a YAML file before anything parses them: what is no text, and
// what readers or people could see differently. Pure.
#ifndef PLIMSOLL_POLICY_LANGUAGE_YAML_TEXT_H_
#define PLIMSOLL_POLICY_LANGUAGE_YAML_TEXT_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "policy/language/issue.h"

namespace plimsoll {

struct TextFault {
  size_t at;                  // in bytes
  absl::string_view message;  // static
};

// The first byte that is not UTF-8, or the first control or invisible character
// but tabs; for lines of files, and for scalars that escapes were resolved in.
std::optional<TextFault> FindTextFault(absl::string_view text);

// Whether all lines can be read. An issue for the first line of each fault:
// one stray editor setting spoils every line in the same way.
bool CheckYamlText(int file, absl::string_view bytes, Issues& issues);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_YAML_TEXT_H_

#include "policy/language/yaml_text.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kNotUtf8 =
    "a byte that is not UTF-8; save the file as UTF-8";
constexpr absl::string_view kUnsafe =
    "a control or invisible character; remove it";

// What a line may not start with. A tab among its indentation is one level to
// some readers and none to others.
std::optional<TextFault> FindStartFault(absl::string_view line) {
  if (absl::StartsWith(line, "%")) {
    return TextFault{0, "directives are not used here; remove the line"};
  }
  const size_t text = line.find_first_not_of(" \t");
  const size_t tab = line.find('\t');
  if (text == absl::string_view::npos || tab > text) return std::nullopt;
  return TextFault{tab, "indent with spaces, not with tabs"};
}

}  // namespace

std::optional<TextFault> FindTextFault(absl::string_view text) {
  const size_t utf8 = Utf8Prefix(text);
  for (size_t from = 0; from < utf8;) {
    const size_t at = FindUnsafe(text.substr(from, utf8 - from));
    if (at == absl::string_view::npos) break;
    if (text[from + at] != '\t') return TextFault{from + at, kUnsafe};
    from += at + 1;
  }
  if (utf8 < text.size()) return TextFault{utf8, kNotUtf8};
  return std::nullopt;
}

bool CheckYamlText(int file, absl::string_view bytes, Issues& issues) {
  std::set<absl::string_view> told;
  for (int number = 1; !bytes.empty(); ++number) {
    const size_t end = bytes.find('\n');
    absl::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
    // A carriage return elsewhere ends a line for some readers alone.
    absl::ConsumeSuffix(&line, "\r");
    std::optional<TextFault> fault = FindTextFault(line);
    if (!fault) fault = FindStartFault(line);
    if (!fault || !told.insert(fault->message).second) continue;
    issues.Add({file, number, static_cast<int>(fault->at) + 1}, fault->message);
  }
  return told.empty();
}

}  // namespace plimsoll

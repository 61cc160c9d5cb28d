#include "policy/language/yaml.h"

#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "policy/language/yaml_events.h"
#include "policy/language/yaml_text.h"

namespace plimsoll {
namespace {

bool CheckBytes(int file, absl::string_view bytes, Issues& issues) {
  if (bytes.size() > kMaxYamlBytes) {
    issues.Add({file, 0, 0},
               absl::StrCat("the file has ", bytes.size(), " bytes, at most ",
                            kMaxYamlBytes, " are read; split it"));
    return false;
  }
  if (absl::StartsWith(bytes, "\xef\xbb\xbf")) {
    issues.Add({file, 1, 1}, "remove the byte order mark");
    return false;
  }
  return CheckYamlText(file, bytes, issues);
}

std::string Quote(absl::string_view text) {
  return absl::StrCat("\"", absl::CEscape(text), "\"");
}

void AppendCanonical(const YamlValue& value, std::string& out);

void AppendMapping(const YamlValue& value, std::string& out) {
  std::map<absl::string_view, const YamlValue*> sorted;
  for (const YamlEntry& entry : value.entries) {
    sorted.emplace(entry.key, &entry.value);
  }
  out.push_back('{');
  for (const auto& [key, member] : sorted) {
    absl::StrAppend(&out, Quote(key), ":");
    AppendCanonical(*member, out);
    out.push_back(',');
  }
  out.push_back('}');
}

void AppendCanonical(const YamlValue& value, std::string& out) {
  switch (value.kind) {
    case YamlValue::Kind::kNull:
      out.append("null");
      return;
    case YamlValue::Kind::kScalar:
      out.append(Quote(value.text));
      return;
    case YamlValue::Kind::kSequence:
      out.push_back('[');
      for (const YamlValue& item : value.items) {
        AppendCanonical(item, out);
        out.push_back(',');
      }
      out.push_back(']');
      return;
    case YamlValue::Kind::kMapping:
      AppendMapping(value, out);
      return;
  }
}

}  // namespace

absl::string_view YamlValue::KindName() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kScalar:
      return "text";
    case Kind::kSequence:
      return "a list";
    case Kind::kMapping:
      return "a mapping";
  }
  return "nothing";
}

const YamlValue* YamlValue::Find(absl::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::vector<YamlValue> ParseYaml(int file, absl::string_view bytes,
                                 Issues& issues) {
  if (!CheckBytes(file, bytes, issues)) return {};
  return ReadYamlEvents(file, bytes, issues);
}

std::string CanonicalYaml(const YamlValue& value) {
  std::string out;
  AppendCanonical(value, out);
  return out;
}

}  // namespace plimsoll

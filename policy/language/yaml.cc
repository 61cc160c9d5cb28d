#include "policy/language/yaml.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "policy/language/yaml_events.h"

namespace plimsoll {
namespace {

bool IsForbiddenControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7f;
}

// What is wrong with one line's bytes, and at which of them.
bool CheckLine(absl::string_view text, Place place, Issues& issues) {
  const auto bad = std::find_if(text.begin(), text.end(), IsForbiddenControl);
  if (bad != text.end()) {
    place.column = static_cast<int>(bad - text.begin()) + 1;
    issues.Add(place, "a control character is not text");
    return false;
  }
  if (simdjson::validate_utf8(text.data(), text.size())) return true;
  issues.Add(place, "the line is not valid UTF-8");
  return false;
}

bool CheckBytes(int file, absl::string_view bytes, Issues& issues) {
  if (bytes.size() > kMaxYamlBytes) {
    issues.Add({file, 0, 0},
               absl::StrCat("the file has ", bytes.size(), " bytes, at most ",
                            kMaxYamlBytes, " are read"));
    return false;
  }
  if (bytes.substr(0, 3) == "\xef\xbb\xbf") {
    issues.Add({file, 1, 1}, "remove the byte order mark");
    return false;
  }
  for (int line = 1; !bytes.empty(); ++line) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    if (!CheckLine(bytes.substr(0, end), {file, line, 1}, issues)) return false;
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return true;
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

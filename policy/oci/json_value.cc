#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kKinds[] = {
    "null", "boolean", "integer", "number", "string", "array", "object"};
constexpr absl::string_view kLongS = "\xc5\xbf";       // U+017F
constexpr absl::string_view kKelvin = "\xe2\x84\xaa";  // U+212A
constexpr absl::string_view kReplacement = "\xef\xbf\xbd";

// The length of the UTF-8 sequence that `text` starts with; 0 where it is not
// one (overlong forms and surrogates included).
size_t SequenceLength(absl::string_view text) {
  const auto byte = [text](size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const auto tail = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  if (byte(0) < 0x80) return 1;
  if (byte(0) >= 0xC2 && byte(0) <= 0xDF && tail(1)) return 2;
  const unsigned pair = byte(0) << 8 | byte(1);
  if (pair >= 0xE0A0 && pair <= 0xEFBF && tail(1) && tail(2) &&
      !(pair >= 0xEDA0 && pair <= 0xEDBF)) {
    return 3;
  }
  if (pair >= 0xF090 && pair <= 0xF48F && tail(1) && tail(2) && tail(3)) {
    return 4;
  }
  return 0;
}

void AppendEscaped(char c, std::string* out) {
  switch (c) {
    case '"':
    case '\\':
      out->push_back('\\');
      out->push_back(c);
      return;
    case '\n':
      out->append("\\n");
      return;
    default:
      break;
  }
  const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  if (control) {
    absl::StrAppend(out, "\\u", absl::Hex(c, absl::kZeroPad4));
  } else {
    out->push_back(c);
  }
}

}  // namespace

const JsonValue* JsonValue::Find(absl::string_view name) const {
  const JsonObject* object = AsObject();
  if (object == nullptr) return nullptr;
  for (const JsonMember& member : *object) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

absl::string_view JsonValue::KindName() const {
  return kKinds[storage_.index()];
}

std::string FoldJsonName(absl::string_view name) {
  std::string folded;
  folded.reserve(name.size());
  while (!name.empty()) {
    if (absl::ConsumePrefix(&name, kLongS)) {
      folded.push_back('s');
    } else if (absl::ConsumePrefix(&name, kKelvin)) {
      folded.push_back('k');
    } else {
      folded.push_back(
          absl::ascii_tolower(static_cast<unsigned char>(name[0])));
      name.remove_prefix(1);
    }
  }
  return folded;
}

std::string QuoteJson(absl::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const size_t length = SequenceLength(text);
    if (length == 1) {
      AppendEscaped(text[0], &quoted);
    } else {
      const absl::string_view piece =
          length == 0 ? kReplacement : text.substr(0, length);
      quoted.append(piece.data(), piece.size());
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace plimsoll

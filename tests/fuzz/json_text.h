// Writes a JSON value so that it reads back as the same value.
#ifndef PLIMSOLL_TESTS_FUZZ_JSON_TEXT_H_
#define PLIMSOLL_TESTS_FUZZ_JSON_TEXT_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "policy/oci/json.h"

namespace plimsoll {

// A real is written with a point or an exponent, or it would read back as an
// integer.
inline std::string RealText(double value) {
  const std::string text = absl::StrFormat("%.17g", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

inline std::string JsonText(const JsonValue& value) {
  if (const std::string* text = value.AsString()) return QuoteJson(*text);
  if (const bool* truth = value.AsBool()) return *truth ? "true" : "false";
  if (const int64_t* number = value.AsInteger()) return absl::StrCat(*number);
  if (const JsonReal* real = value.AsReal()) return RealText(real->value);
  std::string text;
  if (const JsonArray* array = value.AsArray()) {
    for (const JsonValue& item : *array) {
      absl::StrAppend(&text, text.empty() ? "" : ",", JsonText(item));
    }
    return absl::StrCat("[", text, "]");
  }
  const JsonObject* object = value.AsObject();
  if (object == nullptr) return "null";
  for (const JsonMember& member : *object) {
    absl::StrAppend(&text, text.empty() ? "" : ",", QuoteJson(member.name), ":",
                    JsonText(member.value));
  }
  return absl::StrCat("{", text, "}");
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_FUZZ_JSON_TEXT_H_

#include "policy/oci/rfc3339.h"

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kSeconds = "0000-00-00T00:00:00";
constexpr absl::string_view kOffset = "+00:00";
constexpr size_t kMaxFractionDigits = 9;

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

// Whether `text` is like `shape`: a digit wherever the shape has "0".
bool HasShape(absl::string_view text, absl::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    const bool matches =
        shape[i] == '0' ? IsDigit(text[i]) : shape[i] == text[i];
    if (!matches) return false;
  }
  return true;
}

bool IsOffset(absl::string_view text) {
  if (text == "Z") return true;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  return HasShape(text.substr(1), kOffset.substr(1));
}

bool IsRfc3339(absl::string_view text) {
  if (!HasShape(text.substr(0, kSeconds.size()), kSeconds)) return false;
  if (text.substr(kSeconds.size() - 2, 2) == "60") return false;  // leap second
  text.remove_prefix(kSeconds.size());
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    size_t digits = 0;
    while (digits < text.size() && IsDigit(text[digits])) ++digits;
    if (digits == 0 || digits > kMaxFractionDigits) return false;
    text.remove_prefix(digits);
  }
  return IsOffset(text);
}

}  // namespace

StatusOr<absl::Time> ParseRfc3339(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (IsRfc3339(text) &&
      absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
    return time;
  }
  return absl::InvalidArgumentError(
      "not a time such as \"2024-05-01T12:00:00Z\" (RFC 3339)");
}

absl::Time GoZeroTime() {
  return absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
}

}  // namespace plimsoll

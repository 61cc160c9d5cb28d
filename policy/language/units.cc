#include "policy/language/units.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

struct TimeUnit {
  char letter;
  absl::Duration length;
};
constexpr std::array<TimeUnit, 4> kTimeUnits = {{{'d', absl::Hours(24)},
                                                 {'h', absl::Hours(1)},
                                                 {'m', absl::Minutes(1)},
                                                 {'s', absl::Seconds(1)}}};

struct SizeUnit {
  absl::string_view suffix;
  int64_t bytes;
};
constexpr std::array<SizeUnit, 9> kSizeUnits = {{{"Ki", int64_t{1} << 10},
                                                 {"Mi", int64_t{1} << 20},
                                                 {"Gi", int64_t{1} << 30},
                                                 {"Ti", int64_t{1} << 40},
                                                 {"k", 1'000},
                                                 {"M", 1'000'000},
                                                 {"G", 1'000'000'000},
                                                 {"T", 1'000'000'000'000},
                                                 {"", 1}}};

constexpr int64_t kOverAnyBound = std::numeric_limits<int64_t>::max();

// The number that `text` starts with, taken off it; nullopt for none. One that
// does not fit is over any bound.
std::optional<int64_t> TakeNumber(absl::string_view& text) {
  const size_t digits =
      std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0) return std::nullopt;
  int64_t number = 0;
  if (!absl::SimpleAtoi(text.substr(0, digits), &number)) {
    number = kOverAnyBound;
  }
  text.remove_prefix(digits);
  return number;
}

}  // namespace

StatusOr<absl::Duration> ParseDuration(absl::string_view text) {
  absl::Duration sum;  // saturates
  size_t next = 0;     // units come in the order of the table, each once
  while (!text.empty() || next == 0) {
    const std::optional<int64_t> number = TakeNumber(text);
    while (next < kTimeUnits.size() &&
           (text.empty() || kTimeUnits[next].letter != text.front())) {
      ++next;
    }
    if (!number || next == kTimeUnits.size()) {
      return absl::InvalidArgumentError(
          "write a duration as 30d, 24h or 1d12h, with the units d, h, m and "
          "s in this order");
    }
    sum += *number * kTimeUnits[next++].length;
    text.remove_prefix(1);
  }
  if (sum <= absl::ZeroDuration() || sum > kMaxDuration) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a duration is more than 0s and at most ", FormatAge(kMaxDuration)));
  }
  return sum;
}

StatusOr<int64_t> ParseSize(absl::string_view text) {
  const std::optional<int64_t> number = TakeNumber(text);
  const auto unit = std::find_if(
      kSizeUnits.begin(), kSizeUnits.end(),
      [text](const SizeUnit& known) { return known.suffix == text; });
  if (!number || unit == kSizeUnits.end()) {
    return absl::InvalidArgumentError(
        "write a size as 250Mi, 10G or 1000, with one of the units Ki, Mi, Gi, "
        "Ti, k, M, G, T or none");
  }
  if (*number == 0 || *number > kMaxSize / unit->bytes) {
    return absl::InvalidArgumentError("a size is more than 0 and at most 16Ti");
  }
  return *number * unit->bytes;
}

std::string FormatAge(absl::Duration duration) {
  std::string text;
  int shown = 0;
  for (const TimeUnit& unit : kTimeUnits) {
    const int64_t count = absl::IDivDuration(duration, unit.length, &duration);
    if (count != 0 && shown < 2) {
      absl::StrAppend(&text, shown > 0 ? " " : "", count,
                      absl::string_view(&unit.letter, 1));
    }
    if (count != 0 || shown > 0) ++shown;
  }
  return text.empty() ? "0s" : text;
}

std::string FormatSize(int64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  size_t unit = 0;
  while (unit < 3 && bytes >= kSizeUnits[unit + 1].bytes) ++unit;
  const int64_t whole = bytes / kSizeUnits[unit].bytes;
  const int64_t tenth =
      bytes % kSizeUnits[unit].bytes * 10 / kSizeUnits[unit].bytes;
  return absl::StrCat(whole, ".", tenth, " ", kSizeUnits[unit].suffix, "B");
}

}  // namespace plimsoll

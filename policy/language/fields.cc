#include "policy/language/fields.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/language/units.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// Edits that turn `a` into `b`, letters' case left out.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same =
          absl::ascii_tolower(static_cast<unsigned char>(a[i - 1])) ==
          absl::ascii_tolower(static_cast<unsigned char>(b[j - 1]));
      const size_t changed = diagonal + (same ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

bool IsDigits(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}
// Without leading zeros, which make a number octal to some readers.
bool IsDecimal(absl::string_view text) {
  return IsDigits(text) && (text == "0" || text.front() != '0');
}

// A scalar as it was written, for complaints about what looks right in quotes.
std::string Shown(const YamlValue& value) {
  return value.quoted ? absl::StrCat("quoted ", Quoted(value.text))
                      : Quoted(value.text);
}

}  // namespace

std::string JoinChoices(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  if (words.size() == 1) return words[0];
  return absl::StrCat(absl::StrJoin(words.begin(), words.end() - 1, ", "),
                      " or ", words.back());
}

std::string NearestWord(absl::string_view text,
                        const std::vector<std::string>& known) {
  constexpr size_t kMaxEdits = 2;
  constexpr size_t kMaxLength = 64;
  if (text.size() > kMaxLength) return "";
  std::string nearest;
  size_t edits = kMaxEdits + 1;
  for (const std::string& word : known) {
    const size_t distance = EditDistance(text, word);
    if (distance >= edits || distance >= word.size()) continue;
    edits = distance;
    nearest = word;
  }
  return nearest;
}

YamlFields::YamlFields(const YamlValue& value, absl::string_view what,
                       Issues& issues)
    : value_(value), what_(what), issues_(issues) {
  if (value.kind == YamlValue::Kind::kMapping) return;
  Complain(value.place,
           absl::StrCat("a mapping is expected, not ", value.KindName()));
}

YamlFields::~YamlFields() {
  for (const YamlEntry& entry : value_.entries) {
    if (std::count(known_.begin(), known_.end(), entry.key) > 0) continue;
    // An unusable key has its issue already.
    if (entry.key.empty() || entry.key == "<<") continue;
    const std::string nearest = NearestWord(entry.key, known_);
    std::vector<std::string> sorted = known_;
    std::sort(sorted.begin(), sorted.end());
    Complain(entry.place,
             absl::StrCat("unknown key ", Quoted(entry.key), "; ",
                          nearest.empty()
                              ? absl::StrCat(sorted.size() == 1 ? "known is "
                                                                : "known are ",
                                             absl::StrJoin(sorted, ", "))
                              : absl::StrCat("did you mean `", nearest, "`?")));
  }
}

void YamlFields::Complain(const Place& place, absl::string_view message) {
  issues_.Add(place, what_.empty() ? std::string(message)
                                   : absl::StrCat(what_, ": ", message));
}

void YamlFields::Complain(absl::string_view key, absl::string_view message) {
  const YamlValue* value = value_.Find(key);
  Complain(value != nullptr ? value->place : value_.place, message);
}

bool YamlFields::Require(absl::string_view key) {
  if (Has(key)) return true;
  if (value_.kind == YamlValue::Kind::kMapping) {
    Complain(value_.place, absl::StrCat("`", key, "` is missing"));
  }
  return false;
}

const YamlValue* YamlFields::Find(absl::string_view key) {
  const bool is_new = std::count(known_.begin(), known_.end(), key) == 0;
  if (is_new) known_.emplace_back(key);
  const YamlValue* value = value_.Find(key);
  if (value == nullptr || value->refused) return nullptr;
  if (value->kind != YamlValue::Kind::kNull) return value;
  if (is_new) Complain(value->place, absl::StrCat("`", key, "` has no value"));
  return nullptr;
}

const YamlValue* YamlFields::Scalar(absl::string_view key) {
  const YamlValue* value = Find(key);
  if (value == nullptr) return nullptr;
  if (value->kind != YamlValue::Kind::kScalar) {
    Complain(value->place, absl::StrCat("`", key, "` is a single value, not ",
                                        value->KindName()));
    return nullptr;
  }
  if (value->text.size() > kMaxTextBytes) {
    Complain(value->place,
             absl::StrCat("`", key, "` has at most ", kMaxTextBytes,
                          " bytes, not ", value->text.size()));
    return nullptr;
  }
  return value;
}

std::optional<std::string> YamlFields::Text(absl::string_view key) {
  const YamlValue* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  if (value->text.empty()) {
    Complain(value->place, absl::StrCat("`", key, "` is empty"));
    return std::nullopt;
  }
  return value->text;
}

std::optional<bool> YamlFields::Bool(absl::string_view key) {
  const YamlValue* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  if (!value->quoted && value->text == "true") return true;
  if (!value->quoted && value->text == "false") return false;
  Complain(value->place,
           absl::StrCat("`", key, "` is true or false, not ", Shown(*value)));
  return std::nullopt;
}

std::optional<int64_t> YamlFields::Integer(absl::string_view key,
                                           IntegerRange range) {
  const YamlValue* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  int64_t number = 0;
  const bool is_number = !value->quoted && IsDecimal(value->text) &&
                         absl::SimpleAtoi(value->text, &number);
  if (is_number && number >= range.min && number <= range.max) return number;
  Complain(value->place,
           absl::StrCat("`", key, "` is a whole number from ", range.min,
                        " to ", range.max, ", not ", Shown(*value)));
  return std::nullopt;
}

std::optional<double> YamlFields::Fraction(absl::string_view key) {
  const YamlValue* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  double number = 0;
  const absl::string_view text = value->text;
  const size_t point = text.find('.');
  const bool is_number =
      !value->quoted && IsDecimal(text.substr(0, point)) &&
      (point == text.npos || IsDigits(text.substr(point + 1))) &&
      absl::SimpleAtod(text, &number);
  if (is_number && number <= 1) return number;
  Complain(
      value->place,
      absl::StrCat("`", key, "` is a number from 0 to 1, not ", Shown(*value)));
  return std::nullopt;
}

std::optional<absl::Duration> YamlFields::Duration(absl::string_view key) {
  const YamlValue* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  const StatusOr<absl::Duration> duration = ParseDuration(value->text);
  if (duration.ok()) return *duration;
  Complain(value->place, absl::StrCat("`", key, "`: ", Shown(*value), ": ",
                                      duration.status().message()));
  return std::nullopt;
}

std::optional<int64_t> YamlFields::Size(absl::string_view key) {
  const YamlValue* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  const StatusOr<int64_t> size = ParseSize(value->text);
  if (size.ok()) return *size;
  Complain(value->place, absl::StrCat("`", key, "`: ", Shown(*value), ": ",
                                      size.status().message()));
  return std::nullopt;
}

void YamlFields::ComplainChoice(const YamlValue& value, absl::string_view key,
                                const std::vector<std::string>& words) {
  Complain(value.place, absl::StrCat("`", key, "` is ", JoinChoices(words),
                                     ", not ", Quoted(value.text)));
}

}  // namespace plimsoll

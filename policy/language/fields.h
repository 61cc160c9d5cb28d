// Reads a YAML mapping as a record: a fixed set of keys. A key that was never
// asked for is an issue when the reader goes out of scope, with the nearest
// known key. Borrows the value and the issues. Not for concurrent use.
#ifndef PLIMSOLL_POLICY_LANGUAGE_FIELDS_H_
#define PLIMSOLL_POLICY_LANGUAGE_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/language/glob.h"
#include "policy/language/issue.h"
#include "policy/language/yaml.h"

namespace plimsoll {

inline constexpr size_t kMaxListItems = 500;
inline constexpr size_t kMaxTextBytes = 4096;

struct IntegerRange {
  int64_t min;
  int64_t max;
};

class YamlFields {
 public:
  // `what` starts every message: "rule `small`"; it may be empty. Anything but
  // a mapping is an issue, and then every getter finds nothing.
  YamlFields(const YamlValue& value, absl::string_view what, Issues& issues);
  ~YamlFields();
  YamlFields(const YamlFields&) = delete;
  YamlFields& operator=(const YamlFields&) = delete;

  // Getters give nothing where the key is absent, and where its value is wrong,
  // which is an issue then. A key with no value is an issue, once.
  const YamlValue* Find(absl::string_view key);
  std::optional<std::string> Text(absl::string_view key);
  std::optional<bool> Bool(absl::string_view key);
  std::optional<int64_t> Integer(absl::string_view key, IntegerRange range);
  std::optional<double> Fraction(absl::string_view key);  // 0 to 1
  std::optional<absl::Duration> Duration(absl::string_view key);
  std::optional<int64_t> Size(absl::string_view key);
  std::vector<std::string> Texts(absl::string_view key);
  std::vector<Glob> Globs(absl::string_view key);
  // Globs with a character that no repository or tag has match none: an issue.
  std::vector<Glob> RepositoryGlobs(absl::string_view key);
  std::vector<Glob> TagGlobs(absl::string_view key);
  // The items of a list; an empty list is an issue. The second gives texts.
  std::vector<const YamlValue*> Items(absl::string_view key,
                                      size_t max = kMaxListItems);
  std::vector<const YamlValue*> TextItems(absl::string_view key);
  std::map<std::string, std::string> TextMap(absl::string_view key);
  // One of the words of `choices`.
  template <typename T>
  std::optional<T> Choice(
      absl::string_view key,
      std::initializer_list<std::pair<absl::string_view, T>> choices);

  // Makes the absence of a key an issue; whether it is there.
  bool Require(absl::string_view key);
  // An issue at the value of `key`, or at the record where it is absent.
  void Complain(absl::string_view key, absl::string_view message);
  void Complain(const Place& place, absl::string_view message);
  bool Has(absl::string_view key) const { return value_.Find(key) != nullptr; }

  const Place& place() const { return value_.place; }
  const std::string& what() const { return what_; }
  Issues& issues() { return issues_; }

 private:
  const YamlValue* Scalar(absl::string_view key);
  std::vector<Glob> NameGlobs(absl::string_view key, absl::string_view noun,
                              absl::string_view letters);
  void ComplainChoice(const YamlValue& value, absl::string_view key,
                      const std::vector<std::string>& words);

  const YamlValue& value_;
  const std::string what_;
  Issues& issues_;
  std::vector<std::string> known_;
};

// "a, b or c".
std::string JoinChoices(const std::vector<std::string>& words);
// The word of `known` that `text` was probably meant to be; "" for none.
std::string NearestWord(absl::string_view text,
                        const std::vector<std::string>& known);

template <typename T>
std::optional<T> YamlFields::Choice(
    absl::string_view key,
    std::initializer_list<std::pair<absl::string_view, T>> choices) {
  const YamlValue* value = Scalar(key);
  if (value == nullptr) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& [word, meaning] : choices) {
    if (value->text == word) return meaning;
    words.emplace_back(word);
  }
  ComplainChoice(*value, key, words);
  return std::nullopt;
}

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_FIELDS_H_

// The getters of YamlFields that read lists and maps.
#include "absl/strings/str_cat.h"
#include "policy/language/fields.h"
#include "policy/text.h"

namespace plimsoll {

namespace {

// Why `value` is no text of a list or map; "" where it is one.
std::string TextFault(const YamlValue& value) {
  if (value.kind != YamlValue::Kind::kScalar) {
    return absl::StrCat("text is expected, not ", value.KindName());
  }
  if (value.text.size() <= kMaxTextBytes) return "";
  return absl::StrCat("text has at most ", kMaxTextBytes, " bytes, not ",
                      value.text.size());
}

// With what only globs have.
constexpr absl::string_view kRepositoryLetters =
    "abcdefghijklmnopqrstuvwxyz0123456789._-/*{},";
constexpr absl::string_view kTagLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-*{},";

// The first character of `pattern` that is none of `letters`; "" for none.
absl::string_view ForeignCharacter(absl::string_view pattern,
                                   absl::string_view letters) {
  const size_t bad = pattern.find_first_not_of(letters);
  if (bad == pattern.npos) return "";
  size_t bytes = 1;
  while (bytes < 4 && Utf8Prefix(pattern.substr(bad, bytes)) == 0) ++bytes;
  return pattern.substr(bad, bytes);
}

}  // namespace

std::vector<const YamlValue*> YamlFields::Items(absl::string_view key,
                                                size_t max) {
  const YamlValue* value = Find(key);
  if (value == nullptr) return {};
  if (value->kind != YamlValue::Kind::kSequence) {
    Complain(value->place,
             absl::StrCat("`", key, "` is a list, not ", value->KindName()));
    return {};
  }
  if (value->items.empty() || value->items.size() > max) {
    Complain(value->place, absl::StrCat("`", key, "` has 1 to ", max,
                                        " items, not ", value->items.size()));
    return {};
  }
  std::vector<const YamlValue*> items;
  items.reserve(value->items.size());
  for (const YamlValue& item : value->items) {
    if (!item.refused) items.push_back(&item);
  }
  return items;
}

std::vector<const YamlValue*> YamlFields::TextItems(absl::string_view key) {
  std::vector<const YamlValue*> texts;
  for (const YamlValue* item : Items(key)) {
    std::string fault = TextFault(*item);
    if (fault.empty() && item->text.empty()) fault = "text is empty";
    if (fault.empty()) {
      texts.push_back(item);
    } else {
      Complain(item->place, absl::StrCat("`", key, "`: ", fault));
    }
  }
  return texts;
}

std::vector<std::string> YamlFields::Texts(absl::string_view key) {
  std::vector<std::string> texts;
  for (const YamlValue* item : TextItems(key)) texts.push_back(item->text);
  return texts;
}

std::vector<Glob> YamlFields::Globs(absl::string_view key) {
  std::vector<Glob> globs;
  for (const YamlValue* item : TextItems(key)) {
    StatusOr<Glob> glob = Glob::Parse(item->text);
    if (glob.ok()) {
      globs.push_back(*std::move(glob));
    } else {
      Complain(item->place, absl::StrCat("`", key, "`: ", Quoted(item->text),
                                         ": ", glob.status().message()));
    }
  }
  return globs;
}

std::vector<Glob> YamlFields::NameGlobs(absl::string_view key,
                                        absl::string_view noun,
                                        absl::string_view letters) {
  std::vector<Glob> globs = Globs(key);
  const YamlValue* list = Find(key);
  if (list == nullptr) return globs;
  for (const YamlValue& item : list->items) {
    // What is no glob has its issue.
    if (item.refused || !Glob::Parse(item.text).ok()) continue;
    const absl::string_view bad = ForeignCharacter(item.text, letters);
    if (bad.empty()) continue;
    Complain(item.place,
             absl::StrCat("`", key, "`: ", Quoted(item.text), " matches no ",
                          noun, ": no ", noun, " has a ", Quoted(bad)));
  }
  return globs;
}

std::vector<Glob> YamlFields::RepositoryGlobs(absl::string_view key) {
  return NameGlobs(key, "repository", kRepositoryLetters);
}

std::vector<Glob> YamlFields::TagGlobs(absl::string_view key) {
  return NameGlobs(key, "tag", kTagLetters);
}

std::map<std::string, std::string> YamlFields::TextMap(absl::string_view key) {
  const YamlValue* value = Find(key);
  if (value == nullptr) return {};
  if (value->kind != YamlValue::Kind::kMapping ||
      value->entries.size() > kMaxListItems) {
    const bool is_mapping = value->kind == YamlValue::Kind::kMapping;
    Complain(
        value->place,
        absl::StrCat("`", key, "` is a mapping of at most ", kMaxListItems,
                     " keys to text, not ",
                     is_mapping ? absl::StrCat("of ", value->entries.size())
                                : value->KindName()));
    return {};
  }
  std::map<std::string, std::string> map;
  for (const YamlEntry& entry : value->entries) {
    if (entry.value.refused) continue;
    const std::string fault = TextFault(entry.value);
    if (fault.empty()) {
      map.emplace(entry.key, entry.value.text);
    } else {
      Complain(entry.value.place,
               absl::StrCat("`", key, "`: ", Quoted(entry.key), ": ", fault));
    }
  }
  return map;
}

}  // namespace plimsoll

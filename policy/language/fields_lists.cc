// The getters of YamlFields that read lists and maps.
#include "absl/strings/str_cat.h"
#include "policy/language/fields.h"

namespace plimsoll {

std::vector<const YamlValue*> YamlFields::Items(absl::string_view key) {
  const YamlValue* value = Find(key);
  if (value == nullptr) return {};
  if (value->kind != YamlValue::Kind::kSequence) {
    Complain(value->place,
             absl::StrCat("`", key, "` is a list, not ", value->KindName()));
    return {};
  }
  if (value->items.empty() || value->items.size() > kMaxListItems) {
    Complain(value->place, absl::StrCat("`", key, "` has 1 to ", kMaxListItems,
                                        " items, not ", value->items.size()));
    return {};
  }
  std::vector<const YamlValue*> items;
  items.reserve(value->items.size());
  for (const YamlValue& item : value->items) items.push_back(&item);
  return items;
}

std::vector<std::string> YamlFields::Texts(absl::string_view key) {
  std::vector<std::string> texts;
  for (const YamlValue* item : Items(key)) {
    const bool is_text = item->kind == YamlValue::Kind::kScalar &&
                         !item->text.empty() &&
                         item->text.size() <= kMaxTextBytes;
    if (is_text) {
      texts.push_back(item->text);
    } else {
      Complain(item->place, absl::StrCat("`", key, "`: text is expected"));
    }
  }
  return texts;
}

std::vector<Glob> YamlFields::Globs(absl::string_view key) {
  std::vector<Glob> globs;
  for (const YamlValue* item : Items(key)) {
    if (item->kind != YamlValue::Kind::kScalar) {
      Complain(item->place, absl::StrCat("`", key, "`: text is expected"));
      continue;
    }
    StatusOr<Glob> glob = Glob::Parse(item->text);
    if (glob.ok()) {
      globs.push_back(*std::move(glob));
    } else {
      Complain(item->place, absl::StrCat("`", key, "`: `", item->text,
                                         "`: ", glob.status().message()));
    }
  }
  return globs;
}

std::map<std::string, std::string> YamlFields::TextMap(absl::string_view key) {
  const YamlValue* value = Find(key);
  if (value == nullptr) return {};
  if (value->kind != YamlValue::Kind::kMapping ||
      value->entries.size() > kMaxListItems) {
    Complain(value->place, absl::StrCat("`", key, "` is a mapping of at most ",
                                        kMaxListItems, " keys to text"));
    return {};
  }
  std::map<std::string, std::string> map;
  for (const YamlEntry& entry : value->entries) {
    if (entry.value.kind == YamlValue::Kind::kScalar &&
        entry.value.text.size() <= kMaxTextBytes) {
      map.emplace(entry.key, entry.value.text);
    } else {
      Complain(entry.value.place,
               absl::StrCat("`", key, "`: `", entry.key, "` is text"));
    }
  }
  return map;
}

}  // namespace plimsoll

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

Status WrongKind(absl::string_view place, absl::string_view want,
                 const JsonValue& value) {
  return absl::InvalidArgumentError(
      absl::StrCat(place, ": must be ", want, ", is ", value.KindName()));
}

Status Missing(absl::string_view name) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": required, but absent or null"));
}

}  // namespace

StatusOr<JsonFields> JsonFields::New(
    const JsonValue& value, absl::Span<const absl::string_view> known) {
  const JsonObject* object = value.AsObject();
  if (object == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("must be an object, is ", value.KindName()));
  }
  std::vector<std::string> folded;
  for (const absl::string_view name : known) {
    folded.push_back(FoldJsonName(name));
  }
  for (const JsonMember& member : *object) {
    if (absl::c_linear_search(known, member.name)) continue;
    const auto match = absl::c_find(folded, FoldJsonName(member.name));
    if (match == folded.end()) continue;
    const absl::string_view meant =
        known[static_cast<size_t>(match - folded.begin())];
    return absl::InvalidArgumentError(
        absl::StrCat(QuoteJson(member.name), ": some readers take this for \"",
                     meant, "\", others ignore it"));
  }
  return JsonFields(object);
}

bool JsonFields::Has(absl::string_view name) const {
  return absl::c_any_of(*object_,
                        [name](const JsonMember& m) { return m.name == name; });
}

const JsonValue* JsonFields::Get(absl::string_view name) const {
  for (const JsonMember& member : *object_) {
    if (member.name != name) continue;
    return member.value.is_null() ? nullptr : &member.value;
  }
  return nullptr;
}

StatusOr<std::string> JsonFields::String(absl::string_view name) const {
  const JsonValue* value = Get(name);
  if (value == nullptr) return std::string();
  if (value->AsString() == nullptr) return WrongKind(name, "a string", *value);
  return *value->AsString();
}

StatusOr<std::string> JsonFields::RequiredString(absl::string_view name) const {
  if (Get(name) == nullptr) return Missing(name);
  return String(name);
}

StatusOr<int64_t> JsonFields::Integer(absl::string_view name) const {
  const JsonValue* value = Get(name);
  if (value == nullptr) return 0;
  if (value->AsInteger() == nullptr) {
    return WrongKind(name, "an integer", *value);
  }
  return *value->AsInteger();
}

StatusOr<int64_t> JsonFields::RequiredInteger(absl::string_view name) const {
  if (Get(name) == nullptr) return Missing(name);
  return Integer(name);
}

StatusOr<bool> JsonFields::Bool(absl::string_view name) const {
  const JsonValue* value = Get(name);
  if (value == nullptr) return false;
  if (value->AsBool() == nullptr) return WrongKind(name, "a boolean", *value);
  return *value->AsBool();
}

StatusOr<std::vector<std::string>> JsonFields::Strings(
    absl::string_view name) const {
  ASSIGN_OR_RETURN(const JsonArray* array, Array(name));
  std::vector<std::string> strings;
  if (array == nullptr) return strings;
  for (const JsonValue& value : *array) {
    if (value.AsString() == nullptr) {
      return WrongKind(absl::StrCat(name, "[", strings.size(), "]"), "a string",
                       value);
    }
    strings.push_back(*value.AsString());
  }
  return strings;
}

StatusOr<std::vector<std::pair<std::string, std::string>>>
JsonFields::StringMap(absl::string_view name) const {
  std::vector<std::pair<std::string, std::string>> pairs;
  const JsonValue* value = Get(name);
  if (value == nullptr) return pairs;
  if (value->AsObject() == nullptr) return WrongKind(name, "an object", *value);
  for (const JsonMember& member : *value->AsObject()) {
    if (member.value.AsString() == nullptr) {
      return WrongKind(absl::StrCat(name, ".", QuoteJson(member.name)),
                       "a string", member.value);
    }
    pairs.emplace_back(member.name, *member.value.AsString());
  }
  return pairs;
}

StatusOr<const JsonArray*> JsonFields::Array(absl::string_view name) const {
  const JsonValue* value = Get(name);
  if (value == nullptr) return static_cast<const JsonArray*>(nullptr);
  if (value->AsArray() == nullptr) return WrongKind(name, "an array", *value);
  return value->AsArray();
}

}  // namespace plimsoll

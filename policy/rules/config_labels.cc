#include "policy/rules/config_labels.h"

#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kShown = 3;

void ReadRequired(YamlFields& with, ConfigLabels& params) {
  const YamlValue* map = with.Find("require");
  if (map == nullptr) return;
  const std::map<std::string, std::string> required = with.TextMap("require");
  if (map->kind == YamlValue::Kind::kMapping && map->entries.empty()) {
    with.Complain(map->place, "`require` asks for no label");
  }
  for (const auto& [key, pattern] : required) {
    StatusOr<Glob> glob = Glob::Parse(pattern);
    if (glob.ok()) {
      params.require.emplace_back(key, *std::move(glob));
    } else {
      with.Complain(
          map->Find(key)->place,
          absl::StrCat("`require`: `", key, "`: ", glob.status().message()));
    }
  }
}

// What is wrong with the label that is required under `key`; "" for nothing.
std::string RequiredFault(const std::string& key, const Glob& glob,
                          const ImageConfig& config) {
  const std::string* value = config.Label(key);
  if (value == nullptr)
    return absl::StrCat("label ", Quoted(key), " is missing");
  if (glob.Matches(*value)) return "";
  return absl::StrCat("label ", Quoted(key), " is ", Quoted(*value),
                      ", expected ", Quoted(glob.pattern()));
}

}  // namespace

ConfigLabels ConfigLabels::Parse(YamlFields& with) {
  ConfigLabels params;
  ReadRequired(with, params);
  params.forbid = with.Globs("forbid");
  if (!with.Has("require") && !with.Has("forbid")) {
    with.Complain(with.place(), "`require` or `forbid` must be given");
  }
  return params;
}

CheckOutput Check(const ConfigLabels& params, const CheckInput& input) {
  const ImageConfig& config = input.image->config;
  std::vector<std::string> faults;
  for (const auto& [key, glob] : params.require) {
    std::string fault = RequiredFault(key, glob, config);
    if (!fault.empty()) faults.push_back(std::move(fault));
  }
  for (const auto& [key, value] : config.labels) {
    if (!MatchesAny(params.forbid, key)) continue;
    faults.push_back(absl::StrCat("label ", Quoted(key), " is forbidden"));
  }
  if (faults.empty()) return Pass("the labels are as the rule asks");
  return FailForEver(ListShort(faults, kShown),
                     "set labels with LABEL, and rebuild");
}

}  // namespace plimsoll

// Reads a BaseImagePolicy.
#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/language/documents.h"
#include "policy/language/load.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxHintBytes = 300;

PolicyMatch ReadMatch(const YamlValue& value, Issues& issues) {
  YamlFields fields(value, "match", issues);
  PolicyMatch match;
  fields.Require("repositories");
  match.repositories = fields.RepositoryGlobs("repositories");
  match.exclude_repositories = fields.RepositoryGlobs("excludeRepositories");
  match.tags = fields.TagGlobs("tags");
  return match;
}

std::optional<Action> ReadAction(YamlFields& fields, absl::string_view key) {
  return fields.Choice<Action>(key, {{"Deny", Action::kDeny},
                                     {"Warn", Action::kWarn},
                                     {"Audit", Action::kAudit}});
}

std::string ReadHint(YamlFields& fields) {
  const std::optional<std::string> hint = fields.Text("hint");
  if (!hint) return "";
  const bool is_line =
      std::none_of(hint->begin(), hint->end(), absl::ascii_iscntrl);
  if (!is_line || hint->size() > kMaxHintBytes) {
    fields.Complain("hint", absl::StrCat("`hint` is one line of at most ",
                                         kMaxHintBytes, " bytes"));
  }
  const std::string unknown = UnknownPlaceholder(*hint);
  if (!unknown.empty()) {
    fields.Complain("hint",
                    absl::StrCat("`hint`: ", Quoted(unknown),
                                 " is not known; known are {{base.suggested}},"
                                 " {{base.name}} and {{image.digest}}"));
  }
  return *hint;
}

// The check called `id` with its parameters; without `with` all are absent.
std::optional<CheckParams> ReadCheck(YamlFields& fields, const std::string& id,
                                     Issues& issues) {
  YamlValue absent;
  absent.kind = YamlValue::Kind::kMapping;
  absent.place = fields.place();
  const YamlValue* value = fields.Find("with");
  if (value == nullptr && fields.Has("with")) return std::nullopt;
  if (value != nullptr && value->kind != YamlValue::Kind::kMapping) {
    fields.Complain("with",
                    absl::StrCat("`with` is a mapping of parameters, not ",
                                 value->KindName()));
    return std::nullopt;
  }
  std::optional<CheckParams> check;
  {
    YamlFields with(value != nullptr ? *value : absent, fields.what(), issues);
    check = ParseCheck(id, with);
    if (check) return check;
    // Its keys mean nothing while the check is not known.
    if (value != nullptr) {
      for (const YamlEntry& entry : value->entries) with.Find(entry.key);
    }
  }
  std::vector<std::string> ids;
  for (const absl::string_view known : CheckIds()) ids.emplace_back(known);
  const std::string nearest = NearestWord(id, ids);
  fields.Complain(
      "check",
      absl::StrCat("check ", Quoted(id), " is not known; ",
                   nearest.empty()
                       ? absl::StrCat("known are ", JoinChoices(ids))
                       : absl::StrCat("did you mean `", nearest, "`?")));
  return std::nullopt;
}

std::optional<Rule> ReadRule(const YamlValue& value, Issues& issues) {
  const YamlValue* name = value.Find("name");
  const bool has_name = name != nullptr && !name->text.empty();
  YamlFields fields(
      value, has_name ? absl::StrCat("rule ", Quoted(name->text)) : "rule",
      issues);
  fields.Require("name");
  fields.Require("check");
  Rule rule;
  rule.name = ReadName(fields, "name");
  rule.action = ReadAction(fields, "action");
  rule.on_missing = ReadAction(fields, "onMissingEvidence");
  rule.hint = ReadHint(fields);
  const auto severity =
      fields.Choice<absl::string_view>("severity", {{"critical", "critical"},
                                                    {"high", "high"},
                                                    {"medium", "medium"},
                                                    {"low", "low"},
                                                    {"info", "info"}});
  const std::optional<std::string> id = fields.Text("check");
  if (!id) {
    fields.Find("with");
    return std::nullopt;
  }
  std::optional<CheckParams> check = ReadCheck(fields, *id, issues);
  if (!check) return std::nullopt;
  rule.check = *std::move(check);
  rule.severity = std::string(severity.value_or(TraitsOf(rule.check).severity));
  return rule;
}

void NoteSources(const YamlValue& rule, std::vector<SourceUse>& uses) {
  const YamlValue* with = rule.Find("with");
  const YamlValue* sources = with == nullptr ? nullptr : with->Find("sources");
  if (sources == nullptr) return;
  for (const YamlValue& item : sources->items) {
    if (item.refused || item.text.empty()) continue;
    uses.push_back({item.text, item.place});
  }
}

// Names of rules are unique within a policy.
void ClaimName(const YamlValue& rule, const std::string& name,
               std::map<std::string, int>& lines, YamlFields& spec) {
  const Place& place = rule.Find("name")->place;
  const auto [first, is_new] = lines.emplace(name, place.line);
  if (is_new) return;
  spec.Complain(place,
                absl::StrCat("rule `", name, "` is there already, in line ",
                             first->second));
}

std::vector<Rule> ReadRules(YamlFields& spec, std::vector<SourceUse>& uses) {
  std::vector<Rule> rules;
  std::map<std::string, int> lines;  // of the names
  spec.Require("rules");
  for (const YamlValue* item : spec.Items("rules", kMaxRulesPerPolicy)) {
    std::optional<Rule> rule = ReadRule(*item, spec.issues());
    if (!rule) continue;
    if (!rule->name.empty()) ClaimName(*item, rule->name, lines, spec);
    if (std::holds_alternative<BaseApproved>(rule->check)) {
      NoteSources(*item, uses);
    }
    rules.push_back(*std::move(rule));
  }
  return rules;
}

}  // namespace

PolicyDocument ReadPolicy(const Envelope& envelope, Issues& issues) {
  PolicyDocument document;
  Policy& policy = document.policy;
  policy.name = envelope.name;
  policy.annotations = envelope.annotations;
  if (envelope.spec == nullptr) return document;
  YamlFields spec(*envelope.spec, "spec", issues);
  spec.Require("match");
  if (const YamlValue* match = spec.Find("match")) {
    policy.match = ReadMatch(*match, issues);
  }
  policy.action = ReadAction(spec, "action").value_or(Action::kDeny);
  policy.on_missing_evidence =
      ReadAction(spec, "onMissingEvidence").value_or(Action::kDeny);
  policy.rules = ReadRules(spec, document.uses);
  return document;
}

}  // namespace plimsoll

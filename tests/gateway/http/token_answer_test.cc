#include "gateway/http/token_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Row {
  absl::string_view body, token;
  int64_t seconds;
};

TEST(ParseTokenAnswer, TakesWhatTokenServicesAnswer) {
  const Row kTable[] = {
      {R"({"token": "a.b-c_d~e+f/g=="})", "a.b-c_d~e+f/g==", 60},
      {R"({"access_token": "abc", "expires_in": 300})", "abc", 300},
      {R"({"token": "abc", "access_token": "abc", "expires_in": 300,
           "issued_at": "2026-01-01T00:00:00Z", "scope": "x", "n": [1.5]})",
       "abc", 300},
      {R"({"token": "", "access_token": "abc"})", "abc", 60},
      {R"({"token": "abc", "access_token": null, "expires_in": null})", "abc",
       60},
      {R"({"token": "abc", "expires_in": 0})", "abc", 0},
      {R"({"token": "abc", "expires_in": 3600})", "abc", 3600},
      {R"({"token": "abc", "expires_in": 3601})", "abc", 3600},
      {R"({"token": "abc", "expires_in": 9223372036854775807})", "abc", 3600},
  };
  for (const Row& row : kTable) {
    const auto bought = ParseTokenAnswer(row.body);
    ASSERT_THAT(bought, IsOk()) << row.body;
    EXPECT_EQ(bought->token, row.token);
    EXPECT_EQ(bought->lifetime, absl::Seconds(row.seconds)) << row.body;
  }
}

TEST(ParseTokenAnswer, RefusesEverythingElseAndRepeatsNoValue) {
  const absl::string_view kTable[] = {
      "",
      "secret",
      "[]",
      "null",
      R"("secret")",
      "{}",
      R"({"token": "secret"} x)",
      R"({"token": ""})",
      R"({"token": "=="})",
      R"({"token": 1})",
      R"({"token": ["secret"]})",
      R"({"token": "secret", "token": "secret"})",
      R"({"Token": "secret"})",
      R"({"token": "secret", "TOKEN": "secret2"})",
      R"({"token": "secret", "access_token": "secret2"})",
      R"({"token": "sec ret"})",
      R"({"token": "sec=ret"})",
      R"({"token": "secret\r\nX: y"})",
      R"({"token": "secr\u00e9t"})",
      R"({"token": "secret\u0000"})",
      R"({"token": "secret", "expires_in": -1})",
      R"({"token": "secret", "expires_in": 60.5})",
      R"({"token": "secret", "expires_in": 6e1})",
      R"({"token": "secret", "expires_in": "60"})",
      R"({"token": "secret", "expires_in": 9223372036854775808})",
  };
  for (const absl::string_view body : kTable) {
    EXPECT_THAT(
        ParseTokenAnswer(body),
        StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("secret"))))
        << body;
  }
}

std::string WithToken(size_t size) {
  return absl::StrCat(R"({"token": ")", std::string(size, 'a'), R"("})");
}

TEST(ParseTokenAnswer, IsBounded) {
  EXPECT_THAT(ParseTokenAnswer(WithToken(kMaxTokenBytes)), IsOk());
  EXPECT_THAT(ParseTokenAnswer(WithToken(kMaxTokenBytes + 1)),
              StatusIs(absl::StatusCode::kResourceExhausted));
  const std::string answer = R"({"token": "abc"})";
  EXPECT_THAT(
      ParseTokenAnswer(answer + std::string(kMaxTokenAnswerBytes - 16, ' ')),
      IsOk());
  EXPECT_THAT(
      ParseTokenAnswer(answer + std::string(kMaxTokenAnswerBytes - 15, ' ')),
      StatusIs(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace plimsoll

#include "gateway/registry/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;

StatusOr<HttpAnswer> Answered(int status, std::string body = "") {
  HttpAnswer answer;
  answer.head.status = status;
  answer.body = std::move(body);
  return answer;
}

TEST(DescribeAnswer, ShowsTheStatusAndAPlainCodeAndNothingElse) {
  struct {
    const char* body;
    const char* shown;
  } kTable[] = {
      {R"({"errors":[{"code":"BLOB_UNKNOWN","message":"m"}]})",
       "404 BLOB_UNKNOWN"},
      {R"({"errors":[{"code":"secret"}]})", "404"},
      {R"({"errors":[{"code":"A B"}]})", "404"},
      {R"({"errors":[{"code":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]})",
       "404"},
      {R"({"errors":[{"code":1}]})", "404"},
      {R"({"errors":[{}]})", "404"},
      {R"({"errors":[]})", "404"},
      {R"({"errors":{}})", "404"},
      {R"([])", "404"},
      {"<html>secret</html>", "404"},
      {"", "404"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(DescribeAnswer(Answered(404, row.body)), row.shown) << row.body;
  }
  EXPECT_EQ(DescribeAnswer(absl::UnavailableError("no\nanswer")), "no?answer");
}

TEST(AnswerOf, TakesAFailureForTheMomentForNoAnswer) {
  EXPECT_EQ(AnswerOf(Answered(201), 201), ProbeAnswer::kYes);
  for (const int status : {200, 202, 301, 400, 404, 405, 501}) {
    EXPECT_EQ(AnswerOf(Answered(status), 201), ProbeAnswer::kNo) << status;
  }
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    EXPECT_EQ(AnswerOf(Answered(status), 201), ProbeAnswer::kUnknown) << status;
  }
  EXPECT_EQ(AnswerOf(absl::DeadlineExceededError(""), 201),
            ProbeAnswer::kUnknown);
}

TEST(WithoutQuery, ShowsNoQueryAndNoMoreThanALine) {
  EXPECT_EQ(WithoutQuery("/a/b?sig=secret"), "/a/b");
  EXPECT_EQ(WithoutQuery("https://h/a#secret"), "https://h/a");
  EXPECT_EQ(WithoutQuery("/a\x1b[2J"), "/a?[2J");
  EXPECT_LE(WithoutQuery(std::string(1000, 'a')).size(), 200u);
}

}  // namespace
}  // namespace plimsoll

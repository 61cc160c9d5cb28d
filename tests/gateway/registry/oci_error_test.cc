#include "gateway/registry/oci_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/registry/registry.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

using ::testing::EndsWith;

std::string Member(const std::string& body, absl::string_view name) {
  StatusOr<JsonValue> document = ParseJson(body);
  EXPECT_TRUE(document.ok()) << document.status() << "\n" << body;
  if (!document.ok()) return "";
  const JsonArray& errors = *document->Find("errors")->AsArray();
  EXPECT_EQ(errors.size(), 1u);
  return *errors[0].Find(name)->AsString();
}

TEST(ErrorOf, MapsEveryStatusToOneAnswer) {
  struct Case {
    Status status;
    int answer;
    std::string code;
    int retry_after;
  };
  for (const Case& c : {
           Case{absl::UnauthenticatedError("x"), 401, "UNAUTHORIZED", 0},
           Case{absl::PermissionDeniedError("x"), 403, "DENIED", 0},
           Case{absl::InvalidArgumentError("x"), 403, "DENIED", 0},
           Case{absl::DataLossError("x"), 400, "DIGEST_INVALID", 0},
           Case{absl::ResourceExhaustedError("x"), 413, "SIZE_INVALID", 0},
           Case{absl::DeadlineExceededError("x"), 408, "UNKNOWN", 0},
           Case{absl::UnavailableError("x"), 502, "UNAVAILABLE", 0},
           Case{absl::InternalError("x"), 503, "UNAVAILABLE", 2},
           Case{absl::AbortedError("x"), 503, "UNAVAILABLE", 2},
           Case{absl::UnknownError("x"), 503, "UNAVAILABLE", 2},
           Case{absl::NotFoundError("x"), 503, "UNAVAILABLE", 2},
       }) {
    OciError error = ErrorOf(c.status);
    EXPECT_EQ(error.status, c.answer) << c.status;
    EXPECT_EQ(error.code, c.code) << c.status;
    EXPECT_EQ(error.retry_after, c.retry_after) << c.status;
    EXPECT_EQ(error.message, "x") << c.status;
  }
}

// Not 502: the upstream is there, and says when it will be ready.
TEST(ErrorOf, PassesOnHowLongABusyUpstreamAsksFor) {
  const Status busy =
      WithRetryAfter(absl::UnavailableError("x"), absl::Seconds(7));
  const OciError error = ErrorOf(busy);
  EXPECT_EQ(error.status, 503);
  EXPECT_EQ(error.code, "UNAVAILABLE");
  EXPECT_EQ(error.retry_after, 7);
}

TEST(ErrorOf, NamesEveryRefusalOfTheCodec) {
  for (int status : {400, 405, 414, 417, 431, 501, 505}) {
    EXPECT_EQ(ErrorOf(HttpError{status, "x"}).code, "UNSUPPORTED") << status;
  }
  EXPECT_EQ(ErrorOf(HttpError{413, "x"}).code, "SIZE_INVALID");
  EXPECT_EQ(ErrorOf(HttpError{502, "x"}).code, "UNAVAILABLE");
  EXPECT_EQ(ErrorOf(HttpError{503, "x"}).retry_after, 2);
}

// Answers that make podman and skopeo push again in another format.
TEST(ErrorOf, NeverSaysThatAManifestOrTagIsInvalid) {
  for (int code = 1; code <= 16; ++code) {
    OciError error = ErrorOf(Status(static_cast<absl::StatusCode>(code), "x"));
    EXPECT_NE(error.code, "MANIFEST_INVALID");
    EXPECT_NE(error.code, "TAG_INVALID");
    EXPECT_NE(error.status, 404);
  }
}

TEST(AnswerHead, PutsTheCauseInTheReasonPhrase) {
  ResponseHead head = AnswerHead({403, "DENIED", "base not approved", "", 0});
  EXPECT_EQ(head.reason, "Denied: base not approved");
  EXPECT_EQ(*head.headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(*head.headers.Find("Docker-Distribution-Api-Version"),
            "registry/2.0");
  EXPECT_FALSE(head.headers.Has("Retry-After"));
  head = AnswerHead({503, "UNAVAILABLE", "the store is full", "", 2});
  EXPECT_EQ(head.reason, "Service Unavailable: the store is full");
  EXPECT_EQ(*head.headers.Find("Retry-After"), "2");
}

TEST(AnswerHead, CanAlwaysBeWritten) {
  for (absl::string_view message :
       {"", "a\r\nX: y", "\xff\xfe", "caf\xc3\xa9", " blanks ", "\x01"}) {
    ResponseHead head =
        AnswerHead({403, "DENIED", std::string(message), "", 0});
    StatusOr<std::string> bytes = WriteResponseHead(head);
    ASSERT_TRUE(bytes.ok()) << message;
    EXPECT_TRUE(ParseResponseHead(*bytes).ok()) << message;
  }
  EXPECT_EQ(AnswerHead({403, "DENIED", "caf\xc3\xa9\nx", "", 0}).reason,
            "Denied: caf? x");
}

TEST(AnswerHead, KeepsTheReasonPhraseShort) {
  OciError error{403, "DENIED", std::string(5000, 'a'), "", 0};
  EXPECT_EQ(AnswerHead(error).reason.size(), 200u);
  EXPECT_THAT(AnswerHead(error).reason, EndsWith("a..."));
}

TEST(AnswerBody, IsTheErrorListOfTheSpecification) {
  EXPECT_EQ(AnswerBody({403, "DENIED", "a \"b\"", "c\nd", 0}),
            R"({"errors":[{"code":"DENIED","message":"a \"b\"",)"
            R"("detail":"c\nd"}]})");
}

TEST(AnswerBody, StaysUnderEightKibibytesWhateverItSays) {
  for (absl::string_view piece :
       {"a", "\x01", "\"", "\xff", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    std::string text;
    while (text.size() < 64 * 1024) absl::StrAppend(&text, piece);
    std::string body = AnswerBody({403, "DENIED", text, text, 0});
    EXPECT_LT(body.size(), 8u * 1024) << piece;
    EXPECT_GT(body.size(), 6u * 1024) << piece;
    EXPECT_THAT(Member(body, "message"), EndsWith("...")) << piece;
    EXPECT_THAT(Member(body, "detail"), EndsWith("...")) << piece;
  }
}

TEST(AnswerBody, CutsBetweenCharacters) {
  std::string text;
  while (text.size() < 64 * 1024) absl::StrAppend(&text, "\xe2\x82\xac");
  std::string message =
      Member(AnswerBody({403, "DENIED", text, "", 0}), "message");
  EXPECT_FALSE(absl::StrContains(message, "\xef\xbf\xbd"));
}

TEST(FormatWarning, QuotesOnOneLine) {
  EXPECT_EQ(FormatWarning("base is old"), "299 - \"base is old\"");
  EXPECT_EQ(FormatWarning("say \"a\\b\"\r\nX: y \xc3\xa9"),
            R"(299 - "say \"a\\b\"  X: y ?")");
  EXPECT_EQ(FormatWarning(""), "299 - \"\"");
}

TEST(FormatWarning, TakesAtMostFourKibibytesAndEndsItsQuote) {
  for (char c : {'a', '"'}) {
    std::string warning = FormatWarning(std::string(5000, c));
    EXPECT_LE(warning.size(), 4096u);
    EXPECT_GE(warning.size(), 4094u);
    EXPECT_EQ(warning.back(), '"');
  }
  EXPECT_TRUE(IsFieldValue(FormatWarning(std::string(5000, '\\'))));
}

}  // namespace
}  // namespace plimsoll

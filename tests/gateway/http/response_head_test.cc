#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/http/head.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

TEST(ParseResponseHead, KeepsStatusReasonAndFields) {
  auto head = ParseResponseHead(
      "HTTP/1.1 403 Denied by policy: runs as root\r\n"
      "Content-Length: 2\r\nX_Odd: yes\r\n\r\n");
  ASSERT_TRUE(head.ok()) << head.error().message;
  EXPECT_EQ(head->status, 403);
  EXPECT_EQ(head->reason, "Denied by policy: runs as root");
  EXPECT_EQ(head->minor_version, 1);
  EXPECT_EQ(head->headers.size(), 2u);
}

TEST(ParseResponseHead, TakesEveryFormOfStatusLine) {
  for (absl::string_view line :
       {"HTTP/1.1 200 OK", "HTTP/1.1 200 ", "HTTP/1.1 200", "HTTP/1.0 200 OK",
        "HTTP/1.1 100 Continue", "HTTP/1.1 599 x", "HTTP/1.1 200 \xc3\xa9"}) {
    EXPECT_TRUE(ParseResponseHead(absl::StrCat(line, "\r\n\r\n")).ok()) << line;
  }
}

TEST(ParseResponseHead, RefusesWhatIsNoStatusLine) {
  for (absl::string_view line :
       {"HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20", "HTTP/1.1 2000 OK",
        "HTTP/1.1 20x OK", "HTTP/1.1  200 OK", "HTTP/1.1\t200 OK",
        "HTTP/1.2 200 OK", "HTTP/2.0 200 OK", "HTTP/2 200 OK",
        "http/1.1 200 OK", "HTTP/1.1 099 x", "HTTP/1.1 600 x", "HTTP/1.1 -20 x",
        "HTTP/1.1 +20 x", "HTTP/1.1 101 Switching Protocols", "ICY 200 OK",
        "HTTP/1.1 200 \x01", "HTTP/1.1 200 a\rb"}) {
    auto head = ParseResponseHead(absl::StrCat(line, "\r\n\r\n"));
    ASSERT_FALSE(head.ok()) << line;
    EXPECT_EQ(head.error().status, 502) << line;
  }
}

TEST(ParseResponseHead, RefusesTheHeaderLinesThatRequestsMayNotHave) {
  for (absl::string_view lines :
       {"A: b\r\n c\r\n", "A : b\r\n", "A b\r\n", ": b\r\n", "A: b\rc\r\n",
        "A: b\nC: d\r\n", " A: b\r\n", "A B: c\r\n", "A: \x01\r\n"}) {
    auto head =
        ParseResponseHead(absl::StrCat("HTTP/1.1 200 OK\r\n", lines, "\r\n"));
    ASSERT_FALSE(head.ok()) << lines;
    EXPECT_EQ(head.error().status, 502) << lines;
  }
}

TEST(ParseResponseHead, RefusesTooMuchAsTheUpstreamsMistake) {
  auto head = ParseResponseHead(absl::StrCat(
      "HTTP/1.1 200 OK\r\nA: ", std::string(16 * 1024, 'a'), "\r\n\r\n"));
  ASSERT_FALSE(head.ok());
  EXPECT_EQ(head.error().status, 502);
}

bool KeptAlive(absl::string_view bytes) {
  return KeepsAlive(*ParseResponseHead(bytes));
}

TEST(ResponseHead, IsKeptAliveInHttp11UnlessItSaysClose) {
  EXPECT_TRUE(KeptAlive("HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_FALSE(KeptAlive("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
  EXPECT_FALSE(KeptAlive("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(WriteResponseHead, IsReadBackAsItWas) {
  ResponseHead head{403, "Denied by policy", 1, {}};
  head.headers.Add("Warning", "299 - \"text\"");
  StatusOr<std::string> bytes = WriteResponseHead(head);
  ASSERT_THAT(bytes, IsOk());
  EXPECT_EQ(*bytes,
            "HTTP/1.1 403 Denied by policy\r\n"
            "Warning: 299 - \"text\"\r\n\r\n");
  EXPECT_TRUE(ParseResponseHead(*bytes).ok());
}

TEST(WriteResponseHead, RefusesWhatWouldWriteASecondLine) {
  std::vector<ResponseHead> heads(5, ResponseHead{200, "OK", 1, {}});
  heads[0].reason = "OK\r\nA: b";
  heads[1].status = 99;
  heads[2].status = 1000;
  heads[3].headers.Add("", "b");
  heads[4].headers.Add("Location", "/x\r\n\r\n");
  for (const ResponseHead& head : heads) {
    EXPECT_THAT(WriteResponseHead(head),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace plimsoll

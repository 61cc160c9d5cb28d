#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::ElementsAre;

HttpOr<RequestHead> Parse(absl::string_view lines) {
  return ParseRequestHead(
      absl::StrCat("GET /v2/ HTTP/1.1\r\nHost: r\r\n", lines, "\r\n"));
}

TEST(ParseRequestHead, KeepsMethodTargetAndFieldsInTheirOrder) {
  auto head = ParseRequestHead(
      "PUT /v2/a/manifests/t?tag=b HTTP/1.1\r\n"
      "Host: registry:5000\r\n"
      "accept:  a/b, c/d \t\r\n"
      "Accept: e/f\r\n"
      "X-Empty:\r\n\r\n");
  ASSERT_TRUE(head.ok()) << head.error().message;
  EXPECT_EQ(head->method, "PUT");
  EXPECT_EQ(head->target, "/v2/a/manifests/t?tag=b");
  EXPECT_EQ(head->headers.size(), 4u);
  EXPECT_THAT(head->headers.FindAll("ACCEPT"), ElementsAre("a/b, c/d", "e/f"));
  ASSERT_TRUE(head->headers.Has("x-empty"));
  EXPECT_EQ(*head->headers.Find("x-empty"), "");
}

TEST(ParseRequestHead, TakesWhatIsUnusualButPlain) {
  for (absl::string_view lines : {
           "Host-Not: x\r\n",
           "!#$%&'*+-.^`|~: x\r\n",
           "User-Agent: a\tb  c\r\n",
           "User-Agent: caf\xc3\xa9\r\n",
           "Connection: keep-alive, TE\r\nTE: trailers\r\n",
           "Connection: Close\r\n",
           "Expect: 100-Continue\r\n",
           "Content-Length: 0\r\n",
       }) {
    EXPECT_TRUE(Parse(lines).ok()) << lines;
  }
}

TEST(ParseRequestHead, TakesEveryMethodThatIsAToken) {
  for (absl::string_view method :
       {"get", "DELETE", "OPTIONS", "TRACE", "X-Y"}) {
    auto head = ParseRequestHead(
        absl::StrCat(method, " / HTTP/1.1\r\nHost: r\r\n\r\n"));
    ASSERT_TRUE(head.ok()) << method;
    EXPECT_EQ(head->method, method);
  }
}

TEST(ParseRequestHead, TakesEveryFormOfHost) {
  for (absl::string_view host :
       {"r", "registry.example.com", "registry.example.com:443", "127.0.0.1",
        "127.0.0.1:5000", "[::1]", "[2001:db8::1]:5000", "my_registry:65535",
        "xn--rgistry-bya.example"}) {
    auto head = ParseRequestHead(
        absl::StrCat("GET / HTTP/1.1\r\nHost: ", host, "\r\n\r\n"));
    EXPECT_TRUE(head.ok()) << host;
  }
}

TEST(ParseRequestHead, RefusesBytesBesideTheHead) {
  constexpr absl::string_view kHead = "GET / HTTP/1.1\r\nHost: r\r\n\r\n";
  EXPECT_FALSE(ParseRequestHead(absl::StrCat(kHead, "x")).ok());
  for (size_t size = 0; size < kHead.size(); ++size) {
    EXPECT_FALSE(ParseRequestHead(kHead.substr(0, size)).ok()) << size;
  }
}

TEST(RequestHead, IsKeptAliveUnlessItSaysClose) {
  EXPECT_TRUE(KeepsAlive(*Parse("")));
  EXPECT_TRUE(KeepsAlive(*Parse("Connection: keep-alive\r\n")));
  EXPECT_FALSE(KeepsAlive(*Parse("Connection: close\r\n")));
  EXPECT_FALSE(KeepsAlive(*Parse("Connection: TE\r\nConnection: Close\r\n")));
}

TEST(RequestHead, SaysWhetherItWaitsForContinue) {
  EXPECT_FALSE(ExpectsContinue(*Parse("")));
  EXPECT_TRUE(ExpectsContinue(*Parse("Expect: 100-continue\r\n")));
}

TEST(WriteRequestHead, IsReadBackAsItWas) {
  RequestHead head{"PUT", "/v2/a/manifests/t?x=%2F", 1, {}};
  head.headers.Add("Host", "r:5000");
  head.headers.Add("Content-Length", "2");
  head.headers.Add("X-Empty", "");
  StatusOr<std::string> bytes = WriteRequestHead(head);
  ASSERT_THAT(bytes, IsOk());
  EXPECT_EQ(*bytes,
            "PUT /v2/a/manifests/t?x=%2F HTTP/1.1\r\nHost: r:5000\r\n"
            "Content-Length: 2\r\nX-Empty: \r\n\r\n");
  auto again = ParseRequestHead(*bytes);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->target, head.target);
  EXPECT_EQ(again->headers.size(), 3u);
}

TEST(WriteRequestHead, RefusesWhatWouldWriteASecondLine) {
  std::vector<RequestHead> heads(6, RequestHead{"GET", "/", 1, {}});
  heads[0].method = "GET /x HTTP/1.1\r\nA: b\r\n";
  heads[1].target = "/ HTTP/1.1\r\nA: b";
  heads[2].target = "x";
  heads[3].headers.Add("A: b\r\nC", "d");
  heads[4].headers.Add("A", "b\r\nC: d");
  heads[5].headers.Add("A", "b ");
  for (const RequestHead& head : heads) {
    EXPECT_THAT(WriteRequestHead(head),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace plimsoll

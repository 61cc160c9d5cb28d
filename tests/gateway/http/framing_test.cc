#include "gateway/http/framing.h"

#include <gtest/gtest.h>

#include <limits>

namespace plimsoll {
namespace {

constexpr Framing kNone{};
constexpr Framing kChunked{BodyKind::kChunked, 0};
constexpr Framing kUntilClose{BodyKind::kUntilClose, 0};
constexpr Framing Length(uint64_t length) {
  return {BodyKind::kLength, length};
}

RequestHead Request(absl::string_view method, absl::string_view name = "",
                    absl::string_view value = "") {
  RequestHead head{std::string(method), "/", 1, {}};
  if (!name.empty()) head.headers.Add(name, value);
  return head;
}

ResponseHead Response(int status, absl::string_view name = "",
                      absl::string_view value = "") {
  ResponseHead head{status, "", 1, {}};
  if (!name.empty()) head.headers.Add(name, value);
  return head;
}

TEST(RequestFraming, IsThatOfTheFields) {
  EXPECT_EQ(*RequestFraming(Request("PUT", "content-length", "5")), Length(5));
  EXPECT_EQ(*RequestFraming(Request("PUT", "Content-Length", "0")), kNone);
  EXPECT_EQ(*RequestFraming(Request("PATCH", "Transfer-Encoding", "chunked")),
            kChunked);
}

TEST(RequestFraming, IsNoneWithoutFieldsWhateverTheMethod) {
  for (absl::string_view method : {"GET", "PUT", "POST", "DELETE"}) {
    EXPECT_EQ(*RequestFraming(Request(method)), kNone) << method;
  }
}

TEST(ParseContentLength, TakesPlainNumbersUpTo2To63Less1) {
  EXPECT_EQ(ParseContentLength("0"), 0);
  EXPECT_EQ(ParseContentLength("10"), 10);
  EXPECT_EQ(ParseContentLength("9223372036854775807"),
            std::numeric_limits<int64_t>::max());
  for (absl::string_view text :
       {"", "-1", "+1", " 1", "1 ", "01", "1,1", "0x1", "1e1",
        "9223372036854775808", "99999999999999999999"}) {
    EXPECT_EQ(ParseContentLength(text), -1) << text;
  }
}

TEST(ResponseFraming, IsThatOfTheFields) {
  auto framing = [](const ResponseHead& head) {
    return *ResponseFraming(head, "GET");
  };
  EXPECT_EQ(framing(Response(200, "Content-Length", "5")), Length(5));
  EXPECT_EQ(framing(Response(404, "Content-Length", "0")), kNone);
  EXPECT_EQ(framing(Response(200, "Transfer-Encoding", "chunked")), kChunked);
  EXPECT_EQ(framing(Response(200)), kUntilClose);
}

TEST(ResponseFraming, IsNoneWhereTheProtocolHasNoBody) {
  ResponseHead stated = Response(200, "Content-Length", "5");
  EXPECT_EQ(*ResponseFraming(stated, "HEAD"), kNone);
  stated.status = 304;
  EXPECT_EQ(*ResponseFraming(stated, "GET"), kNone);
  EXPECT_EQ(*ResponseFraming(Response(200), "HEAD"), kNone);
  EXPECT_EQ(*ResponseFraming(Response(204), "DELETE"), kNone);
  EXPECT_EQ(*ResponseFraming(Response(204, "Content-Length", "0"), "GET"),
            kNone);
  EXPECT_EQ(*ResponseFraming(Response(100), "PUT"), kNone);
}

TEST(ResponseFraming, RefusesBodiesWhereNoneCanBe) {
  EXPECT_FALSE(
      ResponseFraming(Response(204, "Content-Length", "5"), "GET").ok());
  EXPECT_FALSE(
      ResponseFraming(Response(100, "Transfer-Encoding", "chunked"), "PUT")
          .ok());
}

TEST(ResponseFraming, RefusesDoubtAsTheUpstreamsMistake) {
  ResponseHead both = Response(200, "Content-Length", "5");
  both.headers.Add("Transfer-Encoding", "chunked");
  ResponseHead twice = Response(200, "Content-Length", "5");
  twice.headers.Add("content-length", "5");
  ResponseHead old = Response(200, "Transfer-Encoding", "chunked");
  old.minor_version = 0;
  for (const ResponseHead& head :
       {both, twice, old, Response(200, "Transfer-Encoding", "gzip, chunked"),
        Response(200, "Content-Length", "5, 5"),
        Response(200, "Content-Length", "-1")}) {
    for (absl::string_view method : {"GET", "HEAD"}) {
      auto framing = ResponseFraming(head, method);
      ASSERT_FALSE(framing.ok());
      EXPECT_EQ(framing.error().status, 502);
    }
  }
}

TEST(SetFraming, ReplacesWhatWasStated) {
  Headers headers;
  headers.Add("content-length", "5");
  headers.Add("TRANSFER-ENCODING", "gzip");
  SetFraming(kChunked, true, headers);
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(*headers.Find("Transfer-Encoding"), "chunked");
  SetFraming(Length(7), false, headers);
  EXPECT_EQ(headers.size(), 1u);
  EXPECT_EQ(*headers.Find("Content-Length"), "7");
  SetFraming(kNone, true, headers);
  EXPECT_EQ(*headers.Find("Content-Length"), "0");
  SetFraming(kNone, false, headers);
  EXPECT_TRUE(headers.empty());
  SetFraming(kUntilClose, true, headers);
  EXPECT_TRUE(headers.empty());
}

}  // namespace
}  // namespace plimsoll

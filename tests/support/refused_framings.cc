#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/refused_requests.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kUpload =
    "PATCH /v2/a/blobs/uploads/1 HTTP/1.1\r\nHost: registry\r\n";
constexpr absl::string_view kChunks = "5\r\nhello\r\n0\r\n\r\n";

RefusedRequest Field(std::string name, absl::string_view lines,
                     int status = 400) {
  return {std::move(name), absl::StrCat("GET /v2/ HTTP/1.1\r\n", lines, "\r\n"),
          status};
}

RefusedRequest Hosted(std::string name, absl::string_view lines,
                      int status = 400) {
  return Field(std::move(name), absl::StrCat("Host: registry\r\n", lines),
               status);
}

RefusedRequest Length(std::string name, absl::string_view value) {
  return {std::move(name),
          absl::StrCat(kUpload, "Content-Length:", value, "\r\n\r\nhello"),
          400};
}

RefusedRequest Coding(std::string name, absl::string_view value) {
  return {
      std::move(name),
      absl::StrCat(kUpload, "Transfer-Encoding:", value, "\r\n\r\n", kChunks),
      501};
}

RefusedRequest Framed(std::string name, absl::string_view lines) {
  return {std::move(name), absl::StrCat(kUpload, lines, "\r\n", kChunks), 400};
}

std::vector<RefusedRequest> Lengths() {
  return {
      Length("length with plus", " +5"),
      Length("length with minus", " -5"),
      Length("length in hex", " 0x5"),
      Length("length of hex digits", " a"),
      Length("empty length", ""),
      Length("blank length", "  "),
      Length("length twice in a list", " 5, 5"),
      Length("two lengths in a list", " 5, 6"),
      Length("trailing comma", " 5,"),
      Length("two numbers", " 5 5"),
      Length("number with a dot", " 5.0"),
      Length("number with an exponent", " 5e0"),
      Length("underscore in the number", " 1_0"),
      Length("leading zero", " 05"),
      Length("two zeros", " 00"),
      Length("parameter", " 5;q=1"),
      Length("quoted length", " \"5\""),
      Length("non-ASCII digit", " \xef\xbc\x95"),
      Length("length 2^63", " 9223372036854775808"),
      Length("length 2^64", " 18446744073709551616"),
      Length("length 2^64 + 5", " 18446744073709551621"),
      Length("length of forty digits", absl::StrCat(" ", std::string(40, '9'))),
  };
}

std::vector<RefusedRequest> Codings() {
  return {
      Coding("gzip", " gzip"),
      Coding("xchunked", " xchunked"),
      Coding("chunkedx", " chunkedx"),
      Coding("identity", " identity"),
      Coding("capital letter", " Chunked"),
      Coding("quoted chunked", " \"chunked\""),
      Coding("quoted with one mark", " 'chunked'"),
      Coding("chunked then gzip", " chunked, gzip"),
      Coding("gzip then chunked", " gzip, chunked"),
      Coding("chunked twice in a list", " chunked, chunked"),
      Coding("comma before chunked", " ,chunked"),
      Coding("comma after chunked", " chunked,"),
      Coding("parameter of chunked", " chunked;a=b"),
      Coding("empty coding", ""),
      Coding("two words", " chunked chunked"),
      Coding("non-ASCII blank",
             "\xc2\xa0"
             "chunked"),
  };
}

std::vector<RefusedRequest> Both() {
  return {
      Framed("length then chunked",
             "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
      Framed("chunked then length",
             "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
      Framed("length 0 and chunked",
             "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"),
      Framed("gzip then length",
             "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"),
      Framed("xchunked then length",
             "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n"),
      Framed("names in other cases",
             "content-length: 5\r\nTRANSFER-ENCODING: chunked\r\n"),
      Framed("two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n"),
      Framed("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n"),
      Framed("an empty and a good length",
             "Content-Length:\r\nContent-Length: 5\r\n"),
      Framed("chunked twice",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
      Framed("chunked and identity",
             "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
      {"chunked in HTTP/1.0",
       absl::StrCat("PUT / HTTP/1.0\r\nHost: registry\r\n",
                    "Transfer-Encoding: chunked\r\n\r\n", kChunks),
       505},
      Hosted("GET with a body", "Content-Length: 5\r\n"),
      Hosted("GET with chunks", "Transfer-Encoding: chunked\r\n"),
      {"HEAD with a body",
       "HEAD / HTTP/1.1\r\nHost: registry\r\nContent-Length: 1\r\n\r\nx", 400},
  };
}

std::vector<RefusedRequest> Hosts() {
  return {
      Field("no host", "Accept: */*\r\n"),
      Field("two equal hosts", "Host: registry\r\nHost: registry\r\n"),
      Field("two hosts", "Host: registry\r\nhost: other\r\n"),
      Field("empty host", "Host:\r\n"),
      Field("list of hosts", "Host: registry, other\r\n"),
      Field("path in the host", "Host: registry/v2\r\n"),
      Field("user in the host", "Host: user@registry\r\n"),
      Field("space in the host", "Host: registry other\r\n"),
      Field("encoded host", "Host: regis%74ry\r\n"),
      Field("non-ASCII host", "Host: r\xc3\xa9gistry\r\n"),
      Field("scheme in the host", "Host: http://registry\r\n"),
      Field("empty port", "Host: registry:\r\n"),
      Field("port of letters", "Host: registry:https\r\n"),
      Field("port out of range", "Host: registry:65536\r\n"),
      Field("signed port", "Host: registry:+80\r\n"),
      Field("two ports", "Host: registry:80:80\r\n"),
      Field("port without a host", "Host: :80\r\n"),
      Field("open bracket", "Host: [::1\r\n"),
      Field("name in brackets", "Host: [registry]\r\n"),
      Field("text after the bracket", "Host: [::1]x\r\n"),
  };
}

}  // namespace

std::vector<RefusedRequest> RefusedFields() {
  std::vector<RefusedRequest> all = {
      Hosted("upgrade to h2c",
             "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
             "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"),
      Hosted("upgrade without Connection", "Upgrade: h2c\r\n"),
      Hosted("upgrade to WebSocket",
             "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
      Hosted("settings of HTTP/2 alone", "HTTP2-Settings: AAMA\r\n"),
      Hosted("Connection names a framing field",
             "Connection: Content-Length\r\nContent-Length: 0\r\n"),
      Hosted("Connection names the credential",
             "Connection: close, Authorization\r\n"),
      Hosted("other expectation", "Expect: 200-ok\r\n", 417),
      Hosted("expectation in a list", "Expect: 100-continue, x\r\n", 417),
      Hosted("two expectations",
             "Expect: 100-continue\r\nExpect: 100-continue\r\n"),
      Hosted("two content types", "Content-Type: a/b\r\nContent-Type: a/c\r\n"),
      Hosted("two credentials",
             "Authorization: Basic eA==\r\nAuthorization: Basic eQ==\r\n"),
      Hosted("two ranges", "Range: bytes=0-1\r\nRange: bytes=2-3\r\n"),
  };
  std::vector<RefusedRequest> hosts = Hosts();
  all.insert(all.end(), hosts.begin(), hosts.end());
  return all;
}

std::vector<RefusedRequest> RefusedFramings() {
  std::vector<RefusedRequest> all;
  for (const auto& part : {Lengths(), Codings(), Both()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace plimsoll

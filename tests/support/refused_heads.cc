#include "absl/strings/str_cat.h"
#include "tests/support/refused_requests.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kLine = "GET /v2/ HTTP/1.1\r\n";
constexpr absl::string_view kHost = "Host: registry\r\n";
constexpr absl::string_view kPath = "/v2/a/manifests/t";

// One bad byte between two good ones, NUL included.
std::string Around(absl::string_view before, char bad,
                   absl::string_view after) {
  return absl::StrCat(before, std::string(1, bad), after);
}

RefusedRequest Line(std::string name, absl::string_view line,
                    int status = 400) {
  return {std::move(name), absl::StrCat(line, "\r\n", kHost, "\r\n"), status};
}

RefusedRequest Target(std::string name, absl::string_view target) {
  return Line(std::move(name), absl::StrCat("GET ", target, " HTTP/1.1"));
}

RefusedRequest Version(std::string name, absl::string_view version,
                       int status = 400) {
  return Line(std::move(name), absl::StrCat("GET ", kPath, " ", version),
              status);
}

RefusedRequest Fields(std::string name, absl::string_view lines,
                      int status = 400) {
  return {std::move(name), absl::StrCat(kLine, kHost, lines, "\r\n"), status};
}

std::vector<RefusedRequest> RequestLines() {
  return {
      Line("two spaces after the method", "GET  /v2/ HTTP/1.1"),
      Line("two spaces before the version", "GET /v2/  HTTP/1.1"),
      Line("tab after the method", "GET\t/v2/ HTTP/1.1"),
      Line("tab before the version", "GET /v2/\tHTTP/1.1"),
      Line("space before the method", " GET /v2/ HTTP/1.1"),
      Line("space after the version", "GET /v2/ HTTP/1.1 "),
      Line("empty line before the request", "\r\nGET /v2/ HTTP/1.1"),
      Line("space in the target", "GET /v2/ x HTTP/1.1"),
      Line("no version", "GET /v2/"),
      Line("method only", "GET"),
      Line("no token as method", "G(T /v2/ HTTP/1.1"),
      Line("colon in the method", "GET: /v2/ HTTP/1.1"),
      Line("CONNECT", "CONNECT registry:443 HTTP/1.1"),
      Line("CONNECT to a path", "CONNECT /v2/ HTTP/1.1"),
      Line("preface of HTTP/2", "PRI * HTTP/2.0", 505),
      Line("hello of TLS", Around("\x16\x03\x01", '\0', "\xf5\x01")),
      Version("HTTP/0.9", "HTTP/0.9", 505),
      Version("HTTP/1.0", "HTTP/1.0", 505),
      Version("HTTP/1.2", "HTTP/1.2", 505),
      Version("HTTP/2.0", "HTTP/2.0", 505),
      Version("two digits of minor version", "HTTP/1.10"),
      Version("leading zero in the version", "HTTP/01.1"),
      Version("comma in the version", "HTTP/1,1"),
      Version("lower-case version", "http/1.1"),
      Version("other protocol", "HTTPS/1.1"),
      Version("bare CR after the version", "HTTP/1.1\r"),
  };
}

std::vector<RefusedRequest> Targets() {
  return {
      Target("absolute form", "http://registry/v2/"),
      Target("absolute form of another host", "http://other/v2/"),
      Target("authority form", "registry:443"),
      Target("asterisk form", "*"),
      Target("no slash first", "v2/"),
      Target("fragment", "/v2/#x"),
      Target("backslash", "/v2\\a/manifests/t"),
      Target("non-ASCII in the target", "/v2/\xc3\xa4/manifests/t"),
      Target("NUL in the target", Around("/v2/", '\0', "x")),
      Target("DEL in the target", Around("/v2/", '\x7f', "x")),
      Target("control byte in the target", Around("/v2/", '\x01', "x")),
      Target("bare CR in the target", Around("/v2/", '\r', "x")),
      Target("quote in the target", "/v2/\"x"),
      Target("brace in the target", "/v2/{x}"),
  };
}

std::vector<RefusedRequest> LineEnds() {
  return {
      {"bare LF after the request line",
       absl::StrCat("GET /v2/ HTTP/1.1\n", kHost, "\r\n"), 400},
      {"bare LF after a header",
       absl::StrCat(kLine, "Host: registry\nAccept: */*\r\n\r\n"), 400},
      {"bare LF ends the head", absl::StrCat(kLine, kHost, "\n"), 400},
      {"bare LF everywhere", "GET /v2/ HTTP/1.1\nHost: registry\n\n", 400},
      {"bare CR ends a header",
       absl::StrCat(kLine, "Host: registry\rAccept: */*\r\n\r\n"), 400},
      {"two CR end a header", absl::StrCat(kLine, "Host: registry\r\r\n\r\n"),
       400},
      {"bare CR before the last line", absl::StrCat(kLine, kHost, "\r\r\n"),
       400},
  };
}

std::vector<RefusedRequest> HeaderLines() {
  return {
      Fields("folded with a space", "X-A: 1\r\n 2\r\n"),
      Fields("folded with a tab", "X-A: 1\r\n\t2\r\n"),
      Fields("folded Transfer-Encoding", "Transfer-Encoding:\r\n chunked\r\n"),
      Fields("space before the colon", "Content-Length : 5\r\n"),
      Fields("tab before the colon", "Content-Length\t: 5\r\n"),
      {"space before the first header", absl::StrCat(kLine, " ", kHost, "\r\n"),
       400},
      Fields("no colon", "Content-Length 5\r\n"),
      Fields("empty name", ": 5\r\n"),
      Fields("blank line of spaces", "  \r\n"),
      Fields("space in the name", "Content Length: 5\r\n"),
      Fields("underscore in the name", "Content_Length: 5\r\n"),
      Fields("slash in the name", "X/A: 5\r\n"),
      Fields("quote in the name", "\"Host\": x\r\n"),
      Fields("non-ASCII in the name", "Content-Length\xc2\xa0: 5\r\n"),
      Fields("NUL in the name", Around("X", '\0', "A: 5\r\n")),
      Fields("control byte in the name", Around("X", '\x0b', "A: 5\r\n")),
      Fields("NUL in the value", Around("X-A: 1", '\0', "2\r\n")),
      Fields("control byte in the value", Around("X-A: 1", '\x01', "2\r\n")),
      Fields("vertical tab around the value",
             Around("Content-Type:", '\x0b', "x\r\n")),
      Fields("form feed at the end", Around("Content-Type: x", '\x0c', "\r\n")),
      Fields("DEL in the value", Around("X-A: 1", '\x7f', "2\r\n")),
      Fields("bare CR in the value", Around("X-A: 1", '\r', "2\r\n")),
  };
}

std::vector<RefusedRequest> TooMuch() {
  std::string many;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&many, "X-", i, ": 1\r\n");
  std::string large = absl::StrCat("X-A: ", std::string(16 * 1024, 'a'));
  return {
      Line("request line too long",
           absl::StrCat("GET /", std::string(8 * 1024, 'a'), " HTTP/1.1"), 414),
      Fields("one header too large", absl::StrCat(large, "\r\n"), 431),
      Fields("101 headers", many, 431),
  };
}

}  // namespace

std::vector<RefusedRequest> RefusedHeads() {
  std::vector<RefusedRequest> all;
  for (const auto& part :
       {RequestLines(), Targets(), LineEnds(), HeaderLines(), TooMuch()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace plimsoll

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/refused_requests.h"

namespace plimsoll {
namespace {

RefusedRequest Body(std::string name, absl::string_view body) {
  return {std::move(name),
          absl::StrCat("PATCH /v2/a/blobs/uploads/1 HTTP/1.1\r\n",
                       "Host: registry\r\nTransfer-Encoding: chunked\r\n\r\n",
                       body),
          400};
}

RefusedRequest Size(std::string name, absl::string_view size) {
  return Body(std::move(name), absl::StrCat(size, "hello\r\n0\r\n\r\n"));
}

RefusedRequest Trailer(std::string name, absl::string_view lines) {
  return Body(std::move(name),
              absl::StrCat("5\r\nhello\r\n0\r\n", lines, "\r\n"));
}

std::vector<RefusedRequest> Sizes() {
  return {
      Size("chunk size with 0x", "0x5\r\n"),
      Size("chunk size with plus", "+5\r\n"),
      Size("chunk size with minus", "-5\r\n"),
      Size("space before the chunk size", " 5\r\n"),
      Size("space after the chunk size", "5 \r\n"),
      Size("tab after the chunk size", "5\t\r\n"),
      Size("underscore in the chunk size", "0_5\r\n"),
      Size("no chunk size", "\r\n"),
      Size("letter past f", "g\r\n"),
      Size("NUL in the chunk size",
           absl::StrCat("5", std::string(1, '\0'), "\r\n")),
      Size("seventeen digits of chunk size", "00000000000000005\r\n"),
      Size("chunk size 2^64 - 1", "ffffffffffffffff\r\n"),
      Size("chunk size 2^63", "8000000000000000\r\n"),
      Size("chunk size 2^64 + 5", "10000000000000005\r\n"),
      Size("chunk extension", "5;a=b\r\n"),
      Size("chunk extension without a name", "5;\r\n"),
      Size("line feed in a quoted extension", "5;a=\"\n\"\r\n"),
      Size("bare LF after the chunk size", "5\n"),
      Size("bare CR after the chunk size", "5\r"),
      Size("two CR after the chunk size", "5\r\r\n"),
      Size("length in decimal and text", "5 bytes\r\n"),
  };
}

std::vector<RefusedRequest> Data() {
  return {
      Body("no line end after the data", "5\r\nhello0\r\n\r\n"),
      Body("other bytes after the data", "5\r\nhelloXX0\r\n\r\n"),
      Body("bare LF after the data", "5\r\nhello\n0\r\n\r\n"),
      Body("bare CR after the data", "5\r\nhello\r0\r\n\r\n"),
      Body("more data than stated", "5\r\nhello!\r\n0\r\n\r\n"),
      Body("bare LF after the last chunk", "5\r\nhello\r\n0\n\r\n"),
      Body("extension of the last chunk", "5\r\nhello\r\n0;a=b\r\n\r\n"),
      Body("bare LF ends the body", "5\r\nhello\r\n0\r\n\n"),
      Body("sizes that add up past 2^63", "5\r\nhello\r\n7fffffffffffffff\r\n"),
  };
}

std::vector<RefusedRequest> Trailers() {
  return {
      Trailer("length in a trailer", "Content-Length: 5\r\n"),
      Trailer("coding in a trailer", "Transfer-Encoding: chunked\r\n"),
      Trailer("host in a trailer", "host: other\r\n"),
      Trailer("credential in a trailer", "Authorization: Basic eA==\r\n"),
      Trailer("content type in a trailer", "Content-Type: a/b\r\n"),
      Trailer("trailer without a colon", "hello\r\n"),
      Trailer("trailer without a name", ": x\r\n"),
      Trailer("space before a trailer's colon", "X-A : 1\r\n"),
      Trailer("folded trailer", "X-A: 1\r\n 2\r\n"),
      Trailer("bare LF after a trailer", "X-A: 1\n"),
      Trailer("NUL in a trailer",
              absl::StrCat("X-A: ", std::string(1, '\0'), "\r\n")),
      Trailer("request as a trailer", "GET /admin HTTP/1.1\r\n"),
      Trailer("trailers too large",
              absl::StrCat("X-A: ", std::string(4096, 'a'), "\r\n")),
  };
}

}  // namespace

std::vector<RefusedRequest> RefusedChunks() {
  std::vector<RefusedRequest> all;
  for (const auto& part : {Sizes(), Data(), Trailers()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

std::vector<RefusedRequest> RefusedRequests() {
  std::vector<RefusedRequest> all;
  for (const auto& part :
       {RefusedHeads(), RefusedFields(), RefusedFramings(), RefusedChunks()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace plimsoll

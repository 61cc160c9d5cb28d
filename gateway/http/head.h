// Heads of HTTP/1.1 messages: scanning for their end, parsing and writing.
// Strict: whatever two parsers could read differently is refused, nothing is
// repaired. CRLF only, no folding, no space before a colon, one Host, origin
// form only. Pure functions and values; no sockets.
#ifndef PLIMSOLL_GATEWAY_HTTP_HEAD_H_
#define PLIMSOLL_GATEWAY_HTTP_HEAD_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/headers.h"
#include "gateway/http/http_error.h"
#include "policy/status.h"

namespace plimsoll {

struct RequestHead {
  std::string method;
  std::string target;  // origin form, visible ASCII
  int minor_version = 1;
  Headers headers;
};

struct ResponseHead {
  int status = 0;
  std::string reason;
  int minor_version = 1;
  Headers headers;
};

struct HeadLimits {
  size_t start_line = 8 * 1024;
  size_t headers = 16 * 1024;
  size_t fields = 100;
};

// Finds the end of a head in a buffer that grows, in linear time: no line is
// looked at again.
// Refuses early what can be no head: a first byte that starts no token (a TLS
// hello), a bare LF, too long a line (414), too many or too large headers
// (431). One object per head.
class HeadScanner {
 public:
  explicit HeadScanner(HeadLimits limits = HeadLimits()) : limits_(limits) {}

  // `buffer` starts at the head's first byte and extends that of the last
  // call. Returns the head's size with its empty line, or 0 where more is
  // needed.
  HttpOr<size_t> Scan(absl::string_view buffer);

 private:
  HttpOr<size_t> TakeLine(absl::string_view buffer, size_t newline);
  HttpOr<size_t> NeedMore(size_t size) const;

  HeadLimits limits_;
  size_t scanned_ = 0;     // bytes looked at
  size_t line_start_ = 0;  // of the line under scan
  size_t headers_start_ = 0;
  size_t lines_ = 0;
};

// `bytes` is one whole head with its empty line. Errors are answers to the
// client: 400, 414, 417, 431, 501, 505. Only HTTP/1.1 is served.
HttpOr<RequestHead> ParseRequestHead(absl::string_view bytes,
                                     const HeadLimits& limits = HeadLimits());
// Of an upstream: HTTP/1.0 and 1.1; all errors are 502. 101 is refused, as no
// upgrade is ever asked for.
HttpOr<ResponseHead> ParseResponseHead(absl::string_view bytes,
                                       const HeadLimits& limits = HeadLimits());

// The bytes of a head, always as HTTP/1.1. InvalidArgument where a part could
// not be read back as it is (a line break in a value, say).
StatusOr<std::string> WriteRequestHead(const RequestHead& head);
StatusOr<std::string> WriteResponseHead(const ResponseHead& head);

// Whether the peer lets the connection be used again after this message.
bool KeepsAlive(const RequestHead& head);
bool KeepsAlive(const ResponseHead& head);
// Whether the client waits for "100 Continue" before it sends the body.
bool ExpectsContinue(const RequestHead& head);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_HEAD_H_

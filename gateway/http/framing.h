// How a message's body is delimited. Whoever frames a message wrongly hands a
// part of it to the next one, so everything doubtful is refused: Content-Length
// beside Transfer-Encoding, either of them twice, a coding other than exactly
// "chunked", a length that is not plain digits.
#ifndef PLIMSOLL_GATEWAY_HTTP_FRAMING_H_
#define PLIMSOLL_GATEWAY_HTTP_FRAMING_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "gateway/http/head.h"
#include "gateway/http/http_error.h"

namespace plimsoll {

enum class BodyKind { kNone, kLength, kChunked, kUntilClose };

struct Framing {
  BodyKind kind = BodyKind::kNone;
  uint64_t length = 0;  // of kLength: more than 0
  friend bool operator==(const Framing&, const Framing&) = default;
};

// Errors are 400, and 501 for a coding other than chunked. A GET or HEAD
// with a body is refused. Never kUntilClose.
HttpOr<Framing> RequestFraming(const RequestHead& head);
// Of the answer to a `request_method` request; errors are 502. kNone for
// HEAD, 1xx, 204 and 304 whatever length they state.
HttpOr<Framing> ResponseFraming(const ResponseHead& head,
                                absl::string_view request_method);

// Digits only, no leading zero, at most 2^63-1; -1 otherwise.
int64_t ParseContentLength(absl::string_view text);

// Replaces the head's framing fields by those that state `framing`. Of kNone,
// "Content-Length: 0" is written where `explicit_zero` says so.
void SetFraming(const Framing& framing, bool explicit_zero, Headers& headers);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_FRAMING_H_

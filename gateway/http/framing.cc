#include "gateway/http/framing.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// Framing as the fields state it; kNone where there are none of them.
HttpOr<Framing> StatedFraming(const Headers& headers) {
  bool has_length = headers.Has("Content-Length");
  bool has_coding = headers.Has("Transfer-Encoding");
  if (has_length && has_coding) {
    return HttpError{400, "Content-Length beside Transfer-Encoding"};
  }
  if (headers.Count("Content-Length") > 1 ||
      headers.Count("Transfer-Encoding") > 1) {
    return HttpError{400, "the body is framed twice"};
  }
  if (has_coding) {
    if (*headers.Find("Transfer-Encoding") != "chunked") {
      return HttpError{501, "a transfer coding other than chunked"};
    }
    return Framing{BodyKind::kChunked, 0};
  }
  if (!has_length) return Framing{};
  int64_t length = ParseContentLength(*headers.Find("Content-Length"));
  if (length < 0) {
    return HttpError{400, "Content-Length is no plain number"};
  }
  if (length == 0) return Framing{};
  return Framing{BodyKind::kLength, static_cast<uint64_t>(length)};
}

}  // namespace

HttpOr<Framing> RequestFraming(const RequestHead& head) {
  HttpOr<Framing> framing = StatedFraming(head.headers);
  if (!framing.ok()) return framing;
  bool reads = head.method == "GET" || head.method == "HEAD";
  if (reads && framing->kind != BodyKind::kNone) {
    return HttpError{400, absl::StrCat("a body with ", head.method)};
  }
  return framing;
}

HttpOr<Framing> ResponseFraming(const ResponseHead& head,
                                absl::string_view request_method) {
  HttpOr<Framing> framing = StatedFraming(head.headers);
  if (!framing.ok()) {
    return HttpError{
        502, absl::StrCat("the upstream's answer: ", framing.error().message)};
  }
  if (head.minor_version == 0 && framing->kind == BodyKind::kChunked) {
    return HttpError{502, "the upstream's answer: chunked in HTTP/1.0"};
  }
  if (request_method == "HEAD" || head.status == 304) return Framing{};
  if (head.status < 200 || head.status == 204) {
    if (framing->kind == BodyKind::kNone) return Framing{};
    return HttpError{502, "the upstream's answer: a body where none can be"};
  }
  bool stated = head.headers.Has("Content-Length") ||
                head.headers.Has("Transfer-Encoding");
  if (!stated) return Framing{BodyKind::kUntilClose, 0};
  return framing;
}

int64_t ParseContentLength(absl::string_view text) {
  bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  int64_t length = -1;
  if (!digits || (text.size() > 1 && text[0] == '0') ||
      !absl::SimpleAtoi(text, &length)) {
    return -1;
  }
  return length;
}

void SetFraming(const Framing& framing, bool explicit_zero, Headers& headers) {
  headers.Remove("Content-Length");
  headers.Remove("Transfer-Encoding");
  if (framing.kind == BodyKind::kChunked) {
    headers.Add("Transfer-Encoding", "chunked");
  } else if (framing.kind == BodyKind::kLength) {
    headers.Add("Content-Length", absl::StrCat(framing.length));
  } else if (framing.kind == BodyKind::kNone && explicit_zero) {
    headers.Add("Content-Length", "0");
  }
}

}  // namespace plimsoll

#include <cstring>

#include "absl/strings/str_cat.h"
#include "gateway/http/head.h"

namespace plimsoll {
namespace {

HttpError TooManyFields(const HeadLimits& limits) {
  return {431, absl::StrCat("more than ", limits.fields, " header fields")};
}

HttpError TooLargeHeaders(const HeadLimits& limits) {
  return {431, absl::StrCat("more than ", limits.headers, " bytes of headers")};
}

HttpError TooLongStart(const HeadLimits& limits) {
  return {414,
          absl::StrCat("more than ", limits.start_line, " bytes of target")};
}

// Clients try TLS first; a server that expects it answers with an alert.
HttpError NoHttp(char first) {
  constexpr char kTlsHandshake = 0x16;
  constexpr char kTlsAlert = 0x15;
  if (first == kTlsHandshake) {
    return {400,
            "TLS came to a port that speaks plain HTTP: write http:// in the "
            "URL, or give the port a certificate"};
  }
  if (first == kTlsAlert) {
    return {400,
            "TLS is spoken here, not plain HTTP: write https:// in the "
            "URL"};
  }
  return {400, "the first byte starts no HTTP message"};
}

}  // namespace

HttpOr<size_t> HeadScanner::Scan(absl::string_view buffer) {
  if (buffer.empty()) return size_t{0};  // of no memory at all, perhaps
  if (scanned_ == 0 && !IsToken(buffer.substr(0, 1))) {
    return NoHttp(buffer.front());
  }
  while (true) {
    const void* found =
        std::memchr(buffer.data() + scanned_, '\n', buffer.size() - scanned_);
    if (found == nullptr) {
      scanned_ = buffer.size();
      return NeedMore(buffer.size());
    }
    size_t newline =
        static_cast<size_t>(static_cast<const char*>(found) - buffer.data());
    HttpOr<size_t> end = TakeLine(buffer, newline);
    if (!end.ok() || *end > 0) return end;
  }
}

HttpOr<size_t> HeadScanner::TakeLine(absl::string_view buffer, size_t newline) {
  scanned_ = newline + 1;
  absl::string_view line = buffer.substr(line_start_, newline - line_start_);
  if (line.empty() || line.find('\r') != line.size() - 1) {
    return HttpError{400, "a line of the head does not end in CR LF"};
  }
  size_t length = line.size() - 1;
  line_start_ = scanned_;
  if (lines_ == 0) {
    if (length > limits_.start_line) return TooLongStart(limits_);
    headers_start_ = scanned_;
  } else if (length == 0) {
    return scanned_;
  } else if (lines_ > limits_.fields) {
    return TooManyFields(limits_);
  } else if (scanned_ - headers_start_ > limits_.headers) {
    return TooLargeHeaders(limits_);
  }
  ++lines_;
  return size_t{0};
}

HttpOr<size_t> HeadScanner::NeedMore(size_t size) const {
  // One byte more than the limit may be the CR of a line that fits.
  if (lines_ == 0) {
    if (size > limits_.start_line + 1) return TooLongStart(limits_);
  } else if (size - headers_start_ > limits_.headers + 1) {
    return TooLargeHeaders(limits_);
  }
  return size_t{0};
}

}  // namespace plimsoll

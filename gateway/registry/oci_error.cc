#include "gateway/registry/oci_error.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/phrase.h"
#include "gateway/registry/registry.h"
#include "policy/oci/json.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// oras reads 8 KiB of an error's body; the rest is for names and quotes.
constexpr size_t kMaxMessage = 3 * 1024;
constexpr size_t kMaxDetail = 4 * 1024;
constexpr size_t kMaxReason = 200;
constexpr size_t kMaxWarning = 4096;
constexpr int kRetryAfterSeconds = 2;

// Printable ASCII on one line: a control becomes a space, and what else is not
// ASCII a "?" for each character.
std::string Plain(absl::string_view text) {
  std::string out;
  for (char c : text) {
    unsigned char byte = static_cast<unsigned char>(c);
    bool continues = (byte & 0xc0) == 0x80;
    if (absl::ascii_isprint(byte)) {
      out.push_back(c);
    } else if (!continues) {
      out.push_back(absl::ascii_iscntrl(byte) ? ' ' : '?');
    }
  }
  absl::StripAsciiWhitespace(&out);
  return out;
}

// `text`, or as many of its characters as fit and "...", so that it takes at
// most `max_bytes` as a JSON string.
std::string Fit(absl::string_view text, size_t max_bytes) {
  std::string out(text.size() <= max_bytes ? std::string(text)
                                           : CutShort(text, max_bytes));
  while (true) {
    size_t size = QuoteJson(out).size();
    if (size <= max_bytes) return out;
    // A byte takes six in JSON at most, so this never cuts too much.
    size_t cut = std::max<size_t>(1, (size - max_bytes) / 6);
    out = CutShort(text, out.size() - cut);
  }
}

OciError Make(int status, absl::string_view code, absl::string_view message) {
  OciError error{status, std::string(code), std::string(message), "", 0};
  if (status == 503) error.retry_after = kRetryAfterSeconds;
  return error;
}

absl::string_view CodeOf(int status) {
  switch (status) {
    case 401:
      return "UNAUTHORIZED";
    case 403:
      return "DENIED";
    case 404:
      return "NAME_UNKNOWN";
    case 408:
      return "UNKNOWN";
    case 413:
      return "SIZE_INVALID";
    case 429:
      return "TOOMANYREQUESTS";
    case 502:
    case 503:
      return "UNAVAILABLE";
    default:
      return "UNSUPPORTED";
  }
}

OciError Unavailable(const Status& status) {
  const std::optional<absl::Duration> wait = RetryAfter(status);
  OciError error = Make(wait ? 503 : 502, "UNAVAILABLE", status.message());
  if (wait) error.retry_after = static_cast<int>(absl::ToInt64Seconds(*wait));
  return error;
}

}  // namespace

OciError ErrorOf(const Status& status) {
  absl::string_view message = status.message();
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      return Make(401, "UNAUTHORIZED", message);
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kInvalidArgument:
      return Make(403, "DENIED", message);
    case absl::StatusCode::kDataLoss:
      return Make(400, "DIGEST_INVALID", message);
    case absl::StatusCode::kResourceExhausted:
      return Make(413, "SIZE_INVALID", message);
    case absl::StatusCode::kDeadlineExceeded:
      return Make(408, "UNKNOWN", message);
    case absl::StatusCode::kUnavailable:
      return Unavailable(status);
    default:
      return Make(503, "UNAVAILABLE", message);
  }
}

OciError ErrorOf(const HttpError& error) {
  return Make(error.status, CodeOf(error.status), error.message);
}

ResponseHead AnswerHead(const OciError& error) {
  ResponseHead head;
  head.status = error.status;
  const std::string& cause =
      error.phrase.empty() ? error.message : error.phrase;
  head.reason = CutShort(
      Plain(absl::StrCat(PhraseOf(error.status), ": ", cause)), kMaxReason);
  head.headers.Add("Content-Type", "application/json");
  head.headers.Add("Docker-Distribution-Api-Version", "registry/2.0");
  if (error.retry_after > 0) {
    head.headers.Add("Retry-After", absl::StrCat(error.retry_after));
  }
  return head;
}

std::string AnswerBody(const OciError& error) {
  return absl::StrCat(
      R"({"errors":[{"code":)", QuoteJson(error.code), R"(,"message":)",
      QuoteJson(Fit(error.message, kMaxMessage)), R"(,"detail":)",
      QuoteJson(Fit(error.detail, kMaxDetail)), "}]}");
}

std::string FormatWarning(absl::string_view text) {
  std::string out = "299 - \"";
  for (char c : Plain(text)) {
    if (out.size() + 3 > kMaxWarning) break;
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

}  // namespace plimsoll

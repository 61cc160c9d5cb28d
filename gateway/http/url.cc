#include "gateway/http/url.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace plimsoll {
namespace {

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isxdigit(static_cast<unsigned char>(c));
  });
}

// A path and query of RFC 3986: what stands in neither must be escaped.
Status CheckTarget(absl::string_view target) {
  constexpr absl::string_view kNever = "\"<>\\^`{|}#";
  for (size_t i = 0; i < target.size(); ++i) {
    const char c = target[i];
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c)) ||
        absl::StrContains(kNever, c)) {
      return absl::InvalidArgumentError("URL: holds a byte that no URL may");
    }
    if (c == '%' &&
        (target.size() - i < 3 || !IsHex(target.substr(i + 1, 2)))) {
      return absl::InvalidArgumentError(
          "URL: holds a `%` that escapes nothing");
    }
  }
  return absl::OkStatus();
}

}  // namespace

StatusOr<HttpUrl> HttpUrl::Parse(absl::string_view url) {
  if (url.size() > kMaxUrlBytes) {
    return absl::InvalidArgumentError("URL: too long");
  }
  const size_t scheme = url.find("://");
  if (scheme == absl::string_view::npos) {
    return absl::InvalidArgumentError("URL: is not absolute");
  }
  const size_t path =
      std::min(url.find_first_of("/?#", scheme + 3), url.size());
  HttpUrl parsed;
  const StatusOr<UpstreamAddress> origin =
      UpstreamAddress::Parse(url.substr(0, path));
  if (!origin.ok()) {
    return absl::InvalidArgumentError(
        "URL: is not of the form http[s]://HOST[:PORT][/PATH]");
  }
  parsed.origin = *origin;
  const absl::string_view rest = url.substr(path);
  parsed.target = absl::StrCat(absl::StartsWith(rest, "/") ? "" : "/", rest);
  RETURN_IF_ERROR(CheckTarget(parsed.target));
  return parsed;
}

bool IsRedirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

StatusOr<HttpUrl> RedirectTarget(const HttpUrl& from,
                                 const ResponseHead& head) {
  const std::string* location = head.headers.Find("Location");
  if (location == nullptr || head.headers.Count("Location") != 1) {
    return absl::InvalidArgumentError("redirect without exactly one Location");
  }
  HttpUrl to = from;
  if (absl::StartsWith(*location, "/") && !absl::StartsWith(*location, "//")) {
    if (location->size() > kMaxUrlBytes) {
      return absl::InvalidArgumentError("redirect: URL: too long");
    }
    RETURN_IF_ERROR(CheckTarget(*location), "redirect");
    to.target = *location;
    return to;
  }
  ASSIGN_OR_RETURN(to, HttpUrl::Parse(*location), "redirect");
  if (from.origin.tls && !to.origin.tls) {
    return absl::InvalidArgumentError("redirect from https to http");
  }
  return to;
}

std::string EscapeQuery(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      absl::StrAppendFormat(&out, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace plimsoll

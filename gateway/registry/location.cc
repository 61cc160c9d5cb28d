#include "gateway/registry/location.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace plimsoll {
namespace {

// Whether `authority` under `tls` names the upstream, its usual port spelt out
// or not.
bool NamesUpstream(absl::string_view authority, bool tls,
                   const UpstreamAddress& upstream) {
  const std::string lower = absl::AsciiStrToLower(authority);
  const std::string full =
      absl::StrCat(absl::StrContains(upstream.host, ":")
                       ? absl::StrCat("[", upstream.host, "]")
                       : upstream.host,
                   ":", upstream.port);
  if (lower == absl::AsciiStrToLower(full)) return true;
  return lower == absl::AsciiStrToLower(upstream.Authority()) &&
         upstream.port == (tls ? "443" : "80");
}

}  // namespace

std::string RewriteUrl(absl::string_view url, const UpstreamAddress& upstream,
                       const ClientView& view) {
  absl::string_view rest = url;
  const bool tls = absl::ConsumePrefix(&rest, "https://");
  if (!tls && !absl::ConsumePrefix(&rest, "http://")) return std::string(url);
  const size_t end = rest.find_first_of("/?#");
  const absl::string_view authority = rest.substr(0, end);
  const absl::string_view path =
      end == absl::string_view::npos ? "" : rest.substr(end);
  const bool taken_for_plain =
      !tls && absl::EqualsIgnoreCase(authority, view.authority);
  if (!taken_for_plain && !NamesUpstream(authority, tls, upstream)) {
    return std::string(url);
  }
  return absl::StrCat(view.scheme, "://", view.authority, path);
}

void RewriteLocations(const UpstreamAddress& upstream, const ClientView& view,
                      ResponseHead& head) {
  if (const std::string* location = head.headers.Find("Location")) {
    head.headers.Set("Location", RewriteUrl(*location, upstream, view));
  }
  const std::string* link = head.headers.Find("Link");
  if (link == nullptr || !absl::StartsWith(*link, "<")) return;
  const size_t end = link->find('>');
  if (end == std::string::npos) return;
  const std::string target =
      RewriteUrl(link->substr(1, end - 1), upstream, view);
  head.headers.Set("Link", absl::StrCat("<", target, link->substr(end)));
}

}  // namespace plimsoll

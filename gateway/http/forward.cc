#include "gateway/http/forward.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"

namespace plimsoll {
namespace {

// What registries and their token services read. Cookies are left out: no
// registry client sends one, and a browser's would lend its session.
constexpr absl::string_view kAllowed[] = {
    "Accept",        "Accept-Encoding",
    "Authorization", "Cache-Control",
    "Content-Type",  "Content-Encoding",
    "Content-Range", "If-Match",
    "If-None-Match", "If-Modified-Since",
    "If-Range",      "If-Unmodified-Since",
    "Range",         "Traceparent",
    "Tracestate",    "User-Agent",
    "X-Request-Id",
};
constexpr absl::string_view kAllowedPrefixes[] = {"Docker-", "OCI-"};

// Of the connection and not of the message; Alt-Svc would lead clients to a
// port of the upstream's, around the gateway.
constexpr absl::string_view kConnectionFields[] = {
    "Alt-Svc",          "Connection",         "Keep-Alive",
    "Proxy-Connection", "Proxy-Authenticate", "TE",
    "Trailer",          "Transfer-Encoding",  "Upgrade",
};

bool Contains(const auto& names, absl::string_view name) {
  return std::any_of(
      std::begin(names), std::end(names),
      [name](absl::string_view listed) { return IsSameName(listed, name); });
}

void AddUnlessEmpty(absl::string_view name, absl::string_view value,
                    Headers& headers) {
  if (!value.empty()) headers.Add(name, value);
}

// A length is expected with these, and a client's 0 must stay one.
bool NeedsZero(absl::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

bool IsForwardedRequestField(absl::string_view name) {
  if (Contains(kAllowed, name)) return true;
  return std::any_of(std::begin(kAllowedPrefixes), std::end(kAllowedPrefixes),
                     [name](absl::string_view prefix) {
                       return absl::StartsWithIgnoreCase(name, prefix);
                     });
}

RequestHead ForwardedRequest(const RequestHead& head, const Framing& framing,
                             const ForwardedBy& by) {
  RequestHead out;
  out.method = head.method;
  out.target = head.target;
  AddUnlessEmpty("Host", by.host, out.headers);
  for (const HeaderField& field : head.headers) {
    if (IsForwardedRequestField(field.name)) {
      out.headers.Add(field.name, field.value);
    }
  }
  AddUnlessEmpty("X-Forwarded-Proto", by.client_scheme, out.headers);
  AddUnlessEmpty("X-Forwarded-Host", by.client_host, out.headers);
  AddUnlessEmpty("X-Forwarded-For", by.client_address, out.headers);
  SetFraming(framing, NeedsZero(head.method), out.headers);
  return out;
}

ResponseHead ForwardedResponse(ResponseHead head, const Framing& framing) {
  std::vector<std::string> named;
  for (absl::string_view member : head.headers.ListMembers("Connection")) {
    // Without its length an empty answer would be one until the end.
    if (!IsSameName(member, "Content-Length")) named.emplace_back(member);
  }
  head.headers.RemoveIf([&named](const HeaderField& field) {
    return Contains(kConnectionFields, field.name) ||
           Contains(named, field.name);
  });
  head.minor_version = 1;
  if (framing.kind != BodyKind::kNone) SetFraming(framing, false, head.headers);
  return head;
}

}  // namespace plimsoll

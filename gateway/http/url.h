// An absolute URL of http or https as another server may name one: a token
// service's realm, where a redirect leads. Read strictly: visible ASCII, no
// user information, no fragment, no path that depends on where one is. Errors
// never repeat the URL: pre-signed ones hold secrets. Values; pure.
#ifndef PLIMSOLL_GATEWAY_HTTP_URL_H_
#define PLIMSOLL_GATEWAY_HTTP_URL_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/head.h"
#include "gateway/http/upstream.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxUrlBytes = 8 << 10;

struct HttpUrl {
  UpstreamAddress origin;
  std::string target;  // origin form: "/path?query"

  static StatusOr<HttpUrl> Parse(absl::string_view url);
};

// 301, 302, 303, 307 and 308: go elsewhere for it.
bool IsRedirect(int status);
// Where an answer to `from` sends a GET or HEAD: the one Location field, an
// absolute URL or an absolute path. InvalidArgument for anything else, and
// where it leads from https to http.
StatusOr<HttpUrl> RedirectTarget(const HttpUrl& from, const ResponseHead& head);

// "a%2Fb" for "a/b": a name or a value of a query.
std::string EscapeQuery(absl::string_view text);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_URL_H_

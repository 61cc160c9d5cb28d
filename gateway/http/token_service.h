// A token service of an upstream: where its challenge says that tokens are
// sold, and the buying of one.
//
// Where a credential goes (docs/adr/0011). The upstream chooses the realm, so
// it could send the credential anywhere. Whoever can speak as the upstream may
// have it in any case, by asking for Basic; nobody else may. So it goes
// - over https to the realm's host, whose certificate is verified;
// - over http only where the upstream itself is configured with http, and only
//   to the upstream's own host: in clear where it is in clear already;
// - to no address that the upstream could not reach itself (MayLeadTo);
// - to where the realm says, not where that redirects to.
// Without a credential the same rules hold. No error holds a token, a
// credential or a URL's query. Functions and values.
#ifndef PLIMSOLL_GATEWAY_HTTP_TOKEN_SERVICE_H_
#define PLIMSOLL_GATEWAY_HTTP_TOKEN_SERVICE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/http/challenge.h"
#include "gateway/http/token_answer.h"
#include "gateway/http/upstream.h"
#include "gateway/http/url.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// Who sells tokens, as a Bearer challenge says.
struct TokenService {
  HttpUrl realm;
  std::string service;  // "" where the challenge names none
};

// The first Bearer challenge; nullopt where there is none. Unavailable where
// its realm is no URL that could be asked.
StatusOr<std::optional<TokenService>> FindTokenService(
    const std::vector<AuthChallenge>& challenges);
// The rules above, but for addresses, which are looked at on connecting.
Status CheckRealm(const UpstreamAddress& realm,
                  const UpstreamAddress& upstream);
// What is asked of the realm: its own query, then service and scope.
std::string TokenTarget(const TokenService& service, absl::string_view scope);

struct TokenOrder {
  TokenService service;
  std::string scope;       // "repository:NAME:pull"
  std::string credential;  // the Basic Authorization that buys; "" for none
  std::string called;      // "the read credential", in errors
};
// PermissionDenied where the credential does not serve, Unavailable where the
// service cannot be used, DeadlineExceeded after 10 s.
Task<StatusOr<BoughtToken>> BuyToken(const UpstreamPools& pools,
                                     TokenOrder order);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TOKEN_SERVICE_H_

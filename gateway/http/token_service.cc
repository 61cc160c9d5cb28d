#include "gateway/http/token_service.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/client.h"

namespace plimsoll {
namespace {

constexpr absl::Duration kAskFor = absl::Seconds(10);
constexpr size_t kMaxService = 1 << 10;

Status Unusable(const Status& status, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", status.message()));
}

Status ServiceStatus(int status, absl::string_view where,
                     const TokenOrder& order) {
  const std::string said = absl::StrCat(where, " answered ", status);
  if (status == 200) return absl::OkStatus();
  if (status == 401 || status == 403) {
    return absl::PermissionDeniedError(
        order.credential.empty()
            ? absl::StrCat(said, ": it wants a credential")
            : absl::StrCat(said, ": it refuses ", order.called));
  }
  if (IsRedirect(status)) {
    return absl::UnavailableError(
        absl::StrCat(said, ": a token service's redirect is not followed"));
  }
  return absl::UnavailableError(said);
}

}  // namespace

StatusOr<std::optional<TokenService>> FindTokenService(
    const std::vector<AuthChallenge>& challenges) {
  const auto bearer = std::find_if(
      challenges.begin(), challenges.end(),
      [](const AuthChallenge& each) { return each.scheme == "bearer"; });
  if (bearer == challenges.end()) return std::nullopt;
  const std::string* realm = bearer->Find("realm");
  if (realm == nullptr) {
    return absl::UnavailableError("the upstream's challenge names no realm");
  }
  StatusOr<HttpUrl> url = HttpUrl::Parse(*realm);
  if (!url.ok()) {
    return Unusable(url.status(), "the realm of the upstream's challenge");
  }
  TokenService found{*std::move(url), ""};
  const std::string* service = bearer->Find("service");
  if (service != nullptr) found.service = *service;
  if (found.service.size() > kMaxService) {
    return absl::UnavailableError(
        "the service of the upstream's challenge is too long");
  }
  return found;
}

Status CheckRealm(const UpstreamAddress& realm,
                  const UpstreamAddress& upstream) {
  if (realm.tls) return absl::OkStatus();
  if (upstream.tls) {
    return absl::UnavailableError(
        absl::StrCat("the upstream is https, its token service http://",
                     realm.Authority(), " is not: nothing is asked there"));
  }
  if (absl::EqualsIgnoreCase(realm.host, upstream.host)) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat(
      "the token service http://", realm.Authority(),
      " is plain http on another host than the upstream: nothing is asked "
      "there"));
}

std::string TokenTarget(const TokenService& service, absl::string_view scope) {
  const std::string& target = service.realm.target;
  const size_t query = target.find('?');
  const bool empty_query = query == target.size() - 1;
  std::string out = absl::StrCat(target, query == std::string::npos ? "?"
                                         : empty_query              ? ""
                                                                    : "&");
  if (!service.service.empty()) {
    absl::StrAppend(&out, "service=", EscapeQuery(service.service), "&");
  }
  absl::StrAppend(&out, "scope=", EscapeQuery(scope));
  return out;
}

Task<StatusOr<BoughtToken>> BuyToken(const UpstreamPools& pools,
                                     TokenOrder order) {
  const UpstreamAddress& origin = order.service.realm.origin;
  CO_RETURN_IF_ERROR(CheckRealm(origin, pools.address()));
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<UpstreamPool> pool,
                      co_await pools.LeadTo(origin));
  ClientRequest request;
  request.head.method = "GET";
  request.head.target = TokenTarget(order.service, order.scope);
  request.head.headers.Add("User-Agent", "plimsoll");
  request.head.headers.Add("Accept", "application/json");
  request.head.headers.Add("Accept-Encoding", "identity");
  if (!order.credential.empty()) {
    request.head.headers.Add("Authorization", order.credential);
  }
  request.deadline = absl::Now() + kAskFor;
  const std::string where =
      absl::StrCat("the token service ", origin.Authority());
  const StatusOr<HttpAnswer> answer =
      co_await Fetch(*pool, std::move(request), kMaxTokenAnswerBytes);
  // Its size is no matter of what is read with the token.
  if (absl::IsResourceExhausted(answer.status())) {
    co_return Unusable(answer.status(), where);
  }
  CO_RETURN_IF_ERROR(answer.status(), where);
  CO_RETURN_IF_ERROR(ServiceStatus(answer->head.status, where, order));
  StatusOr<BoughtToken> bought = ParseTokenAnswer(answer->body);
  if (!bought.ok()) {
    co_return Unusable(bought.status(), absl::StrCat(where, "'s answer"));
  }
  co_return bought;
}

}  // namespace plimsoll

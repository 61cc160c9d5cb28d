#include "gateway/registry/probe_access.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/challenge.h"
#include "gateway/http/url.h"
#include "gateway/registry/probe_path.h"
#include "policy/language/units.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

using As = ProbeRequest::As;

// A push is held for at most this long.
constexpr absl::Duration kHeldFor = absl::Seconds(30);

ProbeRequest Ping(As as, bool forwarded) {
  ProbeRequest request;
  request.target = "/v2/";
  request.as = as;
  request.forwarded = forwarded;
  return request;
}

std::string Origin(const UpstreamAddress& address) {
  return absl::StrCat(address.tls ? "https://" : "http://",
                      address.Authority());
}

// What was answered to a ping that is neither 200 nor 401.
void ExplainNoApi(const ProbeClient& client, const HttpAnswer& answer,
                  ProbeResult& result) {
  const int status = answer.head.status;
  if (status == 429 || status / 100 == 5) {
    result.means = "it is busy or failing: ask again later";
    return;
  }
  result.answer = ProbeAnswer::kNo;
  result.means = "no registry answers there: clients would not push through it";
  if (!IsRedirect(status)) return;
  const StatusOr<HttpUrl> to =
      RedirectTarget({client.address(), "/v2/"}, answer.head);
  if (to.ok() && !IsSameOrigin(to->origin, client.address())) {
    result.configure = absl::StrCat("upstream.url: ", Origin(to->origin));
  }
}

std::string SchemesOf(const std::vector<AuthChallenge>& challenges) {
  std::vector<std::string> schemes;
  schemes.reserve(challenges.size());
  for (const AuthChallenge& each : challenges) schemes.push_back(each.scheme);
  return ListShort(schemes, 3);
}

// A credential of the operator's that is not enough.
void WantCredential(const ProbeClient& client, ProbeResult& result) {
  result.means = client.has_credential()
                     ? "the credential is refused: give another to --credential"
                     : "it asks for a credential: give --credential FILE, one "
                       "line user:password";
}

Task<> AskBasic(ProbeClient& client, ProbeScratch& scratch,
                ProbeResult& result) {
  result.seen = "Basic";
  if (!client.has_credential()) {
    WantCredential(client, result);
    co_return;
  }
  ProbeRequest asking = Ping(As::kPusher, false);
  const StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(asking));
  result.seen =
      absl::StrCat("Basic, with the credential ", DescribeAnswer(answer));
  if (IsStatus(answer, 200)) {
    result.answer = ProbeAnswer::kYes;
    scratch.access = true;
  } else if (IsRefusal(answer)) {
    WantCredential(client, result);
  }
}

void ExplainBearer(const ProbeClient& client, const TokenService& service,
                   ProbeScratch& scratch, ProbeResult& result) {
  const UpstreamAddress& realm = service.realm.origin;
  const bool here = absl::EqualsIgnoreCase(realm.host, client.address().host);
  result.seen = absl::StrCat(
      "Bearer, realm ", Origin(realm), WithoutQuery(service.realm.target),
      here ? " on this host" : " on another host", ", service ",
      service.service.empty() ? "unnamed" : Quoted(service.service));
  const Status usable = CheckRealm(realm, client.address());
  if (!usable.ok()) {
    result.answer = ProbeAnswer::kNo;
    result.weight = ProbeWeight::kLimit;
    result.means = absl::StrCat(
        OneLine(usable.message()),
        ": the webhook, gRPC, reconciliation and this command can have no "
        "token; clients, who ask there themselves, can");
    result.configure = "serve the token service over https";
    return;
  }
  result.answer = ProbeAnswer::kYes;
  scratch.service = service;
}

}  // namespace

Task<> ProbeApi(ProbeClient& client, ProbeScratch& scratch,
                ProbeResult& result) {
  ProbeRequest asking = Ping(As::kNobody, false);
  StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(asking));
  result.seen = DescribeAnswer(answer);
  if (!answer.ok()) {
    result.means =
        "nothing can be asked: check the address, and --ca where a private "
        "authority signs for it";
    co_return;
  }
  absl::StrAppend(
      &result.seen,
      DescribeField(answer->head, "Docker-Distribution-Api-Version"));
  if (answer->head.status != 200 && answer->head.status != 401) {
    ExplainNoApi(client, *answer, result);
    co_return;
  }
  result.answer = ProbeAnswer::kYes;
  scratch.reached = true;
  scratch.ping = *std::move(answer);
}

Task<> ProbeAuthentication(ProbeClient& client, ProbeScratch& scratch,
                           ProbeResult& result) {
  const ResponseHead& ping = scratch.ping->head;
  if (ping.status == 200) {
    result.answer = ProbeAnswer::kYes;
    result.seen = "none is asked for at /v2/";
    scratch.access = true;
    co_return;
  }
  const StatusOr<std::vector<AuthChallenge>> challenges =
      ParseChallenges(ping.headers);
  const StatusOr<std::optional<TokenService>> service =
      challenges.ok()
          ? FindTokenService(*challenges)
          : StatusOr<std::optional<TokenService>>(challenges.status());
  if (!service.ok()) {
    result.answer = ProbeAnswer::kNo;
    result.seen = absl::StrCat("401, ", OneLine(service.status().message()));
    result.means = "no client can tell from it how to log in";
    co_return;
  }
  if (*service) co_return ExplainBearer(client, **service, scratch, result);
  const bool basic = std::any_of(
      challenges->begin(), challenges->end(),
      [](const AuthChallenge& each) { return each.scheme == "basic"; });
  if (basic) co_return co_await AskBasic(client, scratch, result);
  result.answer = ProbeAnswer::kNo;
  result.seen = challenges->empty()
                    ? "401 without WWW-Authenticate"
                    : absl::StrCat("401, ", SchemesOf(*challenges));
  result.means = "neither clients nor the gateway can log in so";
}

Task<> ProbeToken(ProbeClient& client, ProbeScratch& scratch,
                  ProbeResult& result) {
  if (!scratch.service) {
    if (!scratch.access) co_return NotAsked("see auth", result);
    result.answer = ProbeAnswer::kYes;
    result.seen = "none is needed";
    co_return;
  }
  const StatusOr<BoughtToken> bought = co_await client.Buy(*scratch.service);
  if (!bought.ok()) {
    result.seen = OneLine(bought.status().message());
    if (absl::IsPermissionDenied(bought.status())) {
      WantCredential(client, result);
    }
    co_return;
  }
  scratch.access = true;
  result.answer = ProbeAnswer::kYes;
  result.seen = absl::StrCat("sold for pull,push",
                             client.has_credential() ? "" : " to anybody",
                             ", lives ", FormatAge(bought->lifetime));
  if (bought->lifetime == kLongestTokenLife) result.seen += " or more";
  if (bought->lifetime < kHeldFor) {
    result.means =
        "a push may be held for longer: clients then log in and push again";
  }
}

Task<> ProbeRealm(ProbeClient& client, ProbeScratch& scratch,
                  ProbeResult& result) {
  if (!scratch.service) {
    result.answer = ProbeAnswer::kYes;
    result.seen = "no token service";
    co_return;
  }
  ProbeRequest asking = Ping(As::kNobody, true);
  const StatusOr<HttpAnswer> answer = co_await client.Ask(std::move(asking));
  result.seen = DescribeAnswer(answer);
  if (!IsStatus(answer, 401)) co_return;
  const StatusOr<std::vector<AuthChallenge>> challenges =
      ParseChallenges(answer->head.headers);
  if (!challenges.ok()) co_return;
  const StatusOr<std::optional<TokenService>> found =
      FindTokenService(*challenges);
  if (!found.ok() || !*found) co_return;
  const HttpUrl& realm = (*found)->realm;
  const ProbedPath path =
      FollowPath("GET", absl::StrCat(Origin(realm.origin), realm.target),
                 ProbeClient::kGatewayHost);
  result.answer = ProbeAnswer::kNo;
  result.seen =
      absl::StrCat("follows the Host header, at ", WithoutQuery(realm.target));
  switch (path.way) {
    case ProbedPath::Way::kElsewhere:
      result.answer = ProbeAnswer::kYes;
      result.seen = absl::StrCat("the same behind the gateway: clients ask ",
                                 Origin(realm.origin));
      break;
    case ProbedPath::Way::kPassThrough:
      result.means = "clients ask the gateway for tokens";
      result.configure =
          absl::StrCat("upstream.passThrough: [", path.prefix, "]");
      break;
    default:
      result.weight = ProbeWeight::kEssential;
      result.means =
          "clients would ask the gateway for tokens, which serves no such path";
      result.configure =
          "give the token service an address of its own in the registry's "
          "configuration";
  }
}

}  // namespace plimsoll

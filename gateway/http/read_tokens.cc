#include "gateway/http/read_tokens.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/client.h"
#include "gateway/latch.h"

namespace plimsoll {
namespace {

constexpr absl::Duration kAskFor = absl::Seconds(10);
constexpr size_t kMaxService = 1 << 10;

// Of a token's life, what must be left for a read that starts with it.
absl::Duration Margin(absl::Duration lifetime) {
  return std::min(lifetime / 6, absl::Seconds(30));
}

Status Unusable(const Status& status, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", status.message()));
}

Status ServiceStatus(int status, absl::string_view where, bool anonymous) {
  const std::string said = absl::StrCat(where, " answered ", status);
  if (status == 200) return absl::OkStatus();
  if (status == 401 || status == 403) {
    return absl::PermissionDeniedError(
        absl::StrCat(said, anonymous ? ": it wants a credential"
                                     : ": it refuses the read credential"));
  }
  if (IsRedirect(status)) {
    return absl::UnavailableError(
        absl::StrCat(said, ": a token service's redirect is not followed"));
  }
  return absl::UnavailableError(said);
}

}  // namespace

// One purchase under way, and everybody who waits for it.
struct ReadTokens::Purchase {
  Latch done;
  StatusOr<std::string> result;  // read after `done`
};

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

ReadTokens::ReadTokens(const UpstreamPools& pools, std::string credential,
                       std::function<absl::Time()> clock)
    : pools_(pools),
      credential_(std::move(credential)),
      clock_(std::move(clock)) {}

ReadTokens::~ReadTokens() = default;

Task<StatusOr<std::string>> ReadTokens::Authorization(std::string scope,
                                                      absl::Time deadline) {
  TokenService service;
  {
    const std::lock_guard lock(mutex_);
    if (!service_) co_return credential_;
    if (std::optional<std::string> known = Find(scope)) co_return *known;
    service = *service_;
  }
  co_return co_await Share(std::move(scope), std::move(service), deadline);
}

Task<StatusOr<std::string>> ReadTokens::AfterChallenge(std::string scope,
                                                       std::string used,
                                                       Headers headers,
                                                       absl::Time deadline) {
  const StatusOr<std::vector<AuthChallenge>> challenges =
      ParseChallenges(headers);
  if (!challenges.ok()) {
    co_return Unusable(challenges.status(), "the upstream's challenge");
  }
  CO_ASSIGN_OR_RETURN(std::optional<TokenService> service,
                      FindTokenService(*challenges));
  {
    const std::lock_guard lock(mutex_);
    const std::optional<std::string> known = Find(scope);
    if (known && *known != used) co_return *known;  // bought meanwhile
    kept_.erase(scope);
    service_ = service;
  }
  if (service) {
    co_return co_await Share(std::move(scope), *std::move(service), deadline);
  }
  // An upstream that no longer sells tokens may take the credential itself.
  const bool basic = std::any_of(
      challenges->begin(), challenges->end(),
      [](const AuthChallenge& each) { return each.scheme == "basic"; });
  if (basic && used != credential_ && !credential_.empty()) {
    co_return credential_;
  }
  co_return Refused();
}

std::optional<std::string> ReadTokens::Find(const std::string& scope) {
  const auto found = kept_.find(scope);
  if (found == kept_.end() || found->second.until <= clock_()) {
    return std::nullopt;
  }
  return found->second.authorization;
}

void ReadTokens::Keep(const std::string& scope, Kept kept) {
  const absl::Time now = clock_();
  if (kept_.size() >= kMaxKept) {
    absl::erase_if(
        kept_, [now](const auto& entry) { return entry.second.until <= now; });
  }
  if (kept_.size() >= kMaxKept) {
    kept_.erase(std::min_element(kept_.begin(), kept_.end(),
                                 [](const auto& a, const auto& b) {
                                   return a.second.until < b.second.until;
                                 }));
  }
  kept_[scope] = std::move(kept);
}

Task<StatusOr<std::string>> ReadTokens::Share(std::string scope,
                                              TokenService service,
                                              absl::Time deadline) {
  std::shared_ptr<Purchase> purchase;
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Purchase>& entry = under_way_[scope];
    first = entry == nullptr;
    if (first) entry = std::make_shared<Purchase>();
    purchase = entry;
  }
  if (first) {
    const auto executor = co_await asio::this_coro::executor;
    // Of its own: who asked first may give up sooner than the others.
    asio::co_spawn(executor, Buy(scope, std::move(service)),
                   [this, scope, purchase](const std::exception_ptr& thrown,
                                           StatusOr<Kept> bought) {
                     if (thrown) bought = absl::InternalError("it broke off");
                     EndPurchase(scope, std::move(bought), *purchase);
                   });
  }
  if (!co_await purchase->done.Wait(deadline)) {
    co_return absl::DeadlineExceededError(
        "the upstream's token service does not answer in time");
  }
  co_return purchase->result;
}

void ReadTokens::EndPurchase(const std::string& scope, StatusOr<Kept> bought,
                             Purchase& purchase) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(scope);
  if (bought.ok()) {
    purchase.result = bought->authorization;
    Keep(scope, *std::move(bought));
  } else {
    purchase.result = bought.status();
  }
  purchase.done.Set();
}

Task<StatusOr<ReadTokens::Kept>> ReadTokens::Buy(std::string scope,
                                                 TokenService service) {
  const UpstreamAddress& origin = service.realm.origin;
  CO_RETURN_IF_ERROR(CheckRealm(origin, pools_.address()));
  CO_ASSIGN_OR_RETURN(const std::unique_ptr<UpstreamPool> pool,
                      co_await pools_.LeadTo(origin));
  ClientRequest request;
  request.head.method = "GET";
  request.head.target = TokenTarget(service, scope);
  request.head.headers.Add("User-Agent", "plimsoll");
  request.head.headers.Add("Accept", "application/json");
  request.head.headers.Add("Accept-Encoding", "identity");
  if (!credential_.empty()) {
    request.head.headers.Add("Authorization", credential_);
  }
  request.deadline = absl::Now() + kAskFor;
  const std::string where =
      absl::StrCat("the token service ", origin.Authority());
  const absl::Time asked = clock_();
  const StatusOr<HttpAnswer> answer =
      co_await Fetch(*pool, std::move(request), kMaxTokenAnswerBytes);
  // Its size is no matter of what is read with the token.
  if (absl::IsResourceExhausted(answer.status())) {
    co_return Unusable(answer.status(), where);
  }
  CO_RETURN_IF_ERROR(answer.status(), where);
  CO_RETURN_IF_ERROR(
      ServiceStatus(answer->head.status, where, credential_.empty()));
  StatusOr<BoughtToken> bought = ParseTokenAnswer(answer->body);
  if (!bought.ok()) {
    co_return Unusable(bought.status(), absl::StrCat(where, "'s answer"));
  }
  Kept kept;
  kept.authorization = absl::StrCat("Bearer ", bought->token);
  kept.until = asked + bought->lifetime - Margin(bought->lifetime);
  co_return kept;
}

Status ReadTokens::Refused() const {
  return absl::PermissionDeniedError(
      credential_.empty() ? "the upstream wants a credential to be read with"
                          : "the upstream does not take the read credential");
}

}  // namespace plimsoll

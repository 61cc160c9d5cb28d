#include "gateway/http/read_tokens.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/latch.h"

namespace plimsoll {
namespace {

// Of a token's life, what must be left for a read that starts with it.
absl::Duration Margin(absl::Duration lifetime) {
  return std::min(lifetime / 6, absl::Seconds(30));
}

Status Unusable(const Status& status, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(what, ": ", status.message()));
}

}  // namespace

// One purchase under way, and everybody who waits for it.
struct ReadTokens::Purchase {
  Latch done;
  StatusOr<std::string> result;  // read after `done`
};

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
  TokenOrder order;
  order.service = std::move(service);
  order.scope = std::move(scope);
  order.credential = credential_;
  order.called = "the read credential";
  const absl::Time asked = clock_();
  CO_ASSIGN_OR_RETURN(const BoughtToken bought,
                      co_await BuyToken(pools_, std::move(order)));
  Kept kept;
  kept.authorization = absl::StrCat("Bearer ", bought.token);
  kept.until = asked + bought.lifetime - Margin(bought.lifetime);
  co_return kept;
}

Status ReadTokens::Refused() const {
  return absl::PermissionDeniedError(
      credential_.empty() ? "the upstream wants a credential to be read with"
                          : "the upstream does not take the read credential");
}

}  // namespace plimsoll

#include "gateway/upkeep.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/spawn.h"
#include "gateway/observe/log.h"

namespace plimsoll {
namespace {

constexpr std::chrono::seconds kEvery{1};
constexpr std::chrono::seconds kReconcileEvery{5};  // after the last pass
constexpr int kRenewTlsEvery = 10;  // of FollowStore's turns, as below
// Intents of pushes that are still on their way are younger than this.
constexpr absl::Duration kPushLasts = absl::Seconds(60);

// Once a minute, decisions are removed in small transactions.
constexpr int kRemoveEvery = 60;
constexpr int kRemovalsAtMost = 1000;
constexpr int64_t kRemovedAtOnce = 16;

}  // namespace

Task<Status> Upkeep::Begin() {
  CO_RETURN_IF_ERROR(co_await RefreshCatalog());
  if (parts_.snapshots.Get()->catalog->empty()) {
    LogError("catalog is empty",
             {{"effect", "no base can be verified or approved"},
              {"do", "plimsoll catalog add --approve NAME IMAGE"}});
  }
  co_return absl::OkStatus();
}

// Two that do not wait for each other: an upstream that is silent uses up its
// time for each question, and a denial must not wait for that.
Task<> Upkeep::Run() {
  const auto executor = co_await asio::this_coro::executor;
  Spawn(executor, "reconciliation", FollowUpstreams());
  co_await FollowStore();
}

Task<> Upkeep::FollowStore() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int i = 0;; ++i) {
    const Status followed = co_await RefreshCatalog();
    if (!followed.ok()) LogError("catalog", {{"error", followed.message()}});
    if (i % kRenewTlsEvery == 0) RenewTls();
    if (i % kRemoveEvery == 0) co_await RemoveExpired(absl::Now());
    timer.expires_after(kEvery);
    auto [error] =
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
}

Task<> Upkeep::FollowUpstreams() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  // At the start every intent is a leftover.
  const absl::Time started = absl::Now();
  for (bool first = true;; first = false) {
    try {
      co_await Reconcile(std::max(started, absl::Now() - kPushLasts));
    } catch (
        const std::exception& broken) {  // memory, and there is a next time
      LogError("reconcile", {{"error", broken.what()}});
    }
    if (first) {
      SayWhatStaysOpen();
      parts_.readiness.Start();
    }
    timer.expires_after(kReconcileEvery);
    auto [error] =
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
}

void Upkeep::RenewTls() {
  const absl::Time now = absl::Now();
  for (const auto& source : parts_.tls) source->RenewIfChanged(now);
  TellUpstreamExpiry(parts_.tls);
}

// A few at a time: pushes write in between. What is left comes the next time.
Task<> Upkeep::RemoveExpired(absl::Time now) {
  const Retention& kept = parts_.retention;
  Expiry expiry;
  const auto before = [now](absl::Duration time) {
    return time > absl::ZeroDuration() ? now - time : absl::InfinitePast();
  };
  expiry.admitted = before(kept.admitted);
  expiry.refused = before(kept.refused);
  expiry.absent = before(kept.absent);
  int64_t removed = 0;
  for (int i = 0; i < kRemovalsAtMost; ++i) {
    const StatusOr<int64_t> some =
        co_await parts_.store.RemoveExpired(expiry, size_t{kRemovedAtOnce});
    if (!some.ok()) {
      LogError("retention", {{"error", some.status().message()}});
      break;
    }
    removed += *some;
    if (*some < kRemovedAtOnce) break;
  }
  if (removed > 0) LogInfo("retention", {{"removed", absl::StrCat(removed)}});
}

Task<Status> Upkeep::RefreshCatalog() {
  const int64_t before = parts_.catalog.generation();
  CO_RETURN_IF_ERROR(co_await parts_.catalog.Refresh());
  if (parts_.catalog.generation() != before) {
    LogInfo("catalog",
            {{"generation", absl::StrCat(parts_.catalog.generation())},
             {"revision", parts_.snapshots.Get()->catalog->revision()}});
  }
  co_return absl::OkStatus();
}

void Upkeep::SayWhatStaysOpen() const {
  for (const auto& [upstream, count] : parts_.reconciler.elsewhere()) {
    LogError(
        "reconcile",
        {{"open", absl::StrCat(count)},
         {"upstream", upstream},
         {"error", "pushes to an upstream that is not configured stay open"},
         {"do", "serve it once more with this store, under that name"}});
  }
}

// Says what cannot be found out when it begins and when it ends.
Task<> Upkeep::Reconcile(absl::Time before) {
  const StatusOr<size_t> left = co_await parts_.reconciler.Run(before);
  if (!left.ok()) {
    LogError("reconcile", {{"error", left.status().message()}});
    co_return;
  }
  if (*left > 0 && unreconciled_ == 0) {
    LogError("reconcile",
             {{"open", absl::StrCat(*left)},
              {"error", "the upstream does not say what became of pushes"}});
  } else if (*left == 0 && unreconciled_ > 0) {
    LogInfo("reconcile", {{"open", "0"}});
  }
  unreconciled_ = *left;
}

}  // namespace plimsoll

#include "gateway/layers/tee.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace plimsoll {

bool TeePlaces::Take(const std::string& client) {
  const std::lock_guard lock(mutex_);
  if (taken_ >= all_) return false;
  int& has = of_client_[client];
  if (has >= std::max(1, all_ / 4)) return false;
  ++has;
  ++taken_;
  return true;
}

void TeePlaces::GiveBack(const std::string& client) {
  const std::lock_guard lock(mutex_);
  --taken_;
  const auto found = of_client_.find(client);
  if (--found->second == 0) of_client_.erase(found);
}

LayerTee::LayerTee(std::unique_ptr<LayerFeed> feed,
                   std::shared_ptr<KnownFailures> failures,
                   std::shared_ptr<TeePlaces> places, std::string client)
    : feed_(std::move(feed)),
      failures_(std::move(failures)),
      places_(std::move(places)),
      client_(std::move(client)) {}

LayerTee::~LayerTee() { places_->GiveBack(client_); }

Task<Status> LayerTee::Update(absl::string_view bytes, absl::Time deadline) {
  co_return co_await feed_->Update(bytes, deadline);
}

Task<StatusOr<LayerFacts>> LayerTee::Finish() {
  FedLayer fed = co_await feed_->Finish();
  failures_->Add(fed.stored, fed.facts.status(), absl::Now());
  co_return std::move(fed.facts);
}

}  // namespace plimsoll

#include "gateway/layers/tee.h"

#include <utility>

#include "absl/time/clock.h"

namespace plimsoll {

LayerTee::LayerTee(std::unique_ptr<LayerFeed> feed,
                   std::shared_ptr<KnownFailures> failures,
                   std::shared_ptr<std::atomic<int>> open)
    : feed_(std::move(feed)),
      failures_(std::move(failures)),
      open_(std::move(open)) {}

LayerTee::~LayerTee() { --*open_; }

Task<Status> LayerTee::Update(absl::string_view bytes) {
  co_return co_await feed_->Update(bytes);
}

Task<StatusOr<LayerFacts>> LayerTee::Finish() {
  FedLayer fed = co_await feed_->Finish();
  failures_->Add(fed.stored, fed.facts.status(), absl::Now());
  co_return std::move(fed.facts);
}

}  // namespace plimsoll

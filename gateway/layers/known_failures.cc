#include "gateway/layers/known_failures.h"

#include "gateway/observe/log.h"

namespace plimsoll {

void LogUnreadLayer(const Digest& layer, const Status& status) {
  LogError("layer is not read",
           {{"layer", layer.ToString()}, {"error", status.message()}});
}

void KnownFailures::Add(const Digest& layer, const Status& status,
                        absl::Time now) {
  if (!IsDefiniteFailure(status)) return;
  const std::lock_guard lock(mutex_);
  DropOldest(now);
  if (failures_.contains(layer)) return;
  failures_.emplace(layer, Failure{status, now + keep_});
  order_.push_back(layer);
}

Status KnownFailures::Find(const Digest& layer, absl::Time now) const {
  const std::lock_guard lock(mutex_);
  auto found = failures_.find(layer);
  bool is_known = found != failures_.end() && now < found->second.until;
  return is_known ? found->second.status : absl::OkStatus();
}

void KnownFailures::DropOldest(absl::Time now) {
  while (!order_.empty() && (order_.size() >= kMaxKnownFailures ||
                             failures_.at(order_.front()).until <= now)) {
    failures_.erase(order_.front());
    order_.pop_front();
  }
}

}  // namespace plimsoll

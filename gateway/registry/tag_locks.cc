#include "gateway/registry/tag_locks.h"

#include <algorithm>

namespace plimsoll {

TagLocks::Held::~Held() {
  for (const std::string& key : keys_) locks_->Release(key);
}

Task<StatusOr<TagLocks::Held>> TagLocks::Take(std::vector<std::string> keys,
                                              absl::Time deadline) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (co_await TakeOne(keys[i], deadline)) continue;
    keys.resize(i);
    const Held those_before(this, std::move(keys));
    co_return absl::DeadlineExceededError("the tag is not free in time");
  }
  co_return Held(this, std::move(keys));
}

Task<bool> TagLocks::TakeOne(std::string key, absl::Time deadline) {
  auto turn = std::make_shared<Turn>();
  {
    const std::lock_guard lock(mutex_);
    const auto [entry, free] = taken_.try_emplace(key);
    if (free) co_return true;
    entry->second.push_back(turn);
  }
  (void)co_await turn->latch.Wait(deadline);
  co_return Settle(key, std::move(turn));
}

bool TagLocks::Settle(const std::string& key, std::shared_ptr<Turn> turn) {
  const std::lock_guard lock(mutex_);
  if (turn->has_come) return true;
  turn.reset();
  const auto entry = taken_.find(key);
  std::erase_if(entry->second, [](const auto& one) { return one.expired(); });
  return false;
}

// Hands the key to the next in line, which then has it.
void TagLocks::Release(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto entry = taken_.find(key);
  std::deque<std::weak_ptr<Turn>>& line = entry->second;
  while (!line.empty()) {
    const std::shared_ptr<Turn> next = line.front().lock();
    line.pop_front();
    if (next == nullptr) continue;
    next->has_come = true;
    next->latch.Set();
    return;
  }
  taken_.erase(entry);
}

}  // namespace plimsoll

#include "gateway/registry/tag_locks.h"

#include <algorithm>

namespace plimsoll {

TagLocks::Held::~Held() {
  for (const std::string& key : keys_) locks_->Release(key);
}

Task<TagLocks::Held> TagLocks::Take(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const std::string& key : keys) co_await TakeOne(key);
  co_return Held(this, std::move(keys));
}

Task<> TagLocks::TakeOne(std::string key) {
  const auto executor = co_await asio::this_coro::executor;
  const auto turn = std::make_shared<Event>(executor);
  {
    const std::lock_guard lock(mutex_);
    const auto [entry, free] = taken_.try_emplace(std::move(key));
    if (free) co_return;
    const Waiter waiter{executor, turn};
    entry->second.push_back(waiter);
  }
  co_await turn->Wait();
}

// Hands the key to the next in line, which then has it.
void TagLocks::Release(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto entry = taken_.find(key);
  std::deque<Waiter>& line = entry->second;
  while (!line.empty()) {
    const Waiter next = std::move(line.front());
    line.pop_front();
    const std::shared_ptr<Event> turn = next.turn.lock();
    if (turn == nullptr) continue;
    asio::post(next.executor, [turn] { turn->Set(); });
    return;
  }
  taken_.erase(entry);
}

}  // namespace plimsoll

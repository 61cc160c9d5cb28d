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
    entry->second.push_back(
        [turn, executor] { asio::post(executor, [turn] { turn->Set(); }); });
  }
  co_await turn->Wait();
}

// Hands the key to the next in line, which then has it.
void TagLocks::Release(const std::string& key) {
  std::function<void()> next;
  {
    const std::lock_guard lock(mutex_);
    const auto entry = taken_.find(key);
    if (entry->second.empty()) {
      taken_.erase(entry);
      return;
    }
    next = std::move(entry->second.front());
    entry->second.pop_front();
  }
  next();
}

}  // namespace plimsoll

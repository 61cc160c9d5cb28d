// Serialises what is done to one tag across all loops, in the order of asking.
// Safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_TAG_LOCKS_H_
#define PLIMSOLL_GATEWAY_REGISTRY_TAG_LOCKS_H_

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "gateway/task.h"

namespace plimsoll {

class TagLocks {
 public:
  // Held until it is destroyed. Movable.
  class Held {
   public:
    Held() = default;
    Held(TagLocks* locks, std::vector<std::string> keys)
        : locks_(locks), keys_(std::move(keys)) {}
    Held(Held&& other) noexcept { Swap(other); }
    Held& operator=(Held&& other) noexcept {
      Held moved(std::move(other));
      Swap(moved);
      return *this;
    }
    ~Held();

   private:
    void Swap(Held& other) {
      std::swap(locks_, other.locks_);
      std::swap(keys_, other.keys_);
    }
    TagLocks* locks_ = nullptr;
    std::vector<std::string> keys_;
  };

  // Waits until all of `keys` ("upstream repository:tag") are free and takes
  // them. They are taken in sorted order, so that two askers never wait for
  // each other.
  Task<Held> Take(std::vector<std::string> keys);

 private:
  friend class Held;
  // Waits for its turn; gone where its loop has ended.
  struct Waiter {
    asio::any_io_executor executor;
    std::weak_ptr<Event> turn;
  };
  Task<> TakeOne(std::string key);
  void Release(const std::string& key);

  std::mutex mutex_;
  // A key that is taken, and who waits for it.
  absl::flat_hash_map<std::string, std::deque<Waiter>> taken_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_TAG_LOCKS_H_

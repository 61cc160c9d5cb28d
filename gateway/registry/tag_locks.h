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
#include "absl/time/time.h"
#include "gateway/latch.h"
#include "gateway/task.h"
#include "policy/status.h"

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
  // them; DeadlineExceeded, and none taken, where that is not by `deadline`.
  // They are taken in sorted order, so that two askers never wait for each
  // other.
  Task<StatusOr<Held>> Take(std::vector<std::string> keys, absl::Time deadline);

 private:
  friend class Held;
  struct Turn {
    Latch latch;
    bool has_come = false;  // guarded by mutex_
  };
  // Whether it is taken.
  Task<bool> TakeOne(std::string key, absl::Time deadline);
  void Release(const std::string& key);
  // Whether `turn` came. It may just have, though its time was up.
  bool Settle(const std::string& key, std::shared_ptr<Turn> turn);

  std::mutex mutex_;
  // A key that is taken, and the turns of who waits for it, in the order of
  // asking; gone where nobody waits any more.
  absl::flat_hash_map<std::string, std::deque<std::weak_ptr<Turn>>> taken_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_TAG_LOCKS_H_

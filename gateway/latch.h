// Latch: set once, awaited by any number of coroutines on any loops, each up to
// a deadline of its own. Safe from any thread. Must outlive its waiters, and
// their loops must outlive Set.
#ifndef PLIMSOLL_GATEWAY_LATCH_H_
#define PLIMSOLL_GATEWAY_LATCH_H_

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/time/time.h"
#include "gateway/task.h"

namespace plimsoll {

class Latch {
 public:
  void Set();
  // Whether it is set: at once where it is, at the deadline where it is not.
  Task<bool> Wait(absl::Time deadline);

 private:
  using Waiter = std::shared_ptr<asio::steady_timer>;
  class Membership;
  // False where there is nothing left to wait for.
  bool Enter(const Waiter& waiter);
  void Leave(const Waiter& waiter);
  bool is_set() const;

  mutable std::mutex mutex_;  // guards what follows
  bool is_set_ = false;
  std::vector<Waiter> waiters_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LATCH_H_

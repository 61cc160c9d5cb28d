#include "gateway/latch.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>

#include "absl/time/clock.h"

namespace plimsoll {
namespace {

// Timers cannot hold an infinite time; whoever waits longer asks again.
constexpr absl::Duration kLongestWait = absl::Hours(24);

}  // namespace

// Leaves the latch however the wait ends, cancellation included.
class Latch::Membership {
 public:
  Membership(Latch& latch, Waiter waiter)
      : latch_(latch), waiter_(std::move(waiter)) {}
  ~Membership() { latch_.Leave(waiter_); }
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;

 private:
  Latch& latch_;
  const Waiter waiter_;
};

bool Latch::Enter(const Waiter& waiter) {
  const std::lock_guard lock(mutex_);
  if (!is_set_) waiters_.push_back(waiter);
  return !is_set_;
}

void Latch::Leave(const Waiter& waiter) {
  const std::lock_guard lock(mutex_);
  std::erase(waiters_, waiter);
}

bool Latch::is_set() const {
  const std::lock_guard lock(mutex_);
  return is_set_;
}

void Latch::Set() {
  const std::lock_guard lock(mutex_);
  is_set_ = true;
  // A timer belongs to its loop's thread, where it is also let go of: once its
  // waiter has left, that loop may end. Setting its time, unlike cancelling,
  // also ends a wait that has yet to begin.
  for (Waiter& waiter : waiters_) {
    const asio::any_io_executor executor = waiter->get_executor();
    asio::post(executor, [waiter = std::move(waiter)] {
      waiter->expires_at(asio::steady_timer::time_point::min());
    });
  }
  waiters_.clear();
}

Task<bool> Latch::Wait(absl::Time deadline) {
  absl::Duration patience =
      std::clamp(deadline - absl::Now(), absl::ZeroDuration(), kLongestWait);
  auto waiter = std::make_shared<asio::steady_timer>(
      co_await asio::this_coro::executor, absl::ToChronoNanoseconds(patience));
  if (!Enter(waiter)) co_return true;
  Membership membership(*this, waiter);
  co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
  co_return is_set();
}

}  // namespace plimsoll

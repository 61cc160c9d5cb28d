// Loop: one thread's event loop with what is shared by the connections on it.
// Everything on a loop is single-threaded: no locks. Other threads reach it by
// asio::post on executor() only.
#ifndef PLIMSOLL_GATEWAY_HTTP_LOOP_H_
#define PLIMSOLL_GATEWAY_HTTP_LOOP_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <optional>

#include "gateway/task.h"

namespace plimsoll {

using SteadyTime = std::chrono::steady_clock::time_point;

// Something that is ended when its time is up. Links itself into a loop's list
// for as long as it lives.
class Expiring {
 public:
  explicit Expiring(class DeadlineList& list);
  virtual ~Expiring();
  Expiring(const Expiring&) = delete;
  Expiring& operator=(const Expiring&) = delete;

  // The latest time by which the work under way must end; SteadyTime::max()
  // for never. Checked every DeadlineList::kTick.
  void ExpireAt(SteadyTime when) { when_ = when; }
  void ExpireAfter(std::chrono::steady_clock::duration delay);

 protected:
  // Called once when the time is up, on the loop; `when` is then never again.
  virtual void OnExpired() = 0;

 private:
  friend class DeadlineList;
  DeadlineList& list_;
  SteadyTime when_ = SteadyTime::max();
  Expiring* previous_ = nullptr;
  Expiring* next_ = nullptr;
};

// A loop's deadlines. One coarse timer walks them all: setting a deadline is a
// store, which is what a relay does for every block it moves.
class DeadlineList {
 public:
  static constexpr std::chrono::milliseconds kTick{250};

  // Walks the list every tick, on `io`, until Stop().
  void Start(asio::io_context& io);
  void Stop();
  size_t size() const { return size_; }

 private:
  friend class Expiring;
  void Arm();
  void Sweep();

  std::optional<asio::steady_timer> timer_;
  Expiring* head_ = nullptr;
  Expiring* cursor_ = nullptr;  // next to visit; kept valid by ~Expiring
  size_t size_ = 0;
};

class Loop {
 public:
  Loop() : io_(1) {}
  ~Loop() { deadlines_.Stop(); }

  void StartDeadlines() { deadlines_.Start(io_); }
  asio::io_context& io() { return io_; }
  asio::io_context::executor_type executor() { return io_.get_executor(); }
  DeadlineList& deadlines() { return deadlines_; }

 private:
  DeadlineList deadlines_;
  // Ends first: coroutines that it still holds unlink from the deadlines.
  asio::io_context io_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_LOOP_H_

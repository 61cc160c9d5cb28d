// Coroutines of the shell. A Task starts when it is awaited and runs on the
// executor of its awaiter. Debian's g++ 12 destroys some temporaries twice in
// an expression with co_await: hoist closures and aggregates into named locals
// first (scripts/lint checks; docs/adr/0004).
#ifndef PLIMSOLL_GATEWAY_TASK_H_
#define PLIMSOLL_GATEWAY_TASK_H_

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "policy/status.h"

namespace plimsoll {

namespace asio = boost::asio;

template <typename T = void>
using Task = asio::awaitable<T>;

// Runs `work` on `executor` (a thread pool's, say) and resumes the awaiter on
// its own executor with the result. `work` must not throw.
template <typename T>
Task<T> RunOn(asio::any_io_executor executor, std::function<T()> work) {
  auto initiate = [executor, &work](auto handler) mutable {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto home = asio::get_associated_executor(*shared);
    // Keeps the awaiter's loop alive while the work is elsewhere.
    auto guard = asio::prefer(home, asio::execution::outstanding_work.tracked);
    asio::post(executor, [shared, guard, work = std::move(work)]() mutable {
      auto result = std::make_shared<T>(work());
      asio::post(guard, [shared, result]() mutable {
        std::move (*shared)(std::move(*result));
      });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&,
                                          void(T)>(initiate,
                                                   asio::use_awaitable);
}

// Set once; any number of coroutines of one loop wait for it.
class Event {
 public:
  explicit Event(asio::any_io_executor executor);
  void Set();
  bool is_set() const { return set_; }
  // Returns once it is set; at once where it already is.
  Task<> Wait();

 private:
  asio::steady_timer timer_;
  bool set_ = false;
};

// Runs all tasks at once on the awaiter's executor; returns when each has
// ended.
Task<> JoinAll(std::vector<Task<>> tasks);

// Runs `task` to its end on a loop of its own: for the command line and tests.
void RunLoop(std::function<Task<>()> task);
template <typename T>
T RunBlocking(std::function<Task<T>()> task) {
  std::optional<T> result;
  RunLoop([&]() -> Task<> { result.emplace(co_await task()); });
  return *std::move(result);
}

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_TASK_H_

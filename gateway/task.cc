#include "gateway/task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>

namespace plimsoll {

Event::Event(asio::any_io_executor executor)
    : timer_(std::move(executor), asio::steady_timer::time_point::max()) {}

void Event::Set() {
  set_ = true;
  timer_.cancel();
}

Task<> Event::Wait() {
  while (!set_) {
    co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

Task<> JoinAll(std::vector<Task<>> tasks) {
  if (tasks.empty()) co_return;
  const auto executor = co_await asio::this_coro::executor;
  Event done(executor);
  size_t left = tasks.size();
  for (Task<>& task : tasks) {
    asio::co_spawn(executor, std::move(task),
                   [&done, &left](std::exception_ptr error) {
                     if (error) std::terminate();  // tasks do not throw
                     if (--left == 0) done.Set();
                   });
  }
  co_await done.Wait();
}

void RunLoop(std::function<Task<>()> task) {
  asio::io_context loop(1);
  asio::co_spawn(loop, task(), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  loop.run();
}

}  // namespace plimsoll

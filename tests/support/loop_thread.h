// LoopThread: a Loop that runs on a thread of its own with its deadlines, for
// tests of what lives on one. What was made on the loop is torn down between
// Stop() and destruction, which then ends the coroutines that are suspended.
#ifndef PLIMSOLL_TESTS_SUPPORT_LOOP_THREAD_H_
#define PLIMSOLL_TESTS_SUPPORT_LOOP_THREAD_H_

#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include "gateway/http/loop.h"
#include "gateway/task.h"

namespace plimsoll {

class LoopThread {
 public:
  LoopThread() : work_(asio::make_work_guard(loop_.io())) {
    loop_.StartDeadlines();
    thread_ = std::thread([this] { loop_.io().run(); });
  }
  ~LoopThread() { Stop(); }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  Loop& loop() { return loop_; }

  // Runs nothing more.
  void Stop() {
    loop_.io().stop();
    if (thread_.joinable()) thread_.join();
  }

  // Does `work` on the loop and waits for it.
  void Do(const std::function<void()>& work) {
    std::promise<void> done;
    asio::post(loop_.executor(), [&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Runs `task` on the loop and waits for its result.
  template <typename T>
  T Wait(const std::function<Task<T>()>& task) {
    std::promise<T> result;
    asio::co_spawn(loop_.executor(), task,
                   [&result](std::exception_ptr error, T value) {
                     if (error) std::terminate();  // tasks do not throw
                     result.set_value(std::move(value));
                   });
    return result.get_future().get();
  }

 private:
  Loop loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_LOOP_THREAD_H_

// Waits for a task, on a loop of its own: Wait(store.FindDecision("a")); for
// what another thread brings about and tells nobody: Eventually([&] { ... }).
#ifndef PLIMSOLL_TESTS_SUPPORT_WAIT_H_
#define PLIMSOLL_TESTS_SUPPORT_WAIT_H_

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "gateway/task.h"

namespace plimsoll {

template <typename T>
T Wait(Task<T> task) {
  std::optional<T> result;
  auto keep = [&result](std::exception_ptr error, T value) {
    if (error) std::rethrow_exception(error);
    result.emplace(std::move(value));
  };
  asio::io_context loop(1);
  asio::co_spawn(loop, std::move(task), keep);
  loop.run();
  return *std::move(result);
}

// Whether `holds` within 20 s; ends as soon as it does.
template <typename Predicate>
bool Eventually(const Predicate& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_WAIT_H_

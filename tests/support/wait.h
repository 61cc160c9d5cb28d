// Waits for a task, on a loop of its own: Wait(store.FindDecision("a")).
#ifndef PLIMSOLL_TESTS_SUPPORT_WAIT_H_
#define PLIMSOLL_TESTS_SUPPORT_WAIT_H_

#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
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

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_WAIT_H_

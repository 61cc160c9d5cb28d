// Guarded<T>: a value that a test changes while a server's thread reads it.
#ifndef PLIMSOLL_TESTS_SUPPORT_GUARDED_H_
#define PLIMSOLL_TESTS_SUPPORT_GUARDED_H_

#include <mutex>
#include <utility>

namespace plimsoll {

template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  void Set(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
  }
  T Get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  T value_ = {};
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_GUARDED_H_

// Guarded<T>: a value that a test changes while a server's thread reads it.
#ifndef PLIMSOLL_TESTS_SUPPORT_GUARDED_H_
#define PLIMSOLL_TESTS_SUPPORT_GUARDED_H_

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace plimsoll {

template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  void Set(T value) {
    absl::MutexLock lock(&mutex_);
    value_ = std::move(value);
  }
  T Get() const {
    absl::MutexLock lock(&mutex_);
    return value_;
  }

 private:
  mutable absl::Mutex mutex_;
  T value_ ABSL_GUARDED_BY(mutex_) = {};
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_GUARDED_H_

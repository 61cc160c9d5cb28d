#include "gateway/store/read_pool.h"

#include "absl/strings/str_cat.h"

namespace plimsoll {

ReadPool::ReadPool(Opener open, size_t threads, size_t max_waiting)
    : open_(std::move(open)), max_waiting_(max_waiting), threads_(threads) {}

ReadPool::~ReadPool() { Close(); }

void ReadPool::Close() {
  closed_.store(true);
  threads_.join();
}

Status ReadPool::Admit() {
  if (closed_.load()) return absl::UnavailableError("store is closed");
  size_t before = waiting_.fetch_add(1);
  if (before < max_waiting_) return absl::OkStatus();
  waiting_.fetch_sub(1);
  return absl::UnavailableError(
      absl::StrCat("store is overloaded: ", before, " reads wait"));
}

StatusOr<ReadPool::Lease> ReadPool::Take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Lease lease = std::move(idle_.back());
      idle_.pop_back();
      return lease;
    }
  }
  return open_();
}

void ReadPool::Return(Lease lease) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(lease));
}

}  // namespace plimsoll

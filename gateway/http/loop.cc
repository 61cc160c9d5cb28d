#include "gateway/http/loop.h"

namespace plimsoll {

Expiring::Expiring(DeadlineList& list) : list_(list), next_(list.head_) {
  if (next_ != nullptr) next_->previous_ = this;
  list_.head_ = this;
  ++list_.size_;
}

Expiring::~Expiring() {
  if (list_.cursor_ == this) list_.cursor_ = next_;
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    list_.head_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
  --list_.size_;
}

void Expiring::ExpireAfter(std::chrono::steady_clock::duration delay) {
  when_ = std::chrono::steady_clock::now() + delay;
}

void DeadlineList::Start(asio::io_context& io) {
  timer_.emplace(io);
  Arm();
}

void DeadlineList::Stop() { timer_.reset(); }

void DeadlineList::Arm() {
  timer_->expires_after(kTick);
  timer_->async_wait([this](const boost::system::error_code& error) {
    if (error || !timer_) return;
    Sweep();
    Arm();
  });
}

void DeadlineList::Sweep() {
  const SteadyTime now = std::chrono::steady_clock::now();
  cursor_ = head_;
  while (cursor_ != nullptr) {
    Expiring* visited = cursor_;
    cursor_ = visited->next_;
    if (visited->when_ > now) continue;
    visited->when_ = SteadyTime::max();
    visited->OnExpired();
  }
}

}  // namespace plimsoll

#include "gateway/admission/held_bytes.h"

#include "gateway/observe/metrics.h"

// tcmalloc's, where the program has it (docs/adr/0015): what is free goes back
// to the system.
extern "C" __attribute__((weak)) void MallocExtension_ReleaseFreeMemory();

namespace plimsoll {
namespace {

// Manifests by the hundred leave holes that an allocator keeps: of each so many
// bytes that were held, what is left goes back.
constexpr int64_t kReturnAfter = 32 << 20;

void ReturnFreeMemory() {
  if (MallocExtension_ReleaseFreeMemory != nullptr) {
    MallocExtension_ReleaseFreeMemory();
  }
}

}  // namespace

void HeldBytes::Charge::GiveBack() {
  if (bytes_ > 0) held_.GiveBack(holder_, anonymous_, bytes_);
  bytes_ = 0;
}

Status HeldBytes::Charge::Grow(int64_t bytes) {
  if (bytes <= 0) return absl::OkStatus();
  if (!held_.Take(holder_, anonymous_, bytes)) {
    return absl::InternalError(  // 503: the upstream is not to blame
        "overloaded, push again: too many manifests are held at once");
  }
  bytes_ += bytes;
  return absl::OkStatus();
}

int64_t HeldBytes::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

Task<> HeldBytes::AwaitRoom(absl::Time deadline) {
  std::shared_ptr<Latch> room;
  {
    const std::lock_guard lock(mutex_);
    room = room_;
  }
  if (room != nullptr) (void)co_await room->Wait(deadline);
}

bool HeldBytes::Take(const std::string& holder, bool anonymous, int64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = holders_.find(holder);
  const int64_t has = found == holders_.end() ? 0 : found->second;
  const bool full = bytes > limits_.all - held_;
  const bool over_share = bytes > limits_.holder - has ||
                          (anonymous && bytes > limits_.anonymous - anonymous_);
  if (full || over_share) {
    metrics::shed.Add({full ? "memory" : "memory_share"});
    return false;
  }
  held_ += bytes;
  holders_[holder] = has + bytes;
  if (anonymous) anonymous_ += bytes;
  if (crowded() && room_ == nullptr) room_ = std::make_shared<Latch>();
  metrics::held_bytes.Add(static_cast<double>(bytes));
  return true;
}

void HeldBytes::GiveBack(const std::string& holder, bool anonymous,
                         int64_t bytes) {
  if (Settle(holder, anonymous, bytes)) ReturnFreeMemory();
}

// Whether enough was given back since this was last true.
bool HeldBytes::Settle(const std::string& holder, bool anonymous,
                       int64_t bytes) {
  const std::lock_guard lock(mutex_);
  held_ -= bytes;
  metrics::held_bytes.Add(-static_cast<double>(bytes));
  if (anonymous) anonymous_ -= bytes;
  const auto found = holders_.find(holder);
  found->second -= bytes;
  if (found->second == 0) holders_.erase(found);
  if (!crowded() && room_ != nullptr) {
    room_->Set();
    room_ = nullptr;
  }
  given_back_ += bytes;
  if (given_back_ < kReturnAfter) return false;
  given_back_ = 0;
  return true;
}

}  // namespace plimsoll

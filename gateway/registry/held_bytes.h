// HeldBytes: a bound on the memory of all manifests that are held at once. They
// are held before anybody is authorised. Safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_HELD_BYTES_H_
#define PLIMSOLL_GATEWAY_REGISTRY_HELD_BYTES_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

namespace plimsoll {

class HeldBytes {
 public:
  static constexpr int64_t kMax = int64_t{512} << 20;

  // Gives its bytes back when it ends. Movable.
  class Charge {
   public:
    Charge(std::atomic<int64_t>& held, int64_t bytes)
        : held_(&held), bytes_(bytes) {}
    Charge(Charge&& other) noexcept
        : held_(other.held_), bytes_(std::exchange(other.bytes_, 0)) {}
    Charge& operator=(Charge&& other) noexcept {
      std::swap(held_, other.held_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Charge() { held_->fetch_sub(bytes_); }

   private:
    std::atomic<int64_t>* held_;
    int64_t bytes_;
  };

  explicit HeldBytes(int64_t max = kMax) : max_(max) {}

  // nullopt where there is no room.
  std::optional<Charge> Take(int64_t bytes) {
    Charge charge(held_, bytes);
    if (held_.fetch_add(bytes) + bytes > max_) return std::nullopt;
    return charge;
  }

 private:
  const int64_t max_;
  std::atomic<int64_t> held_{0};
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_HELD_BYTES_H_

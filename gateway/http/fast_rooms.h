// FastRooms: who may have a larger buffer. The more of a body moves at once the
// less each byte costs, but memory is everybody's: so many bodies have it at
// once. Safe for concurrent use from any loop; outlives its rooms.
#ifndef PLIMSOLL_GATEWAY_HTTP_FAST_ROOMS_H_
#define PLIMSOLL_GATEWAY_HTTP_FAST_ROOMS_H_

#include <atomic>
#include <cstddef>

namespace plimsoll {

class FastRooms {
 public:
  static constexpr size_t kRoomBytes = 2 << 20;
  static constexpr int kRooms = 64;

  // One body's, or none where all are taken. Gives it back when it ends.
  class Room {
   public:
    explicit Room(FastRooms& rooms)
        : rooms_(rooms), had_(rooms.taken_.fetch_add(1) < rooms.limit_) {
      if (!had_) rooms_.taken_.fetch_sub(1);
    }
    ~Room() {
      if (had_) rooms_.taken_.fetch_sub(1);
    }
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    bool had() const { return had_; }

   private:
    FastRooms& rooms_;
    const bool had_;
  };

  explicit FastRooms(int limit = kRooms) : limit_(limit) {}

 private:
  const int limit_;
  std::atomic<int> taken_{0};
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_FAST_ROOMS_H_

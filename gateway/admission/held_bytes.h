// HeldBytes: a bound on the memory of all documents that are held at once:
// manifests before anybody is authorised, and what is read to judge them. Each
// charge is of one holder, who may have a share only, and charges without a
// credential share one small part. Safe for concurrent use; outlives its
// charges.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_HELD_BYTES_H_
#define PLIMSOLL_GATEWAY_ADMISSION_HELD_BYTES_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "gateway/latch.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class HeldBytes {
 public:
  // Half of what the process is to stay under, whatever is pushed (facts:
  // security, section 4.4): connections and the allocator have the rest.
  static constexpr int64_t kMax = int64_t{256} << 20;

  struct Limits {
    int64_t all = kMax;
    int64_t holder = kMax / 4;     // of one address, or of one credential
    int64_t anonymous = kMax / 8;  // of all that carry no credential
  };

  // What one holder has; starts with nothing and gives all of it back when it
  // ends. Used by one coroutine at a time.
  class Charge {
   public:
    Charge(HeldBytes& held, std::string holder, bool anonymous)
        : held_(held), holder_(std::move(holder)), anonymous_(anonymous) {}
    ~Charge() { GiveBack(); }
    Charge(const Charge&) = delete;
    Charge& operator=(const Charge&) = delete;

    // Internal, and nothing is taken, where there is no room.
    Status Grow(int64_t bytes);
    // All of it, before the charge ends.
    void GiveBack();

   private:
    HeldBytes& held_;
    const std::string holder_;
    const bool anonymous_;
    int64_t bytes_ = 0;
  };

  HeldBytes() : limits_() {}
  explicit HeldBytes(Limits limits) : limits_(limits) {}

  int64_t held() const;  // by all, now
  // Returns once a quarter is free, or at `deadline`. Those that wait here,
  // with bodies that they have not begun to read, leave the rest to those that
  // have.
  Task<> AwaitRoom(absl::Time deadline);

 private:
  bool crowded() const { return held_ > limits_.all / 4 * 3; }
  bool Take(const std::string& holder, bool anonymous, int64_t bytes);
  void GiveBack(const std::string& holder, bool anonymous, int64_t bytes);
  bool Settle(const std::string& holder, bool anonymous, int64_t bytes);

  const Limits limits_;
  mutable std::mutex mutex_;  // guards what follows
  int64_t held_ = 0;
  int64_t given_back_ = 0;  // since free memory was last returned
  int64_t anonymous_ = 0;
  absl::flat_hash_map<std::string, int64_t> holders_;
  std::shared_ptr<Latch> room_;  // set once there is; null where there is
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_HELD_BYTES_H_

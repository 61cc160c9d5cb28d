// DecisionTurns: how many decisions on pushes run at once, and how many pushes
// may be on their way to one. A push enters before its body is read and waits
// for its turn once it is whole, so that a slow client keeps nobody from
// deciding. One holder (an address) has half of the turns and places, and so
// have all pushes without a credential, of whom one holder has half again: the
// others' pushes pass those that wait for their share. Safe for concurrent use
// from any loop; outlives its turns.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_DECISION_TURNS_H_
#define PLIMSOLL_GATEWAY_ADMISSION_DECISION_TURNS_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/latch.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class DecisionTurns {
 public:
  struct Limits {
    size_t running = 256;
    size_t waiting = 1024;  // beside those that run
  };

  // One push. Gives back what it has when it ends. Used by one coroutine.
  class Turn {
   public:
    Turn(DecisionTurns& turns, std::string holder, bool anonymous)
        : turns_(turns), holder_(std::move(holder)), anonymous_(anonymous) {}
    ~Turn() { End(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    // A place among those that run or wait. Internal where there is none.
    Status Enter();
    // Returns OK once the decision may run; Internal where that is not by
    // `deadline`. REQUIRES: entered.
    Task<Status> Wait(absl::Time deadline);
    // The decision has been made, or will not be.
    void End();

   private:
    friend class DecisionTurns;
    enum class State { kOutside, kEntered, kWaiting, kRunning };

    DecisionTurns& turns_;
    const std::string holder_;
    const bool anonymous_;
    State state_ = State::kOutside;  // guarded by the turns' mutex
    std::shared_ptr<Latch> latch_;   // set when it may run
  };

  DecisionTurns() : limits_() {}
  explicit DecisionTurns(Limits limits) : limits_(limits) {}

 private:
  // Of all, of a holder, or of those without a credential.
  struct Count {
    size_t places = 0;
    size_t running = 0;
  };
  size_t all_places() const { return limits_.running + limits_.waiting; }
  // What there is too little of for `turn` to enter, as metrics::shed calls it;
  // nothing where there is room.
  absl::string_view WhatLacks(const Turn& turn) const;
  bool MayRun(const Turn& turn) const;
  // Of all whom `turn` counts for.
  void Change(const Turn& turn, void (*change)(Count&));
  void Run(Turn& turn);
  void RunWhoMay();

  const Limits limits_;
  std::mutex mutex_;  // guards what follows
  Count all_;
  Count anonymous_;
  absl::flat_hash_map<std::string, Count> holders_;
  std::list<Turn*> waiting_;  // in the order of asking
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_DECISION_TURNS_H_

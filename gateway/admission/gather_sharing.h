// Lets repeats of the same push share one gathering: clients send a manifest
// again after an error, and some send it several times at once. Safe for
// concurrent use from any loop.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_GATHER_SHARING_H_
#define PLIMSOLL_GATEWAY_ADMISSION_GATHER_SHARING_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "gateway/admission/gather.h"
#include "gateway/task.h"

namespace plimsoll {

class GatherSharing {
 public:
  using Gathering = std::function<Task<StatusOr<Gathered>>()>;

  // What `gather` gives, or what another call with the same key that is still
  // under way gives. `key` must name all that the result depends on, the
  // credential included. Whoever waits for another gathers alone where that
  // one was broken off, and at `deadline`.
  Task<StatusOr<Gathered>> Share(std::string key, absl::Time deadline,
                                 Gathering gather);

 private:
  struct Flight;
  class Lead;
  // The flight under `key`, which is the caller's own where it made it.
  std::shared_ptr<Flight> Join(const std::string& key, bool& own);
  void End(const std::string& key);

  std::mutex mutex_;  // guards what follows
  absl::flat_hash_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_GATHER_SHARING_H_

// FairQueue: decides which waiting job runs next, within bounds. The client
// with the fewest running jobs goes first, then the job that waited longest, so
// that nobody's large push starves another's. Not for concurrent use.
#ifndef PLIMSOLL_GATEWAY_LAYERS_FAIR_QUEUE_H_
#define PLIMSOLL_GATEWAY_LAYERS_FAIR_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "policy/status.h"

namespace plimsoll {

struct QueueLimits {
  size_t running = 8;
  size_t waiting = 1024;
  size_t per_client = 256;  // running and waiting
};

template <typename Job>
class FairQueue {
 public:
  explicit FairQueue(const QueueLimits& limits) : limits_(limits) {}

  // Unavailable where there is no room.
  Status Add(const std::string& client, Job job) {
    if (waiting_.size() >= limits_.waiting) {
      return absl::UnavailableError("too many layers wait to be inspected");
    }
    Load& load = loads_[client];
    if (load.waiting + load.running >= limits_.per_client) {
      return absl::UnavailableError(
          "too many layers of this client wait to be inspected");
    }
    ++load.waiting;
    waiting_.emplace_back(client, std::move(job));
    return absl::OkStatus();
  }

  // The next job to run; nullopt where none may.
  std::optional<Job> Next() {
    if (waiting_.empty() || running_ >= limits_.running) return std::nullopt;
    auto next = std::min_element(waiting_.begin(), waiting_.end(),
                                 [this](const Entry& a, const Entry& b) {
                                   return loads_[a.first].running <
                                          loads_[b.first].running;
                                 });
    Load& load = loads_[next->first];
    --load.waiting;
    ++load.running;
    ++running_;
    Job job = std::move(next->second);
    waiting_.erase(next);
    return job;
  }

  // A job that ran has ended.
  void Done(const std::string& client) {
    auto load = loads_.find(client);
    --load->second.running;
    --running_;
    if (load->second.running + load->second.waiting == 0) loads_.erase(load);
  }

  // Takes every waiting job out.
  std::vector<Job> Clear() {
    std::vector<Job> jobs;
    for (Entry& entry : waiting_) jobs.push_back(std::move(entry.second));
    waiting_.clear();
    for (auto& load : loads_) load.second.waiting = 0;
    absl::erase_if(loads_, [](const auto& l) { return l.second.running == 0; });
    return jobs;
  }

  size_t running() const { return running_; }

 private:
  using Entry = std::pair<std::string, Job>;
  struct Load {
    size_t waiting = 0;
    size_t running = 0;
  };

  const QueueLimits limits_;
  std::list<Entry> waiting_;  // oldest first
  absl::flat_hash_map<std::string, Load> loads_;
  size_t running_ = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_FAIR_QUEUE_H_

// UpstreamHealth: says in the log when an upstream begins to fail the pushes
// and pulls that go to it, and when it answers again; nothing in between,
// however many requests meet it, unless what an operator should look at
// changes. One for each upstream; safe from any loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_HEALTH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_HEALTH_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "policy/status.h"

namespace plimsoll {

class UpstreamHealth {
 public:
  // It answers again once it has failed nothing for so long: one that fails
  // every other request is not two lines for each.
  static constexpr absl::Duration kQuiet = absl::Seconds(10);

  explicit UpstreamHealth(std::string name,
                          std::function<absl::Time()> clock = absl::Now)
      : name_(std::move(name)), clock_(std::move(clock)) {}

  // A request failed. Only Unavailable is the upstream's fault.
  void Failed(const Status& status);
  // It gave an answer with this HTTP status. A 5xx is neither.
  void Answered(int status);

 private:
  const std::string name_;
  const std::function<absl::Time()> clock_;
  std::atomic<bool> failing_{false};  // written under the mutex
  std::mutex mutex_;                  // guards what follows
  std::string advice_;
  absl::Time said_at_;
  absl::Time since_;
  absl::Time last_failure_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_UPSTREAM_HEALTH_H_

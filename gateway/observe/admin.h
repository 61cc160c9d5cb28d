// The admin address: /livez, /readyz and /metrics. Never on the data path.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_ADMIN_H_
#define PLIMSOLL_GATEWAY_OBSERVE_ADMIN_H_

#include <atomic>
#include <functional>
#include <string>

#include "gateway/http/exchange.h"
#include "gateway/task.h"

namespace plimsoll {

// Whether to send traffic here: from when the process has started until it
// drains, and never again. Safe for concurrent use.
class Readiness {
 public:
  void Start() {
    State starting = State::kStarting;
    state_.compare_exchange_strong(starting, State::kReady);
  }
  void Drain() { state_ = State::kDraining; }
  bool ready() const { return state_ == State::kReady; }

 private:
  enum class State { kStarting, kReady, kDraining };
  std::atomic<State> state_{State::kStarting};
};

class AdminHandler : public HttpHandler {
 public:
  // `metrics` renders Prometheus text.
  AdminHandler(const Readiness& readiness, std::function<std::string()> metrics)
      : readiness_(readiness), metrics_(std::move(metrics)) {}

  Task<> Handle(Exchange& exchange) override;
  Task<> Refuse(Exchange& exchange, HttpError error) override;

 private:
  Task<> Say(Exchange& exchange, int status, std::string text);
  const Readiness& readiness_;
  const std::function<std::string()> metrics_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_ADMIN_H_

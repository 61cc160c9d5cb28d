// Flight: one layer being inspected, and everyone who waits for it. Safe from
// any thread. Shared by the inspector and the waiters.
#ifndef PLIMSOLL_GATEWAY_LAYERS_FLIGHT_H_
#define PLIMSOLL_GATEWAY_LAYERS_FLIGHT_H_

#include <atomic>
#include <boost/asio/cancellation_signal.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gateway/latch.h"
#include "gateway/layers/read_back.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// How far an inspection is.
struct LayerProgress {
  enum class State { kIdle, kQueued, kRunning };
  State state = State::kIdle;
  int64_t bytes = 0;  // of the layer as stored, read so far
  int64_t size = 0;
};

class Flight {
 public:
  Flight(StoredLayer layer, std::string client)
      : layer_(std::move(layer)), client_(std::move(client)) {}

  const StoredLayer& layer() const { return layer_; }
  const std::string& client() const { return client_; }
  std::atomic<int64_t>& received() { return received_; }
  // For the loop that the flight runs on.
  asio::cancellation_signal& cancellation() { return cancellation_; }

  void SetRunning() { is_running_ = true; }
  LayerProgress Progress() const;
  // Only the first call counts.
  void Land(StatusOr<LayerFacts> result);
  // The result, or DeadlineExceeded "layer is being inspected: ...".
  Task<StatusOr<LayerFacts>> Wait(absl::Time deadline);

 private:
  StatusOr<LayerFacts> Result() const;

  const StoredLayer layer_;
  const std::string client_;
  std::atomic<int64_t> received_ = 0;
  std::atomic<bool> is_running_ = false;
  asio::cancellation_signal cancellation_;
  Latch landed_;
  mutable std::mutex mutex_;  // guards what follows
  std::optional<StatusOr<LayerFacts>> result_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_FLIGHT_H_

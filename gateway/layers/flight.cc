#include "gateway/layers/flight.h"

#include "absl/strings/str_format.h"

namespace plimsoll {
namespace {

double Mebibytes(int64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

std::string Describe(const LayerProgress& progress) {
  if (progress.state != LayerProgress::State::kRunning) {
    return "waiting for its turn";
  }
  return absl::StrFormat("%.1f of %.1f MiB read", Mebibytes(progress.bytes),
                         Mebibytes(progress.size));
}

}  // namespace

LayerProgress Flight::Progress() const {
  LayerProgress progress;
  progress.state = is_running_ ? LayerProgress::State::kRunning
                               : LayerProgress::State::kQueued;
  progress.bytes = received_;
  progress.size = layer_.size;
  return progress;
}

void Flight::Land(StatusOr<LayerFacts> result) {
  {
    const std::lock_guard lock(mutex_);
    if (result_) return;
    result_ = std::move(result);
  }
  landed_.Set();
}

Task<StatusOr<LayerFacts>> Flight::Wait(absl::Time deadline) {
  bool has_landed = co_await landed_.Wait(deadline);
  if (has_landed) co_return Result();
  co_return absl::DeadlineExceededError(
      absl::StrCat("layer is being inspected: ", Describe(Progress())));
}

StatusOr<LayerFacts> Flight::Result() const {
  const std::lock_guard lock(mutex_);
  return *result_;
}

}  // namespace plimsoll

#include "gateway/layers/read_back.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "gateway/layers/known_failures.h"

namespace plimsoll {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Takes the pieces of one layer.
class Intake {
 public:
  Intake(const StoredLayer& layer, const ReadBackTimes& times, LayerFeed& feed,
         std::atomic<int64_t>& received)
      : layer_(layer),
        feed_(feed),
        received_(received),
        end_(SteadyClock::now() + absl::ToChronoNanoseconds(times.total)) {}

  Task<Status> Take(absl::string_view bytes) {
    received_ += static_cast<int64_t>(bytes.size());
    if (received_ > layer_.size) {
      co_return absl::DataLossError(absl::StrCat("layer is longer than the ",
                                                 layer_.size, " bytes stated"));
    }
    if (SteadyClock::now() > end_) {
      co_return absl::UnavailableError("layer takes too long to read");
    }
    Status status = co_await feed_.Update(bytes);
    // A bad layer is read on: only its digest tells whether it is this layer.
    co_return IsDefiniteFailure(status) ? absl::OkStatus() : status;
  }

 private:
  const StoredLayer& layer_;
  LayerFeed& feed_;
  std::atomic<int64_t>& received_;
  const SteadyClock::time_point end_;
};

// A failure of the reading, never to be taken for one of the layer.
Status AsReadFailure(const Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kUnavailable:
      return status;
    default:
      return absl::UnavailableError(status.message());
  }
}

StatusOr<LayerFacts> Verify(const StoredLayer& layer, FedLayer fed) {
  if (fed.size != layer.size) {
    return absl::DataLossError(absl::StrCat(
        "layer has ", fed.size, " bytes, not the ", layer.size, " stated"));
  }
  if (fed.stored != layer.digest) {
    return absl::DataLossError(
        absl::StrCat("layer's bytes have the digest ", fed.stored.ToString()));
  }
  return std::move(fed.facts);
}

}  // namespace

Task<StatusOr<LayerFacts>> ReadBack(const StoredLayer& layer,
                                    const ReadBackTimes& times, LayerFeed& feed,
                                    std::atomic<int64_t>& received) {
  Intake intake(layer, times, feed, received);
  BlobSink sink = [&intake](absl::string_view bytes) {
    return intake.Take(bytes);
  };
  Status streamed =
      co_await layer.registry->StreamBlob(layer.digest, times.idle, sink);
  CO_RETURN_IF_ERROR(AsReadFailure(streamed));
  FedLayer fed = co_await feed.Finish();
  co_return Verify(layer, std::move(fed));
}

}  // namespace plimsoll

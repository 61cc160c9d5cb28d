#include "gateway/layers/feed.h"

#include <atomic>
#include <boost/asio/strand.hpp>
#include <functional>
#include <string>

#include "gateway/latch.h"

namespace plimsoll {
namespace {

constexpr size_t kPieceBytes = 256 << 10;
// What a piece costs beside its bytes, so that tiny ones are bounded too.
constexpr size_t kPieceOverhead = 256;

}  // namespace

struct LayerFeed::Worker {
  std::unique_ptr<LayerReader> reader;
  Status status;
  std::atomic<bool> given_up = false;  // from any thread
};

LayerFeed::LayerFeed(asio::any_io_executor pool, const InflateLimits& limits,
                     Digest::Algorithm algorithm)
    : strand_(asio::make_strand(std::move(pool))),
      worker_(std::make_shared<Worker>()) {
  worker_->reader = LayerReader::New(limits, algorithm);
}

LayerFeed::~LayerFeed() { worker_->given_up = true; }

Task<Status> LayerFeed::Update(absl::string_view bytes, absl::Time deadline) {
  while (!bytes.empty()) {
    absl::string_view piece = bytes.substr(0, kPieceBytes);
    bytes.remove_prefix(piece.size());
    if (in_flight_ + piece.size() + kPieceOverhead > kFeedBytes) {
      CO_RETURN_IF_ERROR(co_await WaitUntilRead(deadline));
    }
    Hand(piece);
  }
  co_return known_;
}

void LayerFeed::Hand(absl::string_view piece) {
  in_flight_ += piece.size() + kPieceOverhead;
  asio::post(strand_, [worker = worker_, bytes = std::string(piece)] {
    if (!worker->given_up) worker->status = worker->reader->Update(bytes);
  });
}

Task<Status> LayerFeed::WaitUntilRead(absl::Time deadline) {
  struct Mark {
    Latch reached;
    Status status;
  };
  const auto mark = std::make_shared<Mark>();
  asio::post(strand_, [worker = worker_, mark] {
    mark->status = worker->status;
    mark->reached.Set();
  });
  if (!co_await mark->reached.Wait(deadline)) {
    co_return absl::DeadlineExceededError("the inspection lags");
  }
  known_ = mark->status;
  in_flight_ = 0;
  co_return absl::OkStatus();
}

Task<FedLayer> LayerFeed::Finish() {
  std::function<FedLayer()> last = [worker = worker_] {
    StatusOr<LayerFacts> facts = worker->reader->Finish();
    return FedLayer(worker->reader->stored_digest(),
                    worker->reader->stored_size(), std::move(facts));
  };
  co_return co_await RunOn<FedLayer>(strand_, last);
}

}  // namespace plimsoll

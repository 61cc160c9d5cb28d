#include "gateway/layers/feed.h"

#include <boost/asio/strand.hpp>
#include <functional>
#include <string>

namespace plimsoll {
namespace {

constexpr size_t kPieceBytes = 256 << 10;
// What a piece costs beside its bytes, so that tiny ones are bounded too.
constexpr size_t kPieceOverhead = 256;

}  // namespace

struct LayerFeed::Worker {
  std::unique_ptr<LayerReader> reader;
  Status status;
};

LayerFeed::LayerFeed(asio::any_io_executor pool, const InflateLimits& limits,
                     Digest::Algorithm algorithm)
    : strand_(asio::make_strand(std::move(pool))),
      worker_(std::make_shared<Worker>()) {
  worker_->reader = LayerReader::New(limits, algorithm);
}

Task<Status> LayerFeed::Update(absl::string_view bytes) {
  while (!bytes.empty()) {
    absl::string_view piece = bytes.substr(0, kPieceBytes);
    bytes.remove_prefix(piece.size());
    if (in_flight_ + piece.size() + kPieceOverhead > kFeedBytes) {
      co_await WaitUntilRead();
    }
    Hand(piece);
  }
  co_return known_;
}

void LayerFeed::Hand(absl::string_view piece) {
  in_flight_ += piece.size() + kPieceOverhead;
  asio::post(strand_, [worker = worker_, bytes = std::string(piece)] {
    worker->status = worker->reader->Update(bytes);
  });
}

Task<> LayerFeed::WaitUntilRead() {
  std::function<Status()> last = [worker = worker_] { return worker->status; };
  known_ = co_await RunOn<Status>(strand_, last);
  in_flight_ = 0;
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

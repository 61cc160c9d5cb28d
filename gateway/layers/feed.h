// LayerFeed: hands a layer's bytes from a loop to a LayerReader on a worker
// thread, in order. At most 1 MiB is handed over and not yet read: whoever
// feeds faster is suspended, which slows down where the bytes come from. What
// is not read yet when the feed ends never is. For one coroutine at a time. The
// pool must outlive the feed.
#ifndef PLIMSOLL_GATEWAY_LAYERS_FEED_H_
#define PLIMSOLL_GATEWAY_LAYERS_FEED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/layers/inflate.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kFeedBytes = 1 << 20;

// What was fed, and what the reader made of it.
struct FedLayer {
  FedLayer(Digest stored_digest, int64_t stored_size,
           StatusOr<LayerFacts> layer_facts)
      : stored(std::move(stored_digest)),
        size(stored_size),
        facts(std::move(layer_facts)) {}

  Digest stored;
  int64_t size;
  StatusOr<LayerFacts> facts;  // InvalidArgument, ResourceExhausted: the layer
};

class LayerFeed {
 public:
  LayerFeed(asio::any_io_executor pool, const InflateLimits& limits,
            Digest::Algorithm algorithm);
  ~LayerFeed();

  // `bytes` need not outlive the call. Returns what the reader is known to have
  // made of the bytes so far; after an error the bytes are still hashed.
  // DeadlineExceeded where the workers lag until `deadline`: nothing more may
  // be fed then.
  Task<Status> Update(absl::string_view bytes,
                      absl::Time deadline = absl::InfiniteFuture());
  // REQUIRES: called once, last.
  Task<FedLayer> Finish();

 private:
  struct Worker;
  void Hand(absl::string_view piece);
  Task<Status> WaitUntilRead(absl::Time deadline);

  const asio::any_io_executor strand_;
  const std::shared_ptr<Worker> worker_;  // used on the strand only
  size_t in_flight_ = 0;
  Status known_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_FEED_H_

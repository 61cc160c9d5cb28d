// LayerFeed: hands a layer's bytes from a loop to a LayerReader on a worker
// thread, in order. At most 1 MiB is handed over and not yet read: whoever
// feeds faster is suspended, which slows down where the bytes come from. For
// one coroutine at a time. The pool must outlive the feed.
#ifndef PLIMSOLL_GATEWAY_LAYERS_FEED_H_
#define PLIMSOLL_GATEWAY_LAYERS_FEED_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
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

  // `bytes` need not outlive the call. Returns what the reader is known to have
  // made of the bytes so far; after an error the bytes are still hashed.
  Task<Status> Update(absl::string_view bytes);
  // REQUIRES: called once, last.
  Task<FedLayer> Finish();

 private:
  struct Worker;
  void Hand(absl::string_view piece);
  Task<> WaitUntilRead();

  const asio::any_io_executor strand_;
  const std::shared_ptr<Worker> worker_;  // used on the strand only
  size_t in_flight_ = 0;
  Status known_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_FEED_H_

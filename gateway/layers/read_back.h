// Reads one layer back from a registry and turns it into facts.
#ifndef PLIMSOLL_GATEWAY_LAYERS_READ_BACK_H_
#define PLIMSOLL_GATEWAY_LAYERS_READ_BACK_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "gateway/layers/feed.h"
#include "gateway/registry/registry.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// What is to be read, from where.
struct StoredLayer {
  StoredLayer(Digest layer_digest, int64_t layer_size,
              std::shared_ptr<Registry> source)
      : digest(std::move(layer_digest)),
        size(layer_size),
        registry(std::move(source)) {}

  Digest digest;
  int64_t size;  // as the descriptor states it
  std::shared_ptr<Registry> registry;
};

struct ReadBackTimes {
  absl::Duration idle = absl::Seconds(60);   // without a byte
  absl::Duration total = absl::Minutes(30);  // of one layer
};

// Streams `layer` into `feed` and checks that it is what the descriptor says.
// `received` counts the bytes as they come. InvalidArgument and
// ResourceExhausted are about the layer's own bytes, whose digest was right;
// DataLoss where digest or size differ; Unauthenticated, PermissionDenied and
// NotFound are the registry's; every other failure is Unavailable. All
// arguments must outlive the call.
Task<StatusOr<LayerFacts>> ReadBack(const StoredLayer& layer,
                                    const ReadBackTimes& times, LayerFeed& feed,
                                    std::atomic<int64_t>& received);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_READ_BACK_H_

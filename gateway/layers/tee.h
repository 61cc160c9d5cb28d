// LayerTee: makes the facts of a layer whose bytes stream past. The relay feeds
// it; where the workers lag, Update suspends, which slows the upload down.
// Whatever it returns, the bytes may pass: the facts are all that depends on
// it. Dropping it without Finish forgets the layer. For one coroutine at a time
// and not past its inspector.
#ifndef PLIMSOLL_GATEWAY_LAYERS_TEE_H_
#define PLIMSOLL_GATEWAY_LAYERS_TEE_H_

#include <atomic>
#include <memory>

#include "absl/strings/string_view.h"
#include "gateway/layers/feed.h"
#include "gateway/layers/known_failures.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class LayerTee {
 public:
  // `open` counts the tees that exist; this one is counted already.
  LayerTee(std::unique_ptr<LayerFeed> feed,
           std::shared_ptr<KnownFailures> failures,
           std::shared_ptr<std::atomic<int>> open);
  ~LayerTee();
  LayerTee(const LayerTee&) = delete;
  LayerTee& operator=(const LayerTee&) = delete;

  // An error is what Finish will say, too; feeding may go on or stop here.
  Task<Status> Update(absl::string_view bytes);
  // The facts of exactly the bytes fed: compare `layer` with the digest that
  // they were stored under. Not kept: that is for the caller, once they are
  // stored. InvalidArgument and ResourceExhausted as LayerReader has them; the
  // inspector remembers these.
  Task<StatusOr<LayerFacts>> Finish();

 private:
  const std::unique_ptr<LayerFeed> feed_;
  const std::shared_ptr<KnownFailures> failures_;
  const std::shared_ptr<std::atomic<int>> open_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_TEE_H_

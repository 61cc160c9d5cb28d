// LayerTee: makes the facts of a layer whose bytes stream past. The relay feeds
// it; where the workers lag, Update suspends, which slows the upload down.
// Whatever it returns, the bytes may pass: the facts are all that depends on
// it. Dropping it without Finish forgets the layer, and what was not inspected
// yet is not. For one coroutine at a time and not past its inspector.
// TeePlaces: how many there may be. Safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_LAYERS_TEE_H_
#define PLIMSOLL_GATEWAY_LAYERS_TEE_H_

#include <memory>
#include <mutex>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/layers/feed.h"
#include "gateway/layers/known_failures.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class TeePlaces {
 public:
  explicit TeePlaces(int all) : all_(all) {}
  // One of all, of which one client has a quarter; false where there is none.
  bool Take(const std::string& client);
  void GiveBack(const std::string& client);

 private:
  const int all_;
  std::mutex mutex_;  // guards what follows
  int taken_ = 0;
  absl::flat_hash_map<std::string, int> of_client_;
};

class LayerTee {
 public:
  // `client` has taken one of `places`, which this gives back.
  LayerTee(std::unique_ptr<LayerFeed> feed,
           std::shared_ptr<KnownFailures> failures,
           std::shared_ptr<TeePlaces> places, std::string client);
  ~LayerTee();
  LayerTee(const LayerTee&) = delete;
  LayerTee& operator=(const LayerTee&) = delete;

  // An error is what Finish will say, too; feeding may go on or stop here. But
  // DeadlineExceeded: the workers lag until `deadline`, and all that is left is
  // to drop this.
  Task<Status> Update(absl::string_view bytes,
                      absl::Time deadline = absl::InfiniteFuture());
  // The facts of exactly the bytes fed: compare `layer` with the digest that
  // they were stored under. Not kept: that is for the caller, once they are
  // stored. InvalidArgument and ResourceExhausted as LayerReader has them; the
  // inspector remembers these.
  Task<StatusOr<LayerFacts>> Finish();

 private:
  const std::unique_ptr<LayerFeed> feed_;
  const std::shared_ptr<KnownFailures> failures_;
  const std::shared_ptr<TeePlaces> places_;
  const std::string client_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_TEE_H_

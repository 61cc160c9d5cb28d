// LayerInspector: makes layer facts on a bounded pool of worker threads, either
// by reading layers back from a registry (Inspect) or from bytes that stream
// past (LayerTee).
//
// A layer is read back once however many ask for it, on whatever loop. The
// reading outlives those who wait: past their deadline it goes on, and its
// facts are there for the next push. A failure of somebody else's credential is
// not shared: whoever joined tries with its own.
//
// Safe from any thread and loop. Registries given to Inspect are used on the
// `io` executor, which must be one loop or strand, and outlive the request.
#ifndef PLIMSOLL_GATEWAY_LAYERS_INSPECTOR_H_
#define PLIMSOLL_GATEWAY_LAYERS_INSPECTOR_H_

#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "gateway/latch.h"
#include "gateway/layers/fair_queue.h"
#include "gateway/layers/flight.h"
#include "gateway/layers/inflate.h"
#include "gateway/layers/known_failures.h"
#include "gateway/layers/read_back.h"
#include "gateway/layers/tee.h"
#include "gateway/registry/registry.h"
#include "gateway/task.h"
#include "policy/oci/manifest.h"
#include "policy/status.h"

namespace plimsoll {

// Keeps facts, in the store say. Awaited before an inspection is complete.
using FactSink = std::function<Task<Status>(LayerFacts facts)>;

struct InspectorOptions {
  InflateLimits inflate;
  QueueLimits queue;
  ReadBackTimes times;
  size_t threads = 1;
  int tees = 32;  // at once; each takes up to 1 MiB and what its reader takes
  absl::Duration keep_failures = absl::Minutes(10);
  bool logs_failures = true;  // a command says by itself what failed
};

class LayerInspector {
 public:
  LayerInspector(asio::any_io_executor io, FactSink sink,
                 InspectorOptions options = {});
  // REQUIRES: Shutdown was awaited, and no tee is left.
  ~LayerInspector();

  // The facts of `layer` once they are kept. Errors:
  //   DeadlineExceeded    "layer is being inspected: ...", and it goes on
  //   InvalidArgument     the layer is no well-formed archive
  //   ResourceExhausted   the layer is over a limit (both: IsDefiniteFailure)
  //   DataLoss            digest or size are not those of the descriptor
  //   NotFound, Unauthenticated, PermissionDenied   from `registry`
  //   Unavailable         every other failure; no room for another inspection
  // A failure is logged once, however many wait for it and whoever does not.
  // `client` is whom the queue's bounds count: an identity or an address.
  Task<StatusOr<LayerFacts>> Inspect(const Descriptor& layer,
                                     std::shared_ptr<Registry> registry,
                                     std::string client, absl::Time deadline);
  LayerProgress Progress(const Descriptor& layer) const;

  // nullptr where too many are open, in all or of `client` (as above): let the
  // bytes pass, they can be read back.
  std::unique_ptr<LayerTee> NewTee(
      const std::string& client,
      Digest::Algorithm algorithm = Digest::Algorithm::kSha256);

  // Ends what runs and waits with Unavailable, and starts nothing more. To be
  // awaited while the io executor runs.
  Task<> Shutdown();

 private:
  using Key = std::pair<Digest, int64_t>;  // a wrong size is its own flight
  using FlightPtr = std::shared_ptr<Flight>;
  struct Ticket {
    FlightPtr flight;
    bool is_own;  // started for this caller, with its registry
  };

  Task<StatusOr<LayerFacts>> Attend(StoredLayer layer, std::string client,
                                    absl::Time deadline);
  StatusOr<Ticket> Join(const StoredLayer& layer, const std::string& client);
  void StartNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Launch(const FlightPtr& flight);
  Task<StatusOr<LayerFacts>> Run(FlightPtr flight);
  void Land(const FlightPtr& flight, StatusOr<LayerFacts> result);

  const asio::any_io_executor io_;
  const FactSink sink_;
  const InspectorOptions options_;
  const std::shared_ptr<KnownFailures> failures_;
  const std::shared_ptr<TeePlaces> tees_;
  Latch idle_;                // nothing runs, nor will
  mutable std::mutex mutex_;  // guards the next three
  bool is_closed_ = false;
  std::map<Key, FlightPtr> flights_;
  FairQueue<FlightPtr> queue_;
  asio::thread_pool pool_;  // last: joined before the rest goes
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_INSPECTOR_H_

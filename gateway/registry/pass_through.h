// Everything but the held push: forwarded as it is, streaming both ways. What
// passes is looked at only to know blobs again: small ones are kept by digest,
// layers are inspected, and which were stored where is remembered. Safe for
// concurrent use from any loop; does not own its collaborators.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PASS_THROUGH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PASS_THROUGH_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "gateway/admission/blob_cache.h"
#include "gateway/admission/seen_blobs.h"
#include "gateway/admission/snapshot.h"
#include "gateway/http/exchange.h"
#include "gateway/http/fast_rooms.h"
#include "gateway/registry/route.h"
#include "gateway/registry/upload_watch.h"
#include "gateway/registry/upstreams.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class PassThrough {
 public:
  struct Parts {
    BlobCache& blobs;
    SeenBlobs& seen;
    LayerInspector& inspector;
    FactSink keep_facts;
    const SnapshotHolder& snapshots;
  };
  explicit PassThrough(Parts parts) : parts_(std::move(parts)) {}

  // OK where the exchange was answered; else why not.
  Task<Status> Handle(Exchange& exchange, Upstream& upstream,
                      const Route& route);

 private:
  void Forget(const Exchange& exchange, const Route& route);
  void Remember(const Exchange& exchange, const Route& route,
                const std::string& client_key, const ResponseHead& answer);

  // Nobody asks for the facts of a build cache.
  bool Inspects(absl::string_view repository) const {
    const auto snapshot = parts_.snapshots.Get();
    return snapshot->inspects_uploads && !snapshot->IsBuildCache(repository);
  }

  const Parts parts_;
  // Bytes of small bodies that are being kept right now, over all exchanges.
  std::atomic<int64_t> keeping_{0};
  FastRooms fast_rooms_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PASS_THROUGH_H_

// What a running gateway does again and again: follow the catalog, read TLS
// files that have changed, remove decisions whose time is over; and beside
// these, since an upstream may be slow to answer, look into what a crash left
// open. Says that it is ready once it has looked into that for the first time;
// the catalog was loaded before (Begin). Runs on one loop; does not own what it
// is given.
#ifndef PLIMSOLL_GATEWAY_UPKEEP_H_
#define PLIMSOLL_GATEWAY_UPKEEP_H_

#include <cstddef>

#include "absl/time/time.h"
#include "gateway/admission/snapshot.h"
#include "gateway/catalog/follow.h"
#include "gateway/config.h"
#include "gateway/http/tls_source.h"
#include "gateway/observe/admin.h"
#include "gateway/registry/reconcile.h"
#include "gateway/store/store.h"
#include "gateway/task.h"

namespace plimsoll {

class Upkeep {
 public:
  struct Parts {
    CatalogFollower& catalog;
    Reconciler& reconciler;
    SnapshotHolder& snapshots;
    Readiness& readiness;
    Store& store;
    const TlsSources& tls;
    Retention retention;
  };
  explicit Upkeep(Parts parts) : parts_(parts) {}

  // Loads the catalog for the first time: before a door is open. An error where
  // the store cannot give it.
  Task<Status> Begin();
  // REQUIRES: Begin was OK. Ends with its loop only.
  Task<> Run();

 private:
  Task<Status> RefreshCatalog();
  Task<> FollowStore();
  Task<> FollowUpstreams();
  Task<> Reconcile(absl::Time before);
  void SayWhatStaysOpen() const;
  void RenewTls();
  Task<> RemoveExpired(absl::Time now);

  const Parts parts_;
  size_t unreconciled_ = 0;  // as of the last pass
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_UPKEEP_H_

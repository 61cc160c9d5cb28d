// Keeps the snapshot's catalog as the store has it: the command line and other
// replicas add bases while the gateway runs. Runs on one loop, the only one
// that swaps snapshots.
#ifndef PLIMSOLL_GATEWAY_CATALOG_FOLLOW_H_
#define PLIMSOLL_GATEWAY_CATALOG_FOLLOW_H_

#include <cstdint>

#include "gateway/admission/snapshot.h"
#include "gateway/store/store.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class CatalogFollower {
 public:
  CatalogFollower(Store& store, SnapshotHolder& snapshots)
      : store_(store), snapshots_(snapshots) {}

  // Loads the catalog where its generation is another than last time. On an
  // error the snapshot stays as it was.
  Task<Status> Refresh();
  // Of the catalog that the snapshot has; -1 before the first.
  int64_t generation() const { return generation_; }

 private:
  Store& store_;
  SnapshotHolder& snapshots_;
  int64_t generation_ = -1;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CATALOG_FOLLOW_H_

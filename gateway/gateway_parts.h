// What a gateway is made of that can fail to be had: what is read from files,
// the store and the logs that it opens. Made once, before any door is open;
// what is in it outlives the loops.
#ifndef PLIMSOLL_GATEWAY_GATEWAY_PARTS_H_
#define PLIMSOLL_GATEWAY_GATEWAY_PARTS_H_

#include <cstddef>
#include <memory>

#include "gateway/admission/snapshot.h"
#include "gateway/config.h"
#include "gateway/http/tls_source.h"
#include "gateway/observe/access_log.h"
#include "gateway/observe/decision_log.h"
#include "gateway/registry/upstreams.h"
#include "gateway/store/sqlite_store.h"
#include "policy/status.h"

namespace plimsoll {

struct GatewayParts {
  // InvalidArgument for a configuration or policies that cannot be used (the
  // message has every issue), Unavailable or FailedPrecondition for a store
  // that cannot be had.
  static StatusOr<GatewayParts> New(const GatewayConfig& config);

  std::unique_ptr<SqliteStore> store;
  std::shared_ptr<const Snapshot> snapshot;  // without a catalog
  std::unique_ptr<Upstreams> upstreams;
  std::unique_ptr<DecisionLog> decisions;
  std::unique_ptr<AccessLog> accesses;      // null where nobody reads of them
  std::shared_ptr<TlsSource> registry_tls;  // null for plain HTTP
  std::shared_ptr<TlsSource> webhook_tls;   // null without a webhook
  TlsSources tls;                           // all of them, and the upstream's
};

// Whether layers are inspected as they are uploaded, under these policies.
bool InspectsUploads(const GatewayConfig& config, const PolicySet& policies);
// One for each core, unless so many are configured.
size_t CoresUnless(size_t configured);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_GATEWAY_PARTS_H_

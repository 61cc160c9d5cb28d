// Finds out what became of pushes whose outcome was never recorded: their
// process died, or the store failed, between intent and outcome. Asks the
// upstream for the digest, then for the tags. Runs on one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_RECONCILE_H_
#define PLIMSOLL_GATEWAY_REGISTRY_RECONCILE_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "gateway/http/upstream.h"
#include "gateway/registry/upstream_registry.h"
#include "gateway/store/store.h"
#include "gateway/task.h"

namespace plimsoll {

class Reconciler {
 public:
  struct Parts {
    Store& store;
    const UpstreamPools& upstream;
    std::string read_authorization;  // "" for anonymous
  };
  explicit Reconciler(Parts parts) : parts_(std::move(parts)) {}

  // Looks into the intents made before `before`. Returns how many stay open
  // because the upstream cannot be asked now.
  Task<StatusOr<size_t>> Run(absl::Time before);

 private:
  Task<ForwardResult> LookInto(const v1::Decision& decision);
  const Parts parts_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_RECONCILE_H_

// The last probes: may what was pushed be removed? They remove all that an
// examination has pushed and say what they could not. No errors. For one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_CLEAN_UP_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_CLEAN_UP_H_

#include <vector>

#include "gateway/registry/probe.h"
#include "gateway/registry/probe_client.h"
#include "gateway/registry/probe_scratch.h"
#include "gateway/task.h"

namespace plimsoll {

struct CleanedUp {
  ProbeResult manifest;  // "delete.manifest"
  ProbeResult blob;      // "delete.blob"
  std::vector<LeftBehind> left;
};

// REQUIRES: client.BeginCleanUp().
Task<CleanedUp> CleanUp(ProbeClient& client, ProbeScratch& scratch);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_CLEAN_UP_H_

// Probes of reaching an upstream and of being let in. Each sets what it found
// out in `scratch` and `result`, whose name and weight are set. No errors: what
// cannot be asked is unknown. For one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_ACCESS_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_ACCESS_H_

#include "gateway/registry/probe.h"
#include "gateway/registry/probe_client.h"
#include "gateway/registry/probe_scratch.h"
#include "gateway/task.h"

namespace plimsoll {

// Does it speak the registry API at /v2/?
Task<> ProbeApi(ProbeClient& client, ProbeScratch& scratch,
                ProbeResult& result);
// What does it ask for, and can that be given?
Task<> ProbeAuthentication(ProbeClient& client, ProbeScratch& scratch,
                           ProbeResult& result);
// Is a token to be had that may pull and push, and for how long?
Task<> ProbeToken(ProbeClient& client, ProbeScratch& scratch,
                  ProbeResult& result);
// Do clients of the gateway find the token service?
Task<> ProbeRealm(ProbeClient& client, ProbeScratch& scratch,
                  ProbeResult& result);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_ACCESS_H_

// Probes of reading a blob that no manifest refers to yet, as the gateway must
// while it judges a push. Each sets what it found out in `scratch` and
// `result`, whose name and weight are set. No errors: what cannot be asked is
// unknown. For one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_BLOB_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_BLOB_H_

#include "gateway/registry/probe.h"
#include "gateway/registry/probe_client.h"
#include "gateway/registry/probe_scratch.h"
#include "gateway/task.h"

namespace plimsoll {

// Does HEAD find it?
Task<> ProbeBlobHead(ProbeClient& client, ProbeScratch& scratch,
                     ProbeResult& result);
// Does GET read it, also where it redirects?
Task<> ProbeBlobGet(ProbeClient& client, ProbeScratch& scratch,
                    ProbeResult& result);
// Does the upstream serve it itself?
Task<> ProbeBlobDirect(ProbeClient& client, ProbeScratch& scratch,
                       ProbeResult& result);
// Does it serve a part?
Task<> ProbeBlobRange(ProbeClient& client, ProbeScratch& scratch,
                      ProbeResult& result);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_BLOB_H_

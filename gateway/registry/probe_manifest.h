// Probes of pushing a manifest, an artifact of a few bytes, and of what an
// upstream makes of it. Each sets what it found out in `scratch` and `result`,
// whose name and weight are set. No errors: what cannot be asked is unknown.
// For one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_MANIFEST_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_MANIFEST_H_

#include "gateway/registry/probe.h"
#include "gateway/registry/probe_client.h"
#include "gateway/registry/probe_scratch.h"
#include "gateway/task.h"

namespace plimsoll {

// Is a manifest taken by its digest, as it is?
Task<> ProbeManifestPut(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result);
// Is it read back byte for byte?
Task<> ProbeManifestGet(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result);
// Does `?tag=` tag it?
Task<> ProbeTagQuery(ProbeClient& client, ProbeScratch& scratch,
                     ProbeResult& result);
// Are its referrers listed?
Task<> ProbeReferrers(ProbeClient& client, ProbeScratch& scratch,
                      ProbeResult& result);
// May anybody read it?
Task<> ProbeAnonymousRead(ProbeClient& client, ProbeScratch& scratch,
                          ProbeResult& result);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_MANIFEST_H_

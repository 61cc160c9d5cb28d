// Probes of uploading blobs: where sessions are, and what is taken there. Each
// sets what it found out in `scratch` and `result`, whose name and weight are
// set. No errors: what cannot be asked is unknown. For one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_UPLOAD_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_UPLOAD_H_

#include "gateway/registry/probe.h"
#include "gateway/registry/probe_client.h"
#include "gateway/registry/probe_scratch.h"
#include "gateway/task.h"

namespace plimsoll {

// Is an upload session opened?
Task<> ProbeUploadStart(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result);
// Does its Location follow the Host that clients know the gateway by?
Task<> ProbeUploadHost(ProbeClient& client, ProbeScratch& scratch,
                       ProbeResult& result);
// Do clients stay on the gateway when they follow it?
Task<> ProbeUploadLocation(ProbeClient& client, ProbeScratch& scratch,
                           ProbeResult& result);
// Is a blob taken by a PATCH in chunks?
Task<> ProbeChunkedUpload(ProbeClient& client, ProbeScratch& scratch,
                          ProbeResult& result);
// Is a blob taken whole by a PUT?
Task<> ProbeWholeUpload(ProbeClient& client, ProbeScratch& scratch,
                        ProbeResult& result);
// Is a blob mounted that is there already?
Task<> ProbeMount(ProbeClient& client, ProbeScratch& scratch,
                  ProbeResult& result);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_UPLOAD_H_

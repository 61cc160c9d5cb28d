// Upload sessions of probes: opened, filled in one of two ways, and remembered
// in ProbeScratch until they are finished, so that they can be cancelled. For
// one loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_SESSION_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_SESSION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/registry/probe.h"
#include "gateway/registry/probe_client.h"
#include "gateway/registry/probe_scratch.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// The POST that opens a session.
ProbeRequest OpeningOf(const ProbeClient& client);
// The target of the session that the answer to `asked` leads to.
// FailedPrecondition where it is on another host, InvalidArgument where its
// Location is none that could be followed.
StatusOr<std::string> TakeSession(const ProbeClient& client,
                                  absl::string_view asked,
                                  const ResponseHead& head,
                                  ProbeScratch& scratch);

// What an upload has shown.
struct StoredBlob {
  ProbeAnswer answer = ProbeAnswer::kUnknown;
  std::string seen;  // "POST 202, PUT 201"
};
// By one PUT, or by a PATCH in chunks and a PUT.
Task<StoredBlob> StoreWhole(ProbeClient& client, ProbeScratch& scratch,
                            ScratchContent& content);
Task<StoredBlob> StoreChunked(ProbeClient& client, ProbeScratch& scratch,
                              ScratchContent& content);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_SESSION_H_

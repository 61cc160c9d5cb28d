// The gateway's own requests to an upstream. Reads are safe to repeat: they are
// on pooled connections, tried once more where a reused connection was closed
// under them. What acts upstream (`once`) is sent on a new connection and never
// again. Unavailable where there is no answer, DeadlineExceeded past the
// deadline, ResourceExhausted where the answer's body is larger than allowed.
#ifndef PLIMSOLL_GATEWAY_HTTP_CLIENT_H_
#define PLIMSOLL_GATEWAY_HTTP_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "gateway/http/head.h"
#include "gateway/http/upstream.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

struct HttpAnswer {
  ResponseHead head;
  std::string body;
};

// Takes the body of a 2xx answer in order; a status ends the reading.
using BodySink = std::function<Task<Status>(absl::string_view)>;

struct ClientRequest {
  RequestHead head;  // Host is set by Fetch
  std::string credential_class;
  absl::Time deadline = absl::InfiniteFuture();
  std::string host = {};  // Host, where it is not to be the pool's own
  // What follows the head, whose fields frame it. REQUIRES: `once`, if any.
  std::string body = {};
  bool once = false;
};

// The whole answer, its body at most `max_bytes`.
Task<StatusOr<HttpAnswer>> Fetch(UpstreamPool& pool, ClientRequest request,
                                 size_t max_bytes);
// Streams a 2xx body into `sink`, waiting at most `idle` for each block; of
// another answer at most 64 KiB are returned as its body.
Task<StatusOr<HttpAnswer>> FetchInto(UpstreamPool& pool, ClientRequest request,
                                     std::chrono::milliseconds idle,
                                     BodySink sink);

// Names a credential without holding it: connections are reused within one
// class only. "" for no Authorization.
std::string CredentialClass(absl::string_view authorization);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_CLIENT_H_

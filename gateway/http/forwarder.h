// Forwards one exchange to an upstream and its answer back, streaming both ways
// at once: an answer that comes before the request's body is through reaches
// the client, and a client that goes away is seen by the upstream, also before
// that begins to answer (client_watch.h); but for one whose body is held. A
// request without a body that meets a connection closed under it is tried once
// more; one with a body never is.
#ifndef PLIMSOLL_GATEWAY_HTTP_FORWARDER_H_
#define PLIMSOLL_GATEWAY_HTTP_FORWARDER_H_

#include <chrono>
#include <functional>
#include <string>

#include "gateway/http/exchange.h"
#include "gateway/http/relay.h"
#include "gateway/http/upstream.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

struct ForwardOptions {
  RequestHead head;  // as it goes upstream
  // The request's body: the client's as it streams, or `held` in its place.
  Framing framing;
  const std::string* held = nullptr;
  std::string credential_class;
  BodyTap tap;                      // of the client's body
  FastRooms* fast_rooms = nullptr;  // for the answer's body; or none
  // Whether the client may have the upstream's answer; null for every one. One
  // that it may not have goes no further, and the forwarding ends as
  // Unavailable with this status's message.
  std::function<Status(const ResponseHead&)> accept;
  // Awaited before the client gets a 2xx answer to a body that has passed.
  std::function<Task<>()> taken;
  // Last changes to the answer's head before the client gets it.
  std::function<void(ResponseHead&)> edit;
  std::chrono::seconds send_head{20};  // and what is held
  std::chrono::seconds body_idle{900};
  std::chrono::seconds answer_wait{60};  // for the answer's head
};

struct ForwardEnd {
  // OK where the upstream answered and the client got all of it.
  Status status;
  bool sent_any = false;  // of the request: the upstream may have acted on it
  int answer = 0;         // the upstream's HTTP status; 0 where it gave none
};

// The client has been answered if the upstream gave an answer that it may have;
// otherwise the exchange is unanswered and `status` says why (Unavailable: the
// upstream's fault; Cancelled: the client went away).
Task<ForwardEnd> Forward(Exchange& exchange, UpstreamPool& pool,
                         ForwardOptions options);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_FORWARDER_H_

// Which fields cross the gateway. A request's head is rebuilt from an allow
// list; a response's loses only what belongs to its connection.
#ifndef PLIMSOLL_GATEWAY_HTTP_FORWARD_H_
#define PLIMSOLL_GATEWAY_HTTP_FORWARD_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"

namespace plimsoll {

// What the gateway says of the client; an empty part is not sent. The client's
// own Forwarded and X-Forwarded-* never pass.
struct ForwardedBy {
  std::string host;            // Host towards the upstream
  std::string client_scheme;   // X-Forwarded-Proto
  std::string client_host;     // X-Forwarded-Host
  std::string client_address;  // X-Forwarded-For
};

// The head to send upstream for `head`: same method and target, the allowed
// fields in their order, Host, X-Forwarded-* and the fields of `framing`.
RequestHead ForwardedRequest(const RequestHead& head, const Framing& framing,
                             const ForwardedBy& by);
// The head to send to the client: without connection fields, those that
// Connection names, and the framing fields, which are those of `framing`. A
// Content-Length beside kNone (HEAD, 304) is kept.
ResponseHead ForwardedResponse(ResponseHead head, const Framing& framing);

// Whether a client's field called `name` is sent upstream.
bool IsForwardedRequestField(absl::string_view name);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_FORWARD_H_

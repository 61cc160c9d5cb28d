// Rewrites what an upstream says of its own address, so that clients stay on
// the gateway (facts: registry protocol, section 2). Pure.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_LOCATION_H_
#define PLIMSOLL_GATEWAY_REGISTRY_LOCATION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/head.h"
#include "gateway/http/upstream.h"

namespace plimsoll {

// The address under which a client reached us.
struct ClientView {
  std::string scheme;     // "http" or "https"
  std::string authority;  // the request's Host
};

// `url` with scheme and authority replaced by the client's view where its
// authority is the upstream's, or the client's view under http: an upstream
// that knows the Host and no X-Forwarded-Proto takes its own scheme for ours.
// An https that is said of the view stays: a proxy may end TLS before us. Byte
// for byte as it is otherwise (relative, or on another host). Path and query
// are never touched.
std::string RewriteUrl(absl::string_view url, const UpstreamAddress& upstream,
                       const ClientView& view);

// Rewrites Location and the target of Link.
void RewriteLocations(const UpstreamAddress& upstream, const ClientView& view,
                      ResponseHead& head);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_LOCATION_H_

// ProxiedClient: what a trusted proxy says of the client that it speaks for.
// Pure; nothing of it is believed of anybody else.
#ifndef PLIMSOLL_GATEWAY_HTTP_PROXIED_CLIENT_H_
#define PLIMSOLL_GATEWAY_HTTP_PROXIED_CLIENT_H_

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

#include "gateway/http/address_range.h"
#include "gateway/http/headers.h"
#include "gateway/http/http_error.h"

namespace plimsoll {

struct ProxiedClient {
  // The rightmost of X-Forwarded-For that is no trusted proxy; else the
  // leftmost of all; `peer` where there is none.
  boost::asio::ip::address address;
  std::optional<bool> secure;  // X-Forwarded-Proto
  std::string authority;       // X-Forwarded-Host; "" where it is not said
};

// `peer` is a trusted proxy. What was left of the client's address in
// X-Forwarded-For is the client's own and not looked at. 400 where two could
// read what is looked at differently: no address, more than one scheme or host.
HttpOr<ProxiedClient> ReadForwarded(const Headers& headers,
                                    const boost::asio::ip::address& peer,
                                    const AddressRanges& trusted);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_PROXIED_CLIENT_H_

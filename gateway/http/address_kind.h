// What an IP address belongs to, and which addresses an upstream may lead the
// gateway's own reads to. Pure.
//
// The upstream chooses where a redirect or a token service is. It may not use
// the gateway to reach what it could not reach itself: a metadata service, the
// gateway's own loopback, hosts behind its firewall. Names are resolved first
// and what they resolved to is looked at and connected to, so that a name that
// changes its mind gains nothing.
#ifndef PLIMSOLL_GATEWAY_HTTP_ADDRESS_KIND_H_
#define PLIMSOLL_GATEWAY_HTTP_ADDRESS_KIND_H_

#include <boost/asio/ip/address.hpp>

namespace plimsoll {

enum class AddressKind {
  kPublic,
  kPrivate,    // RFC 1918, RFC 6598, RFC 4193 and the like
  kLoopback,   // of this machine
  kLinkLocal,  // among them the metadata services of clouds
  kNone,       // of no single host that could be meant: never connected to
};

// IPv4 addresses within IPv6 ones (mapped, 6to4, NAT64) count as what they are.
AddressKind KindOf(const boost::asio::ip::address& address);

// Whether an upstream at an address of kind `upstream` may lead to one of kind
// `to`: to the world and to its own kind, and from this machine's loopback also
// to the private network that this machine is on.
bool MayLeadTo(AddressKind upstream, AddressKind to);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_ADDRESS_KIND_H_

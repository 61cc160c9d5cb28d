// Ranges of IP addresses, as configurations write them ("10.0.0.0/8"), and
// addresses in the one form in which they are compared. An IPv4 address within
// IPv6 ("::ffff:192.0.2.1"), as sockets that speak both show it, is that IPv4
// address. Values.
#ifndef PLIMSOLL_GATEWAY_HTTP_ADDRESS_RANGE_H_
#define PLIMSOLL_GATEWAY_HTTP_ADDRESS_RANGE_H_

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

// `address`, or the IPv4 address that is within it.
boost::asio::ip::address Unmapped(const boost::asio::ip::address& address);
// An IPv4 or IPv6 address and nothing else, Unmapped; none where `text` is
// another thing: a name, a zone ("fe80::1%eth0"), leading zeros, blanks.
std::optional<boost::asio::ip::address> ParseAddress(absl::string_view text);
// The address that shares are counted by, of the client `peer` in text: of IPv6
// its first 64 bits, as ConnectionLimits counts them, since whoever has one of
// these addresses has all; else the address, Unmapped; what is no address as it
// is.
std::string ShareKey(absl::string_view peer);

class AddressRange {
 public:
  // "10.0.0.0/8", "fd00::/8", or an address alone. InvalidArgument says what to
  // write; also where an address has bits set past its prefix, since that may
  // be a slip, and for IPv4 within IPv6.
  static StatusOr<AddressRange> Parse(absl::string_view text);

  // REQUIRES: Unmapped.
  bool Contains(const boost::asio::ip::address& address) const;

 private:
  AddressRange(boost::asio::ip::address first, int bits)
      : first_(std::move(first)), bits_(bits) {}

  boost::asio::ip::address first_;
  int bits_;
};

using AddressRanges = std::vector<AddressRange>;

// REQUIRES: Unmapped.
bool Contains(const AddressRanges& ranges,
              const boost::asio::ip::address& address);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_ADDRESS_RANGE_H_

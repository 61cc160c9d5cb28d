#include "gateway/http/address_kind.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace plimsoll {
namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Range {
  uint32_t first;
  int bits;
  AddressKind kind;
};

constexpr uint32_t Ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// The IPv4 special-purpose registry, as far as it is not the public Internet.
constexpr Range kRanges[] = {
    {Ip(0, 0, 0, 0), 8, AddressKind::kNone},
    {Ip(10, 0, 0, 0), 8, AddressKind::kPrivate},
    {Ip(100, 64, 0, 0), 10, AddressKind::kPrivate},
    {Ip(127, 0, 0, 0), 8, AddressKind::kLoopback},
    {Ip(169, 254, 0, 0), 16, AddressKind::kLinkLocal},
    {Ip(172, 16, 0, 0), 12, AddressKind::kPrivate},
    {Ip(192, 0, 0, 0), 24, AddressKind::kNone},
    {Ip(192, 0, 2, 0), 24, AddressKind::kNone},
    {Ip(192, 88, 99, 0), 24, AddressKind::kNone},
    {Ip(192, 168, 0, 0), 16, AddressKind::kPrivate},
    {Ip(198, 18, 0, 0), 15, AddressKind::kPrivate},
    {Ip(198, 51, 100, 0), 24, AddressKind::kNone},
    {Ip(203, 0, 113, 0), 24, AddressKind::kNone},
    {Ip(224, 0, 0, 0), 4, AddressKind::kNone},
    {Ip(240, 0, 0, 0), 4, AddressKind::kNone},
};

AddressKind KindOf4(uint32_t address) {
  for (const Range& range : kRanges) {
    if ((address ^ range.first) >> (32 - range.bits) == 0) return range.kind;
  }
  return AddressKind::kPublic;
}

uint32_t Ipv4At(const address_v6::bytes_type& bytes, size_t at) {
  return Ip(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool StartsWith(const address_v6::bytes_type& bytes,
                std::initializer_list<unsigned char> start) {
  return std::equal(start.begin(), start.end(), bytes.begin());
}

AddressKind KindOf6(const address_v6& address) {
  const address_v6::bytes_type bytes = address.to_bytes();
  if (address.is_loopback()) return AddressKind::kLoopback;
  if (address.is_v4_mapped()) return KindOf4(Ipv4At(bytes, 12));
  if (StartsWith(bytes, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return KindOf4(Ipv4At(bytes, 12));  // NAT64
  }
  if (StartsWith(bytes, {0x20, 0x02}))
    return KindOf4(Ipv4At(bytes, 2));  // 6to4
  if ((bytes[0] & 0xfe) == 0xfc) return AddressKind::kPrivate;
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) {
    return AddressKind::kLinkLocal;
  }
  if (StartsWith(bytes, {0x20, 0x01, 0, 0})) {
    return AddressKind::kNone;  // Teredo
  }
  if (StartsWith(bytes, {0x20, 0x01, 0x0d, 0xb8})) return AddressKind::kNone;
  // Global unicast is 2000::/3; the rest is reserved, multicast or old.
  return bytes[0] >> 5 == 1 ? AddressKind::kPublic : AddressKind::kNone;
}

}  // namespace

AddressKind KindOf(const boost::asio::ip::address& address) {
  return address.is_v4() ? KindOf4(address.to_v4().to_uint())
                         : KindOf6(address.to_v6());
}

bool MayLeadTo(AddressKind upstream, AddressKind to) {
  switch (to) {
    case AddressKind::kPublic:
      return true;
    case AddressKind::kPrivate:
      return upstream == AddressKind::kPrivate ||
             upstream == AddressKind::kLoopback;
    case AddressKind::kLoopback:
    case AddressKind::kLinkLocal:
      return upstream == to;
    case AddressKind::kNone:
      return false;
  }
  return false;
}

}  // namespace plimsoll

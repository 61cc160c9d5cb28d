#include "gateway/http/address_range.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

namespace ip = boost::asio::ip;

constexpr absl::string_view kAdvice =
    "write ADDRESS or ADDRESS/BITS, as 10.0.0.0/8 or fd00::/8";

// Whether the first `bits` of both are the same. REQUIRES: there are so many.
template <typename Bytes>
bool SameStart(const Bytes& a, const Bytes& b, int bits) {
  for (size_t i = 0; bits > 0; ++i, bits -= 8) {
    const unsigned mask = bits >= 8 ? 0xffu : 0xffu << (8 - bits) & 0xffu;
    if (((a[i] ^ b[i]) & mask) != 0) return false;
  }
  return true;
}

// `bytes` with all past the first `bits` zero.
template <typename Bytes>
Bytes Start(Bytes bytes, int bits) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int left = std::clamp(bits - 8 * static_cast<int>(i), 0, 8);
    bytes[i] = static_cast<unsigned char>(bytes[i] & (0xff00 >> left));
  }
  return bytes;
}

ip::address StartOf(const ip::address& address, int bits) {
  if (address.is_v4()) {
    return ip::address_v4(Start(address.to_v4().to_bytes(), bits));
  }
  return ip::address_v6(Start(address.to_v6().to_bytes(), bits));
}

// "0" to "128", each in its one spelling.
std::optional<int> ParseBits(absl::string_view text, int most) {
  const bool digits =
      !text.empty() && text.size() <= 3 &&
      std::all_of(text.begin(), text.end(), [](char c) {
        return absl::ascii_isdigit(static_cast<unsigned char>(c));
      });
  int bits = 0;
  if (!digits || !absl::SimpleAtoi(text, &bits) || bits > most ||
      absl::StrCat(bits) != text) {
    return std::nullopt;
  }
  return bits;
}

std::optional<ip::address> ParseAsItIs(absl::string_view text) {
  if (absl::StrContains(text, '%') || absl::StrContains(text, '\0')) {
    return std::nullopt;
  }
  boost::system::error_code error;
  ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  return address;
}

}  // namespace

ip::address Unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

std::optional<ip::address> ParseAddress(absl::string_view text) {
  const std::optional<ip::address> address = ParseAsItIs(text);
  if (!address) return std::nullopt;
  return Unmapped(*address);
}

std::string ShareKey(absl::string_view peer) {
  constexpr int kBits = 64;
  // A zone ("fe80::1%eth0") tells nothing apart here.
  const auto address = ParseAddress(peer.substr(0, peer.find('%')));
  if (!address) return std::string(peer);
  if (address->is_v4()) return address->to_string();
  return absl::StrCat(StartOf(*address, kBits).to_string(), "/", kBits);
}

StatusOr<AddressRange> AddressRange::Parse(absl::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<ip::address> address = ParseAsItIs(text.substr(0, slash));
  if (!address) return absl::InvalidArgumentError(kAdvice);
  if (Unmapped(*address) != *address) {
    return absl::InvalidArgumentError("write it as IPv4, as 10.0.0.0/8");
  }
  const int most = address->is_v4() ? 32 : 128;
  if (slash == absl::string_view::npos) return AddressRange(*address, most);
  const std::optional<int> bits = ParseBits(text.substr(slash + 1), most);
  if (!bits) return absl::InvalidArgumentError(kAdvice);
  const ip::address first = StartOf(*address, *bits);
  if (first != *address) {
    return absl::InvalidArgumentError(
        absl::StrCat("it starts at ", first.to_string(), ": write ",
                     first.to_string(), "/", *bits, ", or the address alone"));
  }
  return AddressRange(first, *bits);
}

bool AddressRange::Contains(const ip::address& address) const {
  if (address.is_v4() != first_.is_v4()) return false;
  if (address.is_v4()) {
    return SameStart(address.to_v4().to_bytes(), first_.to_v4().to_bytes(),
                     bits_);
  }
  return SameStart(address.to_v6().to_bytes(), first_.to_v6().to_bytes(),
                   bits_);
}

bool Contains(const AddressRanges& ranges, const ip::address& address) {
  return std::any_of(
      ranges.begin(), ranges.end(),
      [&](const AddressRange& range) { return range.Contains(address); });
}

}  // namespace plimsoll

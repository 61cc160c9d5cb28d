#include "gateway/http/host_port.h"

#include <boost/asio/ip/address.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "gateway/http/headers.h"

namespace plimsoll {
namespace {

bool IsWildcard(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_unspecified();
}

int Number(const std::string& port) {
  int number = 0;
  return absl::SimpleAtoi(port, &number) ? number : 0;
}

}  // namespace

StatusOr<HostPort> HostPort::Parse(absl::string_view text) {
  const size_t colon = text.rfind(':');
  const bool has_port =
      colon != absl::string_view::npos && !absl::EndsWith(text, "]");
  if (!has_port || !IsAuthority(text)) {
    return absl::InvalidArgumentError(
        "write HOST:PORT, as 127.0.0.1:5000 or [::1]:5000");
  }
  absl::string_view host = text.substr(0, colon);
  absl::ConsumePrefix(&host, "[");
  absl::ConsumeSuffix(&host, "]");
  return HostPort{std::string(host), std::string(text.substr(colon + 1))};
}

bool HostPort::IsLoopback() const {
  if (absl::EqualsIgnoreCase(host, "localhost")) return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

bool HostPort::Overlaps(const HostPort& other) const {
  if (Number(port) != Number(other.port)) return false;
  const bool named = absl::EqualsIgnoreCase(host, "localhost") ||
                     absl::EqualsIgnoreCase(other.host, "localhost");
  if (named && IsLoopback() && other.IsLoopback()) return true;
  return absl::EqualsIgnoreCase(host, other.host) || IsWildcard(host) ||
         IsWildcard(other.host);
}

}  // namespace plimsoll

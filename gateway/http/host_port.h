// Addresses to listen on, as configurations write them. Values.
#ifndef PLIMSOLL_GATEWAY_HTTP_HOST_PORT_H_
#define PLIMSOLL_GATEWAY_HTTP_HOST_PORT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

struct HostPort {
  std::string host;  // without brackets for IPv6
  std::string port;  // 1 to 65535

  // "127.0.0.1:5000", "[::1]:5000", "localhost:5000". InvalidArgument says what
  // to write, and does not repeat `text`.
  static StatusOr<HostPort> Parse(absl::string_view text);

  // An address of this machine's loopback, or "localhost"; a name that only
  // starts like one is none.
  bool IsLoopback() const;
  // Whether one connection could reach either. The system would refuse the
  // second socket without saying which of the gateway's own has the first.
  bool Overlaps(const HostPort& other) const;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_HOST_PORT_H_

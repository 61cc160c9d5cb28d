// The access log as the server side sees it: a port. Calls come from any loop
// and never wait.
#ifndef PLIMSOLL_GATEWAY_HTTP_ACCESS_LOG_H_
#define PLIMSOLL_GATEWAY_HTTP_ACCESS_LOG_H_

#include "absl/strings/string_view.h"
#include "gateway/http/exchange.h"

namespace plimsoll {

class AccessLog {
 public:
  virtual ~AccessLog() = default;
  // Once for each exchange, when it has ended; also for bytes that were refused
  // as no request. `listener` is the server's name.
  virtual void Write(const Exchange& exchange, absl::string_view listener) = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_ACCESS_LOG_H_

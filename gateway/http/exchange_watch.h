// ExchangeWatch: tells of one exchange when it has ended, whatever ended it: to
// the counts, and to the access log where there is one. Lives within the
// exchange's life; on its loop.
#ifndef PLIMSOLL_GATEWAY_HTTP_EXCHANGE_WATCH_H_
#define PLIMSOLL_GATEWAY_HTTP_EXCHANGE_WATCH_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/access_log.h"
#include "gateway/http/exchange.h"

namespace plimsoll {

class ExchangeWatch {
 public:
  // `log` is null for none. Borrows both.
  ExchangeWatch(const Exchange& exchange, absl::string_view listener,
                AccessLog* log);
  ~ExchangeWatch();
  ExchangeWatch(const ExchangeWatch&) = delete;
  ExchangeWatch& operator=(const ExchangeWatch&) = delete;

 private:
  void Count() const;
  void Log() const;

  const Exchange& exchange_;
  const std::string listener_;  // its server may end before it
  AccessLog* const log_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_EXCHANGE_WATCH_H_

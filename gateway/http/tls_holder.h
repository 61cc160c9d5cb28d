// TlsHolder: the TlsContext that new connections of one loop get. Swapped whole
// when its files have changed; connections that are open keep theirs. Safe for
// concurrent use.
#ifndef PLIMSOLL_GATEWAY_HTTP_TLS_HOLDER_H_
#define PLIMSOLL_GATEWAY_HTTP_TLS_HOLDER_H_

#include <memory>
#include <mutex>
#include <utility>

#include "gateway/http/tls_context.h"

namespace plimsoll {

class TlsHolder {
 public:
  explicit TlsHolder(std::shared_ptr<const TlsContext> first)
      : current_(std::move(first)) {}

  std::shared_ptr<const TlsContext> Get() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void Swap(std::shared_ptr<const TlsContext> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);  // the old one ends after the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> current_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TLS_HOLDER_H_

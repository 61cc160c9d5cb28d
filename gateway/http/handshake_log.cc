#include "gateway/http/handshake_log.h"

#include "absl/strings/str_cat.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {

void HandshakeLog::Ended(absl::string_view address, const Status& how) {
  metrics::tls_handshakes.Add({listener_, how.ok() ? "ok" : "failed"});
  if (how.ok()) return;
  const absl::Time now = clock_();
  if (now < said_at_ + kEvery) {
    ++unsaid_;
    return;
  }
  said_at_ = now;
  LogInfo("tls handshake failed", {{"server", listener_},
                                   {"client", address},
                                   {"error", how.message()},
                                   {"others", absl::StrCat(unsaid_)}});
  unsaid_ = 0;
}

}  // namespace plimsoll

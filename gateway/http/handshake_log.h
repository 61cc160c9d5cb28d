// HandshakeLog: counts a listener's TLS handshakes and says in the log why they
// fail, one line in kEvery at most, however many come: anybody can make them
// fail. For one loop.
#ifndef PLIMSOLL_GATEWAY_HTTP_HANDSHAKE_LOG_H_
#define PLIMSOLL_GATEWAY_HTTP_HANDSHAKE_LOG_H_

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "policy/status.h"

namespace plimsoll {

class HandshakeLog {
 public:
  static constexpr absl::Duration kEvery = absl::Seconds(10);

  explicit HandshakeLog(std::string listener,
                        std::function<absl::Time()> clock = absl::Now)
      : listener_(std::move(listener)), clock_(std::move(clock)) {}

  // A handshake of the client at `address` ended so.
  void Ended(absl::string_view address, const Status& how);

 private:
  const std::string listener_;
  const std::function<absl::Time()> clock_;
  absl::Time said_at_ = absl::InfinitePast();
  size_t unsaid_ = 0;  // failures since
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_HANDSHAKE_LOG_H_

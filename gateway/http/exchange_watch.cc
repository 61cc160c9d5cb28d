#include "gateway/http/exchange_watch.h"

#include <chrono>
#include <cstdint>
#include <new>

#include "gateway/observe/metrics.h"

namespace plimsoll {

ExchangeWatch::ExchangeWatch(const Exchange& exchange,
                             absl::string_view listener, AccessLog* log)
    : exchange_(exchange), listener_(listener), log_(log) {
  metrics::requests_under_way.Add(1);
}

ExchangeWatch::~ExchangeWatch() {
  metrics::requests_under_way.Add(-1);
  Count();
  if (log_ != nullptr) Log();
}

void ExchangeWatch::Count() const {
  const absl::string_view route = exchange_.notes.route;
  const std::chrono::duration<double> lasted =
      std::chrono::steady_clock::now() - exchange_.began();
  metrics::requests.Add({route, metrics::ReadOrWrite(exchange_.head.method),
                         metrics::CodeClass(exchange_.status())});
  metrics::request_seconds.Observe(lasted.count(), {route});
  // What was relayed has been counted as it went.
  const uint64_t in = exchange_.reader().body_bytes() - exchange_.relayed_in();
  const uint64_t out = exchange_.answer_bytes() - exchange_.relayed_out();
  metrics::body_bytes.Add({"in"}, static_cast<int64_t>(in));
  metrics::body_bytes.Add({"out"}, static_cast<int64_t>(out));
}

void ExchangeWatch::Log() const {
  try {
    log_->Write(exchange_, listener_);
  } catch (const std::bad_alloc&) {  // its line is lost, the server is not
    metrics::dropped_lines.Add({"access"});
  }
}

}  // namespace plimsoll

// Exchanges as JSON lines, one each, when they have ended. What a request may
// hold that is secret is not in them: of its target the path, of its fields the
// user agent and what names it to its sender.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_ACCESS_LOG_H_
#define PLIMSOLL_GATEWAY_OBSERVE_ACCESS_LOG_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/access_log.h"
#include "policy/status.h"

namespace plimsoll {

// `where` as in LogFile::Open, and fails as that; null for "".
StatusOr<std::unique_ptr<AccessLog>> OpenAccessLog(const std::string& where);

// The line of an exchange that ended at `now`, without its end. Every part that
// a peer wrote is bounded; what is not known is left out.
std::string AccessLine(const Exchange& exchange, absl::string_view listener,
                       absl::Time now);

// 1 to 128 characters that need no quoting anywhere.
bool IsRequestId(absl::string_view text);
// The trace's id in a `traceparent` field; "" where that is not well-formed.
absl::string_view TraceIdOf(absl::string_view traceparent);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_ACCESS_LOG_H_

// Instants as the records, the log and the API write them.
#ifndef PLIMSOLL_GATEWAY_INSTANT_H_
#define PLIMSOLL_GATEWAY_INSTANT_H_

#include <string>

#include "absl/time/time.h"

namespace plimsoll {

// RFC 3339 in UTC with microseconds: "2026-11-23T04:05:06.000007Z".
inline std::string FormatInstant(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_INSTANT_H_

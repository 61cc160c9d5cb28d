// The gateway's own log: one JSON object a line on stderr, safe from any
// thread. What is logged is named field by field; requests' heads and
// credentials never are.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_LOG_H_
#define PLIMSOLL_GATEWAY_OBSERVE_LOG_H_

#include <initializer_list>
#include <utility>

#include "absl/strings/string_view.h"

namespace plimsoll {

using LogField = std::pair<absl::string_view, absl::string_view>;

// {"time":...,"level":...,"event":...,"field":"value",...}
void LogInfo(absl::string_view event, std::initializer_list<LogField> fields);
void LogError(absl::string_view event, std::initializer_list<LogField> fields);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_LOG_H_

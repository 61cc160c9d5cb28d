// The gateway's own log: one JSON object a line on stderr, safe from any
// thread, and never waiting for whoever reads it. What is logged is named field
// by field; requests' heads and credentials never are. What waits is written
// when the process ends in order; a crash may lose it.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_LOG_H_
#define PLIMSOLL_GATEWAY_OBSERVE_LOG_H_

#include <initializer_list>
#include <utility>

#include "absl/strings/string_view.h"
#include "gateway/observe/line_writer.h"

namespace plimsoll {

using LogField = std::pair<absl::string_view, absl::string_view>;

// {"time":...,"level":...,"event":...,"field":"value",...}
void LogInfo(absl::string_view event, std::initializer_list<LogField> fields);
void LogError(absl::string_view event, std::initializer_list<LogField> fields);

// What writes to stderr: whoever else has lines for it shares this, so that
// they stay whole. Lasts as long as the process.
LineWriter& LogLines();

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_LOG_H_

#include "gateway/observe/log.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/instant.h"
#include "gateway/observe/metrics.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

void WriteLine(absl::string_view level, absl::string_view event,
               std::initializer_list<LogField> fields) {
  std::string line = absl::StrCat(
      "{\"time\":", QuoteJson(FormatInstant(absl::Now())),
      ",\"level\":", QuoteJson(level), ",\"event\":", QuoteJson(event));
  for (const auto& [name, value] : fields) {
    absl::StrAppend(&line, ",", QuoteJson(name), ":", QuoteJson(value));
  }
  line += "}";
  LogLines().Write(line, "gateway");
}

// Never destroyed: threads may log to the very end.
LineWriter* StartLines() {
  LineOptions options;
  options.on_drop = [](absl::string_view log) {
    metrics::dropped_lines.Add({log});
  };
  std::atexit([] { LogLines().Close(); });
  return new LineWriter(STDERR_FILENO, std::move(options));
}

}  // namespace

LineWriter& LogLines() {
  static LineWriter* const lines = StartLines();
  return *lines;
}

void LogInfo(absl::string_view event, std::initializer_list<LogField> fields) {
  WriteLine("info", event, fields);
}

void LogError(absl::string_view event, std::initializer_list<LogField> fields) {
  WriteLine("error", event, fields);
}

}  // namespace plimsoll

#include "gateway/observe/log.h"

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/instant.h"
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
  line += "}\n";
  // One write: lines of several threads do not mix. A lost line is no loss.
  (void)!::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void LogInfo(absl::string_view event, std::initializer_list<LogField> fields) {
  WriteLine("info", event, fields);
}

void LogError(absl::string_view event, std::initializer_list<LogField> fields) {
  WriteLine("error", event, fields);
}

}  // namespace plimsoll

// LogFile: where the lines of one log go, as a configuration names it. Logs
// that name stdout or stderr share it, so that their lines stay whole. Lines
// are written from a thread of their own: what cannot be written is dropped and
// counted (line_writer.h), nobody waits, and a crash may lose what was about to
// be written. Safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_LOG_FILE_H_
#define PLIMSOLL_GATEWAY_OBSERVE_LOG_FILE_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/observe/line_writer.h"
#include "policy/status.h"

namespace plimsoll {

// How a log is called. All of it lives as long as the process.
struct LogName {
  absl::string_view title;    // "decision log"
  absl::string_view counted;  // as dropped lines are counted: "decisions"
  absl::string_view loss;     // what it means that its lines are lost
};

class LogFile {
 public:
  // `where` is "stdout", "stderr", or a path to append to. Unavailable where
  // the file cannot be opened, or is a named pipe that nobody reads.
  static StatusOr<LogFile> Open(const std::string& where, LogName name);

  void Write(absl::string_view line) { lines_->Write(line, counted_); }

 private:
  LogFile(absl::string_view counted, LineWriter& shared)
      : counted_(counted), lines_(&shared) {}
  LogFile(absl::string_view counted, std::unique_ptr<LineWriter> own)
      : counted_(counted), own_(std::move(own)), lines_(own_.get()) {}

  absl::string_view counted_;
  std::unique_ptr<LineWriter> own_;  // null where it is shared
  LineWriter* lines_;
};

// What writes to stdout; lasts as long as the process.
LineWriter& StdoutLines();

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_LOG_FILE_H_

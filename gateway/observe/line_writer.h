// LineWriter: whole lines to a file descriptor from a thread of its own, so
// that whoever logs never waits for whoever reads. What does not fit in the
// queue or cannot be written is dropped and counted, and told by a line of its
// own, {"event":"log lines dropped","count":N}, once lines flow again. Safe for
// concurrent use.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_LINE_WRITER_H_
#define PLIMSOLL_GATEWAY_OBSERVE_LINE_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace plimsoll {

struct LineOptions {
  size_t max_lines = 16'384;           // that wait
  size_t max_bytes = size_t{8} << 20;  // that wait
  absl::Duration flush = absl::Seconds(2);
  bool owned = false;  // the file is closed with the writer
  // Told of the first line of a row that could not be written, with an errno.
  // On the writer's thread: it must outlive the process's last line.
  std::function<void(int)> on_failure = [](int) {};
  // Told of every line that is dropped, and of which log it was; on whichever
  // thread.
  std::function<void(absl::string_view)> on_drop = [](absl::string_view) {};
};

class LineWriter {
 public:
  explicit LineWriter(int file, LineOptions options = {});
  // As Close.
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // Queues `line` (without its end); never waits for the file. `log` names the
  // one of several logs that the line is of; it lives as long as the process.
  void Write(absl::string_view line, absl::string_view log = "");
  // Returns once what was queued before has been written or dropped, or `flush`
  // is over.
  void Flush();
  // Writes what waits, for as long as `flush` at most; what is left then, and
  // every later line, is dropped.
  void Close();
  // Dropped so far.
  int64_t dropped() const;

 private:
  // Of the writer and its thread: a thread that the kernel holds in a write
  // outlives the writer.
  struct State;

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_LINE_WRITER_H_

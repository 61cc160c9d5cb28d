#include "gateway/observe/line_writer.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace plimsoll {
namespace {

constexpr int kPollMilliseconds = 50;
// Past the flush, for a thread that is about to notice.
constexpr absl::Duration kGrace = absl::Milliseconds(500);

// What one write(2) may take without waiting where poll(2) says that there is
// room: anything into a regular file, this much into a pipe or a socket. Their
// descriptions are shared with others: we do not make them non-blocking.
size_t PieceOf(int file) {
  struct stat about {};
  const bool regular = ::fstat(file, &about) == 0 && S_ISREG(about.st_mode);
  return regular ? SSIZE_MAX : PIPE_BUF;
}

}  // namespace

struct LineWriter::State {
  State(int to, LineOptions with)
      : file(to), piece(PieceOf(to)), options(std::move(with)) {}
  ~State() {
    if (options.owned) ::close(file);
  }

  struct Line {
    std::string text;
    absl::string_view log;
    int64_t told = 0;  // how many drops it tells; of our own lines only
  };
  bool Push(absl::string_view line, absl::string_view log);
  void Run();
  // False at the end, whether or not all is written.
  bool Next(Line& line);
  void WriteOne(const Line& line);
  // 0, an errno, or ECANCELED where the flush's time is over.
  int WriteAll(absl::string_view bytes);
  bool TimeIsOver();

  const int file;
  const size_t piece;
  const LineOptions options;
  bool failing = false;  // of the thread: the last line was not written
  bool torn = false;     // of the thread: a piece of a line was

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Line> waiting;
  size_t waiting_bytes = 0;
  int64_t dropped = 0;
  int64_t untold = 0;
  bool writing = false;  // a line that waits no longer
  bool closed = false;
  bool ended = false;
  absl::Time give_up = absl::InfiniteFuture();
};

bool LineWriter::State::Push(absl::string_view line, absl::string_view log) {
  const std::lock_guard lock(mutex);
  const bool fits = !closed && waiting.size() < options.max_lines &&
                    line.size() < options.max_bytes - waiting_bytes;
  if (!fits) {
    ++dropped;
    ++untold;
    return false;
  }
  waiting.push_back({absl::StrCat(line, "\n"), log});
  waiting_bytes += line.size() + 1;
  // With more lines the thread is awake.
  if (waiting.size() == 1) changed.notify_all();
  return true;
}

bool LineWriter::State::Next(Line& line) {
  std::unique_lock lock(mutex);
  writing = false;
  if (waiting.empty()) changed.notify_all();
  changed.wait(lock, [this] {
    return closed || !waiting.empty() || (untold > 0 && !failing);
  });
  if (closed && absl::Now() >= give_up) return false;
  if (!waiting.empty()) {
    line = std::move(waiting.front());
    waiting.pop_front();
    waiting_bytes -= line.text.size();
    writing = true;
    return true;
  }
  if (untold == 0 || failing) return false;
  line = {
      absl::StrCat(R"({"event":"log lines dropped","count":)", untold, "}\n"),
      "", untold};
  return true;
}

void LineWriter::State::Run() {
  Line line;
  while (Next(line)) WriteOne(line);
  const std::lock_guard lock(mutex);
  dropped += static_cast<int64_t>(waiting.size());
  for (const Line& left : waiting) options.on_drop(left.log);
  ended = true;
  changed.notify_all();
}

void LineWriter::State::WriteOne(const Line& line) {
  // After a piece of a line the next one still starts a line.
  const int error = WriteAll(torn ? absl::StrCat("\n", line.text) : line.text);
  const bool first = error != 0 && !failing;
  failing = error != 0;
  if (first && error != ECANCELED) options.on_failure(error);
  if (failing && line.told == 0) options.on_drop(line.log);
  const std::lock_guard lock(mutex);
  if (!failing) untold -= line.told;
  if (failing && line.told == 0) {
    ++dropped;
    ++untold;
  }
}

int LineWriter::State::WriteAll(absl::string_view bytes) {
  bool some = false;
  while (!bytes.empty()) {
    pollfd room{file, POLLOUT, 0};
    const int ready = ::poll(&room, 1, kPollMilliseconds);
    if (ready <= 0 && TimeIsOver()) return ECANCELED;
    if (ready <= 0) continue;
    const ssize_t count =
        ::write(file, bytes.data(), std::min(bytes.size(), piece));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
      if (TimeIsOver()) return ECANCELED;
      continue;
    }
    if (count < 0) {
      torn = torn || some;
      return errno;
    }
    some = some || count > 0;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  torn = false;
  return 0;
}

bool LineWriter::State::TimeIsOver() {
  const std::lock_guard lock(mutex);
  return closed && absl::Now() >= give_up;
}

LineWriter::LineWriter(int file, LineOptions options)
    : state_(std::make_shared<State>(file, std::move(options))),
      thread_([state = state_] { state->Run(); }) {}

LineWriter::~LineWriter() { Close(); }

void LineWriter::Write(absl::string_view line, absl::string_view log) {
  if (!state_->Push(line, log)) state_->options.on_drop(log);
}

void LineWriter::Flush() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait_for(
      lock, absl::ToChronoNanoseconds(state_->options.flush), [this] {
        return state_->ended || (state_->waiting.empty() && !state_->writing);
      });
}

void LineWriter::Close() {
  if (!thread_.joinable()) return;
  std::unique_lock lock(state_->mutex);
  state_->closed = true;
  state_->give_up = absl::Now() + state_->options.flush;
  state_->changed.notify_all();
  const bool ended = state_->changed.wait_for(
      lock, absl::ToChronoNanoseconds(state_->options.flush + kGrace),
      [this] { return state_->ended; });
  lock.unlock();
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

int64_t LineWriter::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

}  // namespace plimsoll

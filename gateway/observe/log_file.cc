#include "gateway/observe/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

LineOptions OptionsFor(std::string where, absl::string_view title,
                       absl::string_view loss) {
  LineOptions options;
  options.on_drop = [](absl::string_view log) {
    metrics::dropped_lines.Add({log});
  };
  options.on_failure = [where = std::move(where), title, loss](int error) {
    LogError(absl::StrCat(title, " cannot be written"),
             {{"file", where},
              {"error", std::system_category().message(error)},
              {"effect", loss}});
  };
  return options;
}

// Never destroyed: whoever logs may do so to the very end.
LineWriter* StartStdout() {
  std::atexit([] { StdoutLines().Close(); });
  return new LineWriter(STDOUT_FILENO,
                        OptionsFor("stdout", "log", "lines are lost"));
}

// One file behind both descriptors, as `2>&1` makes it.
bool StdoutIsStderr() {
  struct stat out {};
  struct stat err {};
  return ::fstat(STDOUT_FILENO, &out) == 0 &&
         ::fstat(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev &&
         out.st_ino == err.st_ino;
}

}  // namespace

LineWriter& StdoutLines() {
  static LineWriter* const lines = StartStdout();
  return *lines;
}

StatusOr<LogFile> LogFile::Open(const std::string& where, LogName name) {
  if (where == "stderr" || (where == "stdout" && StdoutIsStderr())) {
    return LogFile(name.counted, LogLines());
  }
  if (where == "stdout") return LogFile(name.counted, StdoutLines());
  // Non-blocking for a named pipe: without a reader it cannot be opened.
  const int file =
      ::open(where.c_str(),
             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640);
  if (file < 0) {
    return absl::UnavailableError(absl::StrCat(
        name.title, " ", where, ": ", std::system_category().message(errno)));
  }
  LineOptions options = OptionsFor(where, name.title, name.loss);
  options.owned = true;
  return LogFile(name.counted,
                 std::make_unique<LineWriter>(file, std::move(options)));
}

}  // namespace plimsoll

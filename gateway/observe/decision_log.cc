#include "gateway/observe/decision_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/admission/decision.h"
#include "gateway/observe/line_writer.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

class NoDecisionLog : public DecisionLog {
 public:
  void Write(const v1::Decision&) override {}
};

// Beside the gateway's own lines.
class SharedDecisionLog : public DecisionLog {
 public:
  void Write(const v1::Decision& decision) override {
    LogLines().Write(DecisionJson(decision));
  }
};

class OwnDecisionLog : public DecisionLog {
 public:
  OwnDecisionLog(int file, LineOptions options)
      : lines_(file, std::move(options)) {}
  void Write(const v1::Decision& decision) override {
    lines_.Write(DecisionJson(decision));
  }

 private:
  LineWriter lines_;
};

LineOptions OptionsFor(const std::string& where) {
  LineOptions options;
  options.on_drop = [] { metrics::dropped_lines.Add({"decisions"}); };
  options.on_failure = [where](int error) {
    LogError("decision log cannot be written",
             {{"file", where},
              {"error", std::system_category().message(error)},
              {"effect", "lines are lost; the store has the decisions"}});
  };
  return options;
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

StatusOr<std::unique_ptr<DecisionLog>> OpenDecisionLog(
    const std::string& where) {
  if (where.empty()) return std::make_unique<NoDecisionLog>();
  const bool to_stdout = where == "stdout";
  if (where == "stderr" || (to_stdout && StdoutIsStderr())) {
    return std::make_unique<SharedDecisionLog>();
  }
  LineOptions options = OptionsFor(where);
  if (to_stdout) {
    return std::make_unique<OwnDecisionLog>(STDOUT_FILENO, std::move(options));
  }
  // Non-blocking for a named pipe: without a reader it cannot be opened.
  const int file =
      ::open(where.c_str(),
             O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640);
  if (file < 0) {
    return absl::UnavailableError(absl::StrCat(
        "decision log ", where, ": ", std::system_category().message(errno)));
  }
  options.owned = true;
  return std::make_unique<OwnDecisionLog>(file, std::move(options));
}

}  // namespace plimsoll

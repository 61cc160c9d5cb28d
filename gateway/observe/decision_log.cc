#include "gateway/observe/decision_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "gateway/admission/decision.h"

namespace plimsoll {
namespace {

class NoDecisionLog : public DecisionLog {
 public:
  void Write(const v1::Decision&) override {}
};

class FileDecisionLog : public DecisionLog {
 public:
  FileDecisionLog(int file, bool owned) : file_(file), owned_(owned) {}
  ~FileDecisionLog() override {
    if (owned_) ::close(file_);
  }

  void Write(const v1::Decision& decision) override {
    const std::string line = absl::StrCat(DecisionJson(decision), "\n");
    const std::lock_guard lock(mutex_);
    absl::string_view left = line;
    while (!left.empty()) {
      const ssize_t count = ::write(file_, left.data(), left.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return;  // the store has it
      left.remove_prefix(static_cast<size_t>(count));
    }
  }

 private:
  std::mutex mutex_;
  const int file_;
  const bool owned_;
};

}  // namespace

StatusOr<std::unique_ptr<DecisionLog>> OpenDecisionLog(
    const std::string& where) {
  if (where.empty()) return std::make_unique<NoDecisionLog>();
  if (where == "stdout") {
    return std::make_unique<FileDecisionLog>(STDOUT_FILENO, false);
  }
  if (where == "stderr") {
    return std::make_unique<FileDecisionLog>(STDERR_FILENO, false);
  }
  const int file =
      ::open(where.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (file < 0) {
    return absl::UnavailableError(
        absl::StrCat("decision log ", where, ": ", std::strerror(errno)));
  }
  return std::make_unique<FileDecisionLog>(file, true);
}

}  // namespace plimsoll

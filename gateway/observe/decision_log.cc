#include "gateway/observe/decision_log.h"

#include <utility>

#include "gateway/admission/decision.h"
#include "gateway/observe/log_file.h"

namespace plimsoll {
namespace {

class NoDecisionLog : public DecisionLog {
 public:
  void Write(const v1::Decision&) override {}
};

class FileDecisionLog : public DecisionLog {
 public:
  explicit FileDecisionLog(LogFile file) : file_(std::move(file)) {}
  void Write(const v1::Decision& decision) override {
    file_.Write(DecisionJson(decision));
  }

 private:
  LogFile file_;
};

}  // namespace

StatusOr<std::unique_ptr<DecisionLog>> OpenDecisionLog(
    const std::string& where) {
  if (where.empty()) return std::make_unique<NoDecisionLog>();
  const LogName name{"decision log", "decisions",
                     "lines are lost; the store has the decisions"};
  ASSIGN_OR_RETURN(LogFile file, LogFile::Open(where, name));
  return std::make_unique<FileDecisionLog>(std::move(file));
}

}  // namespace plimsoll

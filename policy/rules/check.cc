#include "policy/rules/check.h"

#include <utility>

namespace plimsoll {

CheckOutput Pass(std::string message) {
  CheckOutput output;
  output.message = std::move(message);
  return output;
}

CheckOutput Skip(std::string message) {
  CheckOutput output = Pass(std::move(message));
  output.result = CheckResult::kSkip;
  return output;
}

CheckOutput Fail(std::string message, std::string hint) {
  CheckOutput output = Pass(std::move(message));
  output.result = CheckResult::kFail;
  output.hint = std::move(hint);
  return output;
}

CheckOutput FailForEver(std::string message, std::string hint) {
  CheckOutput output = Fail(std::move(message), std::move(hint));
  output.definite = true;
  return output;
}

CheckOutput Missing(std::string message, std::string hint) {
  CheckOutput output = Fail(std::move(message), std::move(hint));
  output.result = CheckResult::kError;
  return output;
}

}  // namespace plimsoll

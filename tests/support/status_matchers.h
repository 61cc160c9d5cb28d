// gmock matchers for Status and StatusOr: EXPECT_THAT(f(), IsOk()),
// EXPECT_THAT(f(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("..."))).
#ifndef PLIMSOLL_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define PLIMSOLL_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <string>

#include "policy/status.h"

namespace plimsoll {

inline const Status& StatusOf(const Status& status) { return status; }
template <typename T>
const Status& StatusOf(const StatusOr<T>& status_or) {
  return status_or.status();
}

MATCHER(IsOk, negation ? "is not OK" : "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P2(StatusIs, code, message, "") {
  const Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code &&
         testing::ExplainMatchResult(message, std::string(status.message()),
                                     result_listener);
}
// What the value of a StatusOr matches.
MATCHER_P(IsOkAndHolds, value, "") {
  *result_listener << StatusOf(arg).ToString() << " ";
  return arg.ok() && testing::ExplainMatchResult(value, *arg, result_listener);
}

template <typename Code>
auto StatusIs(Code code) {
  return StatusIs(code, testing::_);
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_STATUS_MATCHERS_H_

// What the gateway's log says meanwhile, for tests of one thread.
#ifndef PLIMSOLL_TESTS_SUPPORT_CAPTURED_LOG_H_
#define PLIMSOLL_TESTS_SUPPORT_CAPTURED_LOG_H_

#include <gtest/gtest.h>

#include <string>

#include "gateway/observe/log.h"

namespace plimsoll {

inline void CaptureLog() {
  LogLines().Flush();
  testing::internal::CaptureStderr();
}
// All lines since CaptureLog().
inline std::string CapturedLog() {
  LogLines().Flush();
  return testing::internal::GetCapturedStderr();
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_CAPTURED_LOG_H_

#include "gateway/http/handshake_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

class HandshakeLogTest : public testing::Test {
 protected:
  std::string LogOf(int failures) {
    CaptureLog();
    for (int i = 0; i < failures; ++i) {
      log_.Ended("10.0.0.1", absl::UnavailableError("unknown ca"));
    }
    return CapturedLog();
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  HandshakeLog log_{"registry", [this] { return now_; }};
};

TEST_F(HandshakeLogTest, SaysOneOfManyAndHowManyItDidNot) {
  EXPECT_THAT(LogOf(1), HasSubstr(R"("server":"registry","client":"10.0.0.1",)"
                                  R"("error":"unknown ca","others":"0")"));
  EXPECT_EQ(LogOf(1000), "");
  now_ += HandshakeLog::kEvery - absl::Milliseconds(1);
  EXPECT_EQ(LogOf(1), "");
  now_ += absl::Milliseconds(1);
  EXPECT_THAT(LogOf(1), HasSubstr(R"("others":"1001")"));
}

TEST_F(HandshakeLogTest, SaysNothingOfThoseThatComeAbout) {
  CaptureLog();
  log_.Ended("10.0.0.1", absl::OkStatus());
  EXPECT_EQ(CapturedLog(), "");
}

}  // namespace
}  // namespace plimsoll

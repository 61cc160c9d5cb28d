#include "gateway/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "gateway/observe/metrics.h"
#include "tests/gateway/observe/pipe.h"

namespace plimsoll {
namespace {

// Puts a pipe in the place of stderr.
class LogTest : public testing::Test {
 protected:
  LogTest() : stderr_(::dup(STDERR_FILENO)) {
    ::dup2(pipe_.writer(), STDERR_FILENO);
  }
  ~LogTest() override {
    ::dup2(stderr_, STDERR_FILENO);
    ::close(stderr_);
  }
  Pipe pipe_;
  const int stderr_;
};

TEST_F(LogTest, WritesOneObjectALine) {
  LogInfo("one", {{"name", "a \"quoted\"\nvalue"}});
  LogError("two", {});
  EXPECT_THAT(
      pipe_.ReadUntil("\"two\"}\n"),
      testing::MatchesRegex(
          "\\{\"time\":\"[^\"]+\",\"level\":\"info\",\"event\":\"one\","
          "\"name\":\"a \\\\\"quoted\\\\\"\\\\nvalue\"\\}\n"
          "\\{\"time\":\"[^\"]+\",\"level\":\"error\",\"event\":\"two\"\\}\n"));
}

TEST_F(LogTest, HoldsNobodyUpWhereNobodyReads) {
  const int64_t before = metrics::dropped_lines.Get({"gateway"});
  pipe_.Fill();
  for (int i = 0; i < 20'000; ++i) LogInfo("unread", {});
  EXPECT_GT(metrics::dropped_lines.Get({"gateway"}), before);
  EXPECT_THAT(pipe_.ReadUntil("log lines dropped"),
              testing::HasSubstr("\"unread\"}\n{\"event\":\"log lines"));
}

}  // namespace
}  // namespace plimsoll

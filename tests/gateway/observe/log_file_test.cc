#include "gateway/observe/log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "gateway/observe/metrics.h"
#include "tests/support/captured_log.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

constexpr LogName kOne{"one log", "access", "lines are lost"};
constexpr LogName kOther{"other log", "decisions", "lines are lost"};

TEST(LogFile, AppendsToAPath) {
  ScratchDir scratch;
  const std::string path = scratch.Write("log", "before\n");
  {
    StatusOr<LogFile> file = LogFile::Open(path, kOne);
    ASSERT_THAT(file, IsOk());
    file->Write("after");
  }
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  EXPECT_EQ(content.str(), "before\nafter\n");
}

// Two writers would tear each other's lines.
TEST(LogFile, SharesStdoutWithEveryOtherThatNamesIt) {
  // Before they open it, since it may be the same as stderr.
  testing::internal::CaptureStdout();
  StatusOr<LogFile> one = LogFile::Open("stdout", kOne);
  StatusOr<LogFile> other = LogFile::Open("stdout", kOther);
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(other, IsOk());
  one->Write("1");
  other->Write("2");
  one->Write("3");
  StdoutLines().Flush();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "1\n2\n3\n");
}

TEST(LogFile, CountsALineThatIsLostUnderItsOwnName) {
  StatusOr<LogFile> file = LogFile::Open("/dev/full", kOne);
  ASSERT_THAT(file, IsOk());
  const int64_t before = metrics::dropped_lines.Get({"access"});
  CaptureLog();
  file->Write("lost");
  { const LogFile ended = *std::move(file); }
  EXPECT_THAT(CapturedLog(),
              testing::HasSubstr(R"("event":"one log cannot be written")"));
  EXPECT_EQ(metrics::dropped_lines.Get({"access"}), before + 1);
}

}  // namespace
}  // namespace plimsoll

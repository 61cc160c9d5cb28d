#include "gateway/observe/decision_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "tests/support/decisions.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

std::string ContentOf(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

TEST(DecisionLog, AppendsEachDecisionAsALine) {
  ScratchDir scratch;
  const std::string path = scratch.Write("log", "before\n");
  {
    const auto log = OpenDecisionLog(path);
    ASSERT_THAT(log, IsOk());
    (*log)->Write(DecisionOf("a"));
    (*log)->Write(DecisionOf("b"));
  }
  EXPECT_THAT(ContentOf(path),
              testing::MatchesRegex("before\n\\{[^\n]*\"a\"[^\n]*\\}\n"
                                    "\\{[^\n]*\"b\"[^\n]*\\}\n"));
}

TEST(DecisionLog, IsUnavailableWhereItsFileCannotBeOpened) {
  EXPECT_THAT(
      OpenDecisionLog("/nowhere/at/all"),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("/nowhere/at/all")));
}

TEST(DecisionLog, OfNowhereTakesDecisions) {
  const auto log = OpenDecisionLog("");
  ASSERT_THAT(log, IsOk());
  (*log)->Write(DecisionOf("a"));
}

// A pipe that nobody read stopped every push after the tenth, and /readyz.
TEST(DecisionLog, ThatNobodyReadsHoldsNobodyUp) {
  ScratchDir scratch;
  const std::string path = absl::StrCat(scratch.path(), "/fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  {
    const auto log = OpenDecisionLog(path);
    ASSERT_THAT(log, IsOk());
    for (int i = 0; i < 1000; ++i) (*log)->Write(DecisionOf(absl::StrCat(i)));
  }
  ::close(reader);
}

TEST(DecisionLog, DoesNotWaitForAReaderToOpen) {
  ScratchDir scratch;
  const std::string path = absl::StrCat(scratch.path(), "/fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(OpenDecisionLog(path),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("fifo")));
}

}  // namespace
}  // namespace plimsoll

// Kills a process that serves, in the middle of many writes: what was
// acknowledged is there, and the next process serves at once.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/contract/store_contract.h"
#include "tests/gateway/store/open_store.h"
#include "tests/support/scratch_dir.h"

extern char** environ;

namespace plimsoll {
namespace {

constexpr int kRounds = 8;

// A process whose stdout is read here.
class Child {
 public:
  explicit Child(std::vector<std::string> words) {
    std::array<int, 2> ends;
    EXPECT_EQ(pipe(ends.data()), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(posix_spawn(&process_, arguments[0], &actions, nullptr,
                          arguments.data(), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    output_ = ends[0];
  }
  ~Child() { close(output_); }

  // Reads until there are `count` lines, or the end.
  void ReadLines(size_t count) {
    char buffer[4096];
    while (lines_ < count) {
      ssize_t size = read(output_, buffer, sizeof(buffer));
      if (size <= 0) return;
      absl::string_view text(buffer, static_cast<size_t>(size));
      lines_ += static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
      absl::StrAppend(&text_, text);
    }
  }

  // Kills it and gives all the whole lines that it wrote.
  std::vector<std::string> Kill() {
    kill(process_, SIGKILL);
    int status = 0;
    waitpid(process_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
    ReadLines(std::string::npos);
    text_.resize(text_.rfind('\n') + 1);
    return absl::StrSplit(text_, '\n', absl::SkipEmpty());
  }

 private:
  pid_t process_ = -1;
  int output_ = -1;
  size_t lines_ = 0;
  std::string text_;
};

void ExpectRecorded(SqliteStore& store, const std::string& id) {
  StatusOr<StoredDecision> found = Wait(store.FindDecision(id));
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->state, ForwardState::kIntent);
  EXPECT_EQ(*Wait(store.FindEvidence(found->decision.evidence())),
            absl::StrCat("of ", id));
}

void ExpectNoGaps(SqliteStore& store) {
  DecisionFilter all;
  all.limit = kMaxDecisionsListed;
  std::vector<StoredDecision> decisions = *Wait(store.ListDecisions(all));
  for (size_t i = 0; i < decisions.size(); ++i) {
    ASSERT_EQ(decisions[i].sequence,
              static_cast<int64_t>(decisions.size() - i));
  }
}

TEST(SqliteCrash, NothingAcknowledgedIsLostWhenTheProcessIsKilled) {
  ScratchDir directory;
  std::string path = directory.Path("store.db");
  for (int round = 0; round < kRounds; ++round) {
    std::string prefix = absl::StrCat("round", round);
    Child child({PLIMSOLL_STORE_CRASH_CHILD, path, prefix});
    // Another moment in each round.
    child.ReadLines(static_cast<size_t>(1 + 23 * round));
    std::vector<std::string> acknowledged = child.Kill();
    ASSERT_FALSE(acknowledged.empty());
    std::unique_ptr<SqliteStore> store = Serve(path);
    for (const std::string& number : acknowledged) {
      ExpectRecorded(*store, absl::StrCat(prefix, "-", number));
    }
    ExpectNoGaps(*store);
  }
}

}  // namespace
}  // namespace plimsoll

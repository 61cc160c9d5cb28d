#include "gateway/registry/tag_locks.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gateway/http/loop.h"
#include "tests/support/loop_thread.h"

namespace plimsoll {
namespace {

class TagLocksTest : public testing::Test {
 protected:
  using Keys = std::vector<std::string>;

  // Takes `keys` on the loop and keeps them under `name` once it has them.
  void Ask(const std::string& name, Keys keys) {
    asio::co_spawn(loop_.executor(), TakeAndKeep(name, std::move(keys)),
                   [](std::exception_ptr) {});
    Turn();
  }
  void LetGo(const std::string& name) {
    held_.erase(name);
    Turn();
  }
  // Runs what is ready.
  void Turn() {
    loop_.io().restart();
    loop_.io().poll();
  }
  // Who holds keys now, in the order of the names.
  Keys Holders() const {
    Keys names;
    for (const auto& [name, held] : held_) names.push_back(name);
    return names;
  }

  TagLocks locks_;
  Loop loop_;
  std::map<std::string, TagLocks::Held> held_;
  absl::Time deadline_ = absl::InfiniteFuture();
  std::vector<std::string> late_;

 private:
  Task<> TakeAndKeep(std::string name, Keys keys) {
    StatusOr<TagLocks::Held> held =
        co_await locks_.Take(std::move(keys), deadline_);
    if (!held.ok()) co_return late_.push_back(std::move(name));
    held_.emplace(std::move(name), *std::move(held));
  }
};

using Names = std::vector<std::string>;

TEST_F(TagLocksTest, GivesATagToOneAfterTheOtherInTheOrderOfAsking) {
  Ask("a", {"r:v1"});
  Ask("b", {"r:v1"});
  Ask("c", {"r:v1"});
  EXPECT_EQ(Holders(), Names{"a"});
  LetGo("a");
  EXPECT_EQ(Holders(), Names{"b"});
  LetGo("b");
  EXPECT_EQ(Holders(), Names{"c"});
  LetGo("c");
  Ask("d", {"r:v1"});
  EXPECT_EQ(Holders(), Names{"d"});
}

TEST_F(TagLocksTest, MakesNobodyWaitForAnotherTag) {
  Ask("a", {"r:v1"});
  Ask("b", {"r:v2"});
  Ask("c", {"other:v1"});
  Ask("d", {});
  EXPECT_EQ(Holders(), (Names{"a", "b", "c", "d"}));
}

TEST_F(TagLocksTest, TakesAllOrWaitsWithoutADeadlock) {
  Ask("a", {"r:v2", "r:v1", "r:v2"});
  Ask("b", {"r:v1", "r:v2"});
  Ask("c", {"r:v2", "r:v3"});
  EXPECT_EQ(Holders(), Names{"a"});
  LetGo("a");
  EXPECT_EQ(Holders().size(), 1u);
  held_.clear();
  Turn();
  held_.clear();
  Turn();
  EXPECT_LE(Holders().size(), 1u);
  Ask("d", {"r:v1"});
  EXPECT_EQ(held_.count("d"), 1u);
}

TEST_F(TagLocksTest, GivesBackWhatItTookWhereTheRestIsNotFreeInTime) {
  Ask("a", {"r:v2"});
  deadline_ = absl::InfinitePast();
  Ask("late", {"r:v1", "r:v2"});
  EXPECT_EQ(late_, Names{"late"});
  deadline_ = absl::InfiniteFuture();
  Ask("b", {"r:v1"});
  Ask("c", {"r:v2"});
  EXPECT_EQ(Holders(), (Names{"a", "b"}));
  LetGo("a");
  EXPECT_EQ(Holders(), (Names{"b", "c"})) << "nobody else stands in line";
}

TEST_F(TagLocksTest, MovesWithItsHolder) {
  Ask("a", {"r:v1"});
  TagLocks::Held moved = std::move(held_.at("a"));
  held_.clear();
  Ask("b", {"r:v1"});
  EXPECT_TRUE(Holders().empty());
  moved = TagLocks::Held();
  Turn();
  EXPECT_EQ(Holders(), Names{"b"});
}

TEST_F(TagLocksTest, IsSharedByLoops) {
  constexpr int kRounds = 300;
  LoopThread one, two;
  int inside = 0;  // guarded by the lock under test
  int done = 0;
  const auto work = [&]() -> Task<bool> {
    const Keys keys{"r:v1"};
    for (int i = 0; i < kRounds; ++i) {
      const auto held = co_await locks_.Take(keys, absl::InfiniteFuture());
      EXPECT_EQ(++inside, 1);
      co_await asio::post(asio::use_awaitable);
      --inside;
      ++done;
    }
    co_return true;
  };
  std::thread other([&] { two.Wait<bool>(work); });
  one.Wait<bool>(work);
  other.join();
  EXPECT_EQ(done, 2 * kRounds);
}

// Loops end one by one, each with the coroutines that wait or hold on it.
TEST_F(TagLocksTest, WakesNobodyWhoseLoopIsGone) {
  auto waiting = std::make_unique<Loop>();
  Ask("a", {"r:v1"});
  const auto wait = [this]() -> Task<> {
    const Keys keys{"r:v1"};
    const auto held = co_await locks_.Take(keys, absl::InfiniteFuture());
  };
  asio::co_spawn(waiting->executor(), wait, [](std::exception_ptr) {});
  waiting->io().poll();
  Ask("b", {"r:v1"});
  waiting.reset();
  LetGo("a");
  EXPECT_EQ(Holders(), Names{"b"});
}

}  // namespace
}  // namespace plimsoll

#include "gateway/store/write_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <future>
#include <string>
#include <vector>

#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

class WriteQueueTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT((*Open())->Execute("CREATE TABLE names(name TEXT PRIMARY KEY);"
                                   "CREATE TABLE uses(name TEXT REFERENCES "
                                   "names(name))"),
                IsOk());
  }
  StatusOr<std::unique_ptr<sqlite::Connection>> Open() {
    ++opened_;
    sqlite::ConnectionOptions options;
    options.path = directory_.Path("names.db");
    return sqlite::Connection::Open(options);
  }
  std::unique_ptr<WriteQueue> NewQueue(WriteLimits limits = {}) {
    opened_ = 0;
    return std::make_unique<WriteQueue>([this] { return Open(); }, limits);
  }

  static WriteQueue::Work Insert(std::string name) {
    return [name = std::move(name)](sqlite::Connection& connection) {
      return connection.Prepare("INSERT INTO names VALUES (?1)")
          .Bind(name)
          .Run();
    };
  }
  StatusOr<int64_t> Count() {
    return (*Open())->QueryInteger("SELECT count(*) FROM names");
  }

  // Starts a write on the loop; see results_ when the loop has run.
  void Start(WriteQueue& queue, WriteQueue::Work work, size_t bytes = 1) {
    Begin(queue.Submit(std::move(work), bytes));
  }
  void StartReserved(WriteQueue& queue, WriteQueue::Work work, size_t bytes) {
    Begin(queue.SubmitReserved(std::move(work), bytes));
  }
  void Begin(Task<Status> write) {
    size_t index = results_.size();
    results_.push_back(absl::UnknownError("not finished"));
    auto keep = [this, index](std::exception_ptr, Status status) {
      results_[index] = std::move(status);
    };
    asio::co_spawn(loop_, std::move(write), keep);
    loop_.poll();
  }

  ScratchDir directory_;
  std::atomic<int> opened_ = 0;
  asio::io_context loop_;
  std::vector<Status> results_;
};

// A write that holds the queue's thread until it is let go.
class Plug {
 public:
  WriteQueue::Work work() {
    return [this](sqlite::Connection&) {
      taken_.set_value();
      release_.get_future().wait();
      return absl::OkStatus();
    };
  }
  void WaitUntilTaken() { taken_.get_future().wait(); }
  void Release() { release_.set_value(); }

 private:
  std::promise<void> taken_;
  std::promise<void> release_;
};

TEST_F(WriteQueueTest, RefusesMoreWritesThanMayWait) {
  WriteLimits limits;
  limits.writes = 2;
  std::unique_ptr<WriteQueue> queue = NewQueue(limits);
  Plug plug;
  Start(*queue, plug.work());
  plug.WaitUntilTaken();
  Start(*queue, Insert("a"));
  Start(*queue, Insert("b"));
  EXPECT_EQ(queue->statistics().waiting, 2);
  Start(*queue, Insert("c"));
  loop_.poll();
  EXPECT_THAT(results_[3],
              StatusIs(StatusCode::kUnavailable, HasSubstr("overloaded")));
  plug.Release();
  loop_.run();
  EXPECT_THAT(results_, ElementsAre(IsOk(), IsOk(), IsOk(), testing::_));
  EXPECT_EQ(*Count(), 2);
}

TEST_F(WriteQueueTest, RefusesMoreBytesThanMayWait) {
  WriteLimits limits;
  limits.bytes = 100;
  std::unique_ptr<WriteQueue> queue = NewQueue(limits);
  Plug plug;
  Start(*queue, plug.work(), 100);
  plug.WaitUntilTaken();
  Start(*queue, Insert("a"), 60);
  Start(*queue, Insert("b"), 41);
  Start(*queue, Insert("c"), 40);
  plug.Release();
  loop_.run();
  EXPECT_THAT(
      results_,
      ElementsAre(IsOk(), IsOk(), StatusIs(StatusCode::kUnavailable), IsOk()));
}

// A flood of other writes erased the records of its own refusals.
TEST_F(WriteQueueTest, HasAReserveBeyondWhatMayWait) {
  WriteLimits limits;
  limits.bytes = 100;
  limits.reserved_writes = 2;
  limits.reserved_bytes = 10;
  std::unique_ptr<WriteQueue> queue = NewQueue(limits);
  Plug plug;
  Start(*queue, plug.work());
  plug.WaitUntilTaken();
  Start(*queue, Insert("a"), 100);
  EXPECT_FALSE(queue->HasRoom(1));
  Start(*queue, Insert("b"), 1);
  StartReserved(*queue, Insert("c"), 10);
  StartReserved(*queue, Insert("d"), 1);
  plug.Release();
  loop_.run();
  EXPECT_THAT(results_,
              ElementsAre(IsOk(), IsOk(), StatusIs(StatusCode::kUnavailable),
                          IsOk(), StatusIs(StatusCode::kUnavailable)));
  EXPECT_TRUE(queue->HasRoom(100));
}

TEST_F(WriteQueueTest, ACommitThatFailsFailsAllOfItsWrites) {
  std::unique_ptr<WriteQueue> queue = NewQueue();
  Plug plug;
  Start(*queue, plug.work());
  plug.WaitUntilTaken();
  Start(*queue, Insert("a"));
  // Passes by itself, and is found wanting when the transaction ends.
  Start(*queue, [](sqlite::Connection& connection) {
    return connection.Execute(
        "PRAGMA defer_foreign_keys=ON;"
        "INSERT INTO uses VALUES ('nobody')");
  });
  plug.Release();
  loop_.run();
  EXPECT_THAT(results_,
              ElementsAre(IsOk(), StatusIs(StatusCode::kInvalidArgument),
                          StatusIs(StatusCode::kInvalidArgument)));
  EXPECT_EQ(*Count(), 0);
  EXPECT_EQ(queue->statistics().failed_commits, 1);
  EXPECT_THAT(Wait(queue->Submit(Insert("b"), 1)), IsOk());
  EXPECT_EQ(*Count(), 1);
}

TEST_F(WriteQueueTest, OpensANewConnectionAfterAnErrorOfTheFile) {
  std::unique_ptr<WriteQueue> queue = NewQueue();
  EXPECT_THAT(Wait(queue->Submit(Insert("a"), 1)), IsOk());
  WriteQueue::Work broken = [](sqlite::Connection&) {
    return absl::UnavailableError("disk I/O error");
  };
  EXPECT_THAT(Wait(queue->Submit(broken, 1)),
              StatusIs(StatusCode::kUnavailable));
  EXPECT_EQ(opened_, 1);
  EXPECT_THAT(Wait(queue->Submit(Insert("b"), 1)), IsOk());
  EXPECT_EQ(opened_, 2);
}

TEST_F(WriteQueueTest, AStoreThatCannotBeOpenedFailsWritesUntilItCan) {
  bool is_open = false;
  auto open = [&]() -> StatusOr<std::unique_ptr<sqlite::Connection>> {
    if (!is_open) return absl::UnavailableError("no such file");
    return Open();
  };
  WriteQueue queue(open);
  EXPECT_THAT(Wait(queue.Submit(Insert("a"), 1)),
              StatusIs(StatusCode::kUnavailable, HasSubstr("no such file")));
  is_open = true;
  EXPECT_THAT(Wait(queue.Submit(Insert("a"), 1)), IsOk());
}

}  // namespace
}  // namespace plimsoll

// How writes reach the disk: together, each for itself, and again after the
// disk was full or broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/observe/metrics.h"
#include "tests/contract/store_contract.h"
#include "tests/gateway/store/open_store.h"
#include "tests/support/scratch_dir.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class SqliteCommit : public testing::Test {
 protected:
  std::string Path() const { return directory_.Path("store.db"); }

  // Starts a write; its status is in results_ when Finish has returned.
  void Start(Task<Status> write) {
    size_t index = results_.size();
    results_.push_back(absl::UnknownError("not finished"));
    auto keep = [this, index](std::exception_ptr error, Status status) {
      if (error) std::rethrow_exception(error);
      results_[index] = std::move(status);
    };
    asio::co_spawn(loop_, std::move(write), keep);
    loop_.poll();
  }
  void Finish() { loop_.run(); }

  ScratchDir directory_;
  asio::io_context loop_;
  std::vector<Status> results_;
};

TEST_F(SqliteCommit, ConcurrentWritesShareATransaction) {
  std::unique_ptr<SqliteStore> store = Serve(Path());
  // While another process writes, ours wait.
  std::unique_ptr<sqlite::Connection> other = OpenBeside(Path());
  ASSERT_THAT(other->Execute("BEGIN IMMEDIATE"), IsOk());
  for (int i = 0; i < 100; ++i) {
    Start(store->RecordIntent(DecisionOf(absl::StrCat(i)), EvidenceOf("")));
  }
  ASSERT_THAT(other->Execute("COMMIT"), IsOk());
  Finish();
  EXPECT_THAT(results_, AllOf(SizeIs(100), Each(IsOk())));
  EXPECT_EQ(store->statistics().writes, 100);
  // One for what the writer had taken when it met the lock, one for the rest.
  EXPECT_LE(store->statistics().commits, 2);
  EXPECT_THAT(*Wait(store->OpenIntents(1000)), SizeIs(100));
}

TEST_F(SqliteCommit, ABadRecordDoesNotFailItsNeighbours) {
  std::unique_ptr<SqliteStore> store = Serve(Path());
  std::unique_ptr<sqlite::Connection> other = OpenBeside(Path());
  ASSERT_THAT(other->Execute("BEGIN IMMEDIATE"), IsOk());
  for (const char* id : {"a", "b", "a", "c"}) {
    Start(store->RecordIntent(DecisionOf(id, id), EvidenceOf(id)));
  }
  ASSERT_THAT(other->Execute("COMMIT"), IsOk());
  Finish();
  EXPECT_THAT(results_,
              ElementsAre(IsOk(), IsOk(), StatusIs(StatusCode::kAlreadyExists),
                          IsOk()));
  std::vector<StoredDecision> kept = *Wait(store->OpenIntents(10));
  EXPECT_THAT(IdsOf(kept), ElementsAre("a", "b", "c"));
  EXPECT_EQ(kept.back().sequence, 3);
}

TEST_F(SqliteCommit, ReadsDoNotWaitForAWriter) {
  std::unique_ptr<SqliteStore> store = Serve(Path());
  ASSERT_THAT(Wait(store->RecordIntent(DecisionOf("a"), EvidenceOf(""))),
              IsOk());
  std::unique_ptr<sqlite::Connection> other = OpenBeside(Path());
  ASSERT_THAT(other->Execute("BEGIN IMMEDIATE"), IsOk());
  EXPECT_THAT(Wait(store->FindDecision("a")), IsOk());
  EXPECT_THAT(other->Execute("ROLLBACK"), IsOk());
}

TEST_F(SqliteCommit, AStoreThatGoesFinishesWhatWaits) {
  std::unique_ptr<SqliteStore> store = Serve(Path());
  for (const char* id : {"a", "b", "c"}) {
    Start(store->RecordIntent(DecisionOf(id), EvidenceOf("")));
  }
  store.reset();
  Finish();
  EXPECT_THAT(results_, AllOf(SizeIs(3), Each(IsOk())));
  EXPECT_THAT(*Wait(Serve(Path())->OpenIntents(10)), SizeIs(3));
}

TEST_F(SqliteCommit, AClosedStoreHasFinishedWhatWaitedAndTakesNoMore) {
  std::unique_ptr<SqliteStore> store = Serve(Path());
  Start(store->RecordIntent(DecisionOf("a"), EvidenceOf("")));
  store->Close();
  Finish();
  EXPECT_THAT(results_, ElementsAre(IsOk()));
  EXPECT_THAT(Wait(store->RecordIntent(DecisionOf("b"), EvidenceOf(""))),
              StatusIs(StatusCode::kUnavailable, HasSubstr("closed")));
  EXPECT_THAT(Wait(store->FindDecision("a")),
              StatusIs(StatusCode::kUnavailable, HasSubstr("closed")));
  store->Close();
}

TEST_F(SqliteCommit, CountsFailuresOfItsOwnAndNotThoseOfItsCallers) {
  const int64_t reads = metrics::store_failures.Get({"read"});
  const int64_t writes = metrics::store_failures.Get({"write"});
  std::unique_ptr<SqliteStore> store = Serve(Path());
  EXPECT_THAT(Wait(store->FindDecision("a")), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(Wait(store->RecordOutcome("a", ResultOf(ForwardState::kAbsent))),
              StatusIs(StatusCode::kNotFound));
  EXPECT_EQ(metrics::store_failures.Get({"read"}), reads);
  EXPECT_EQ(metrics::store_failures.Get({"write"}), writes);
  store->Close();
  EXPECT_FALSE(Wait(store->RecordIntent(DecisionOf("b"), {})).ok());
  EXPECT_FALSE(Wait(store->FindDecision("a")).ok());
  EXPECT_EQ(metrics::store_failures.Get({"read"}), reads + 1);
  EXPECT_EQ(metrics::store_failures.Get({"write"}), writes + 1);
}

TEST_F(SqliteCommit, AFullDiskIsUnavailableUntilThereIsRoom) {
  std::string evidence(200'000, 'e');
  v1::Decision decision = DecisionOf("a", evidence);
  std::unique_ptr<SqliteStore> store = Serve(Path(), 300 * 1024);
  std::unique_ptr<sqlite::Connection> other = OpenBeside(Path());
  ASSERT_THAT(other->Execute("CREATE TABLE ballast(bytes BLOB);"
                             "INSERT INTO ballast VALUES (zeroblob(250000))"),
              IsOk());
  EXPECT_THAT(Wait(store->RecordIntent(decision, EvidenceOf(evidence))),
              StatusIs(StatusCode::kUnavailable,
                       AllOf(HasSubstr("full"), HasSubstr(Path()))));
  EXPECT_THAT(Wait(store->FindDecision("a")), StatusIs(StatusCode::kNotFound));
  ASSERT_THAT(other->Execute("DROP TABLE ballast"), IsOk());
  EXPECT_THAT(Wait(store->RecordIntent(decision, EvidenceOf(evidence))),
              IsOk());
}

// While it lives, no file of this process can grow past `bytes`.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    struct rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  struct rlimit before_;
};

TEST_F(SqliteCommit, AfterAnInputOutputErrorTheSameStoreWritesAgain) {
  std::unique_ptr<SqliteStore> store = Serve(Path());
  ASSERT_THAT(Wait(store->RecordIntent(DecisionOf("a"), EvidenceOf(""))),
              IsOk());
  Status failed;
  {
    FileSizeLimit limit(std::filesystem::file_size(Path() + "-wal"));
    failed = Wait(store->RecordIntent(DecisionOf("b"), EvidenceOf("")));
  }
  EXPECT_THAT(failed, StatusIs(StatusCode::kUnavailable, HasSubstr(Path())));
  EXPECT_THAT(Wait(store->RecordIntent(DecisionOf("c"), EvidenceOf(""))),
              IsOk());
  EXPECT_THAT(IdsOf(*Wait(store->OpenIntents(10))), ElementsAre("a", "c"));
}

}  // namespace
}  // namespace plimsoll

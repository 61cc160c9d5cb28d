#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/store/sqlite_schema.h"
#include "tests/contract/store_contract.h"
#include "tests/gateway/store/open_store.h"
#include "tests/support/scratch_dir.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

class SqliteOpen : public testing::Test {
 protected:
  std::string Path() const { return directory_.Path("store.db"); }

  // A store of two decisions, closed.
  void Fill() {
    std::unique_ptr<SqliteStore> store = Serve(Path());
    for (const char* id : {"a", "b"}) {
      std::string evidence = absl::StrCat(id, std::string(20'000, '.'));
      EXPECT_THAT(Wait(store->RecordIntent(DecisionOf(id, evidence),
                                           EvidenceOf(evidence))),
                  IsOk());
    }
  }

  std::string Contents() const {
    std::ifstream file(Path(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  void Write(absl::string_view contents) {
    std::ofstream file(Path(), std::ios::binary);
    file << contents;
  }

  ScratchDir directory_;
};

TEST_F(SqliteOpen, KeepsWhatWasRecorded) {
  Fill();
  std::unique_ptr<SqliteStore> store = Serve(Path());
  EXPECT_THAT(*Wait(store->OpenIntents(10)), SizeIs(2));
  ASSERT_THAT(Wait(store->RecordDecision(DecisionOf("c"), EvidenceOf(""))),
              IsOk());
  EXPECT_EQ(Wait(store->FindDecision("c"))->sequence, 3);
}

TEST_F(SqliteOpen, OnlyOneMayServe) {
  std::unique_ptr<SqliteStore> first = Serve(Path());
  EXPECT_THAT(TryServe(Path()),
              StatusIs(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("store.db"), HasSubstr("stop that one"),
                             HasSubstr(absl::StrCat("process ", getpid())))));
  first.reset();
  EXPECT_THAT(TryServe(Path()), IsOk());
}

TEST_F(SqliteOpen, OnlyOneMayServeUnderWhateverName) {
  std::unique_ptr<SqliteStore> first = Serve(Path());
  std::string link = directory_.Path("link.db");
  std::filesystem::create_symlink(Path(), link);
  EXPECT_THAT(TryServe(link), StatusIs(StatusCode::kFailedPrecondition));
}

TEST_F(SqliteOpen, TheCommandLineWritesBesideTheOneThatServes) {
  std::unique_ptr<SqliteStore> serving = Serve(Path());
  SqliteOptions options;
  options.path = Path();
  auto beside = SqliteStore::Open(options);
  ASSERT_THAT(beside, IsOk());
  ASSERT_THAT(Wait((*beside)->RecordDecision(DecisionOf("a"), EvidenceOf(""))),
              IsOk());
  ASSERT_THAT(Wait(serving->RecordDecision(DecisionOf("b"), EvidenceOf(""))),
              IsOk());
  EXPECT_THAT(Wait(serving->FindDecision("a")), IsOk());
  EXPECT_THAT(Wait((*beside)->FindDecision("b")), IsOk());
}

TEST_F(SqliteOpen, OnlyTheOwnerMayReadTheFile) {
  Fill();
  struct stat found;
  ASSERT_EQ(stat(Path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600U);
}

TEST_F(SqliteOpen, SaysWhatIsWrongWithThePath) {
  EXPECT_THAT(TryServe(""), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(TryServe(directory_.Path("missing/store.db")),
              StatusIs(StatusCode::kUnavailable, HasSubstr("directory")));
  EXPECT_THAT(TryServe(directory_.Path("")),
              StatusIs(StatusCode::kUnavailable));
}

TEST_F(SqliteOpen, AFileThatIsNoDatabaseIsDamaged) {
  Write(std::string(8192, 'x'));
  EXPECT_THAT(TryServe(Path()),
              StatusIs(StatusCode::kDataLoss,
                       AllOf(HasSubstr("damaged"), HasSubstr(".clone"))));
  EXPECT_EQ(Contents(), std::string(8192, 'x'));
}

TEST_F(SqliteOpen, AFileThatWasCutShortIsDamaged) {
  Fill();
  std::filesystem::resize_file(Path(), 3 * 4096);
  EXPECT_THAT(TryServe(Path()),
              StatusIs(StatusCode::kDataLoss, HasSubstr(".clone")));
}

TEST_F(SqliteOpen, APageOfNoiseIsDamage) {
  Fill();
  std::string contents = Contents();
  ASSERT_GT(contents.size(), 5U * 4096);
  contents.replace(4 * 4096, 4096, std::string(4096, '\x5a'));
  Write(contents);
  EXPECT_THAT(TryServe(Path()),
              StatusIs(StatusCode::kDataLoss, HasSubstr(".clone")));
}

TEST_F(SqliteOpen, TakesWhatWasSavedOfADamagedFile) {
  Fill();
  ASSERT_THAT(OpenBeside(Path())->Execute("PRAGMA application_id=0"), IsOk());
  std::unique_ptr<SqliteStore> store = Serve(Path());
  EXPECT_THAT(*Wait(store->OpenIntents(10)), SizeIs(2));
}

TEST_F(SqliteOpen, LeavesTheDatabaseOfAnotherProgramAlone) {
  OpenBeside(Path())
      ->Execute("CREATE TABLE accounts(name TEXT); ")
      .IgnoreError();
  std::string before = Contents();
  EXPECT_THAT(TryServe(Path()), StatusIs(StatusCode::kFailedPrecondition,
                                         HasSubstr("another program")));
  EXPECT_EQ(Contents(), before);
}

TEST_F(SqliteOpen, RefusesTheStoreOfANewerVersion) {
  Fill();
  ASSERT_THAT(OpenBeside(Path())->Execute(
                  absl::StrCat("INSERT INTO schema_version VALUES (",
                               kStoreSchema + 1, ", 'later')")),
              IsOk());
  EXPECT_THAT(TryServe(Path()), StatusIs(StatusCode::kFailedPrecondition,
                                         HasSubstr("newer plimsoll")));
}

TEST_F(SqliteOpen, DecisionsAreAppendOnlyForEverybody) {
  Fill();
  std::unique_ptr<sqlite::Connection> beside = OpenBeside(Path());
  for (const char* sql :
       {"UPDATE decisions SET outcome = 'deny' WHERE id = 'a'",
        "UPDATE decisions SET message = x'00', state = 'absent'",
        "UPDATE decisions SET sequence = 7 WHERE id = 'b'",
        "DELETE FROM decisions WHERE id = 'b'"}) {
    EXPECT_THAT(beside->Execute(sql), StatusIs(StatusCode::kInvalidArgument,
                                               HasSubstr("append-only")))
        << sql;
  }
  EXPECT_THAT(beside->Execute("UPDATE decisions SET state = 'absent'"), IsOk());
}

}  // namespace
}  // namespace plimsoll

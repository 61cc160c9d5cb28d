// Both stores pass the one contract.
#include "tests/contract/store_contract.h"

#include <utility>

#include "gateway/store/sqlite_store.h"
#include "tests/support/fake_store.h"

namespace plimsoll {
namespace {

std::unique_ptr<Store> MakeFake(const ScratchDir&) {
  return std::make_unique<FakeStore>();
}

std::unique_ptr<Store> MakeSqlite(const ScratchDir& directory) {
  SqliteOptions options;
  options.path = directory.Path("store.db");
  options.serve = true;
  StatusOr<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(options);
  EXPECT_THAT(store, IsOk());
  return *std::move(store);
}

INSTANTIATE_TEST_SUITE_P(Fake, StoreContract, testing::Values(MakeFake));
INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(MakeSqlite));

}  // namespace
}  // namespace plimsoll

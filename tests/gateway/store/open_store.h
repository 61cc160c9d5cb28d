// Opens SQLite stores, and the same file beside them.
#ifndef PLIMSOLL_TESTS_GATEWAY_STORE_OPEN_STORE_H_
#define PLIMSOLL_TESTS_GATEWAY_STORE_OPEN_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "gateway/store/sqlite.h"
#include "gateway/store/sqlite_store.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {

inline StatusOr<std::unique_ptr<SqliteStore>> TryServe(const std::string& path,
                                                       int64_t max_bytes = 0) {
  SqliteOptions options;
  options.path = path;
  options.serve = true;
  options.max_bytes = max_bytes;
  return SqliteStore::Open(options);
}

inline std::unique_ptr<SqliteStore> Serve(const std::string& path,
                                          int64_t max_bytes = 0) {
  StatusOr<std::unique_ptr<SqliteStore>> store = TryServe(path, max_bytes);
  EXPECT_THAT(store, IsOk());
  return *std::move(store);
}

// As another process would.
inline std::unique_ptr<sqlite::Connection> OpenBeside(const std::string& path) {
  sqlite::ConnectionOptions options;
  options.path = path;
  StatusOr<std::unique_ptr<sqlite::Connection>> connection =
      sqlite::Connection::Open(options);
  EXPECT_THAT(connection, IsOk());
  return *std::move(connection);
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_STORE_OPEN_STORE_H_

// The tables of the SQLite store and how an older file becomes a current one.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_SCHEMA_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_SCHEMA_H_

#include "gateway/store/sqlite.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr int64_t kStoreSchema = 1;

// Brings the file to kStoreSchema in one transaction; a file that is current
// is only read. FailedPrecondition where the file is another program's or was
// written by a newer version.
Status MigrateSchema(sqlite::Connection& connection);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_SCHEMA_H_

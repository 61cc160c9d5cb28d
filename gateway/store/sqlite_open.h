// Opens the store's file once, before its threads do: the lock, the schema, and
// whether the file is whole.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_OPEN_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_OPEN_H_

#include <optional>
#include <string>

#include "gateway/store/file_lock.h"
#include "policy/status.h"

namespace plimsoll {

struct SqliteFile {
  std::string path;              // absolute, without links
  std::optional<FileLock> lock;  // of the one that serves
};

// Errors as SqliteStore::Open.
StatusOr<SqliteFile> OpenSqliteFile(const std::string& path, bool serve);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_OPEN_H_

#include "gateway/store/sqlite_open.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/store/sqlite.h"
#include "gateway/store/sqlite_schema.h"

namespace plimsoll {
namespace {

// A file up to this size is read whole when it is opened to serve, which takes
// about a second; damage in a larger one shows when it is met.
constexpr int64_t kCheckedBytes = 256 << 20;

// Two names of one file must lead to one lock.
StatusOr<std::string> Resolve(const std::string& path) {
  if (path.empty() || path.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError("no file is named");
  }
  std::error_code error;
  std::filesystem::path resolved =
      std::filesystem::weakly_canonical(path, error);
  if (error) return absl::UnavailableError(error.message());
  return resolved.string();
}

// Decisions name people and machines: only the owner reads them. SQLite's own
// files take the mode of this one.
Status CreatePrivately(const std::string& path) {
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) {
    close(fd);
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat(
      std::strerror(errno), " (its directory must be there and be writable)"));
}

StatusOr<std::optional<FileLock>> LockToServe(const std::string& path) {
  StatusOr<FileLock> lock = FileLock::Take(absl::StrCat(path, ".lock"));
  if (lock.ok()) return std::optional<FileLock>(*std::move(lock));
  if (!absl::IsFailedPrecondition(lock.status())) return lock.status();
  return absl::FailedPreconditionError(
      absl::StrCat("another plimsoll serves from it: stop that one or give "
                   "this one a store of its own (",
                   lock.status().message(), ")"));
}

Status CheckWhole(sqlite::Connection& connection) {
  ASSIGN_OR_RETURN(int64_t pages, connection.QueryInteger("PRAGMA page_count"));
  ASSIGN_OR_RETURN(int64_t page_bytes,
                   connection.QueryInteger("PRAGMA page_size"));
  if (pages * page_bytes > kCheckedBytes) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string found,
                   connection.QueryText("PRAGMA quick_check(1)"));
  return found == "ok" ? absl::OkStatus() : absl::DataLossError(found);
}

Status Prepare(const std::string& path, bool serve) {
  ASSIGN_OR_RETURN(std::unique_ptr<sqlite::Connection> connection,
                   sqlite::Connection::Open({.path = path}));
  RETURN_IF_ERROR(MigrateSchema(*connection));
  return serve ? CheckWhole(*connection) : absl::OkStatus();
}

Status WithRepair(const Status& status, const std::string& path) {
  if (!absl::IsDataLoss(status)) return status;
  return absl::DataLossError(absl::StrCat(
      "the file is damaged: ", status.message(), "; stop plimsoll, then put a ",
      "backup in its place, or what `sqlite3 ", path, " '.clone ", path,
      ".saved'` saves of it, and remove ", path, "-wal and ", path, "-shm"));
}

}  // namespace

StatusOr<SqliteFile> OpenSqliteFile(const std::string& path, bool serve) {
  SqliteFile file;
  ASSIGN_OR_RETURN(file.path, Resolve(path));
  // The file first: a lock beside a store that cannot be would stay behind.
  RETURN_IF_ERROR(CreatePrivately(file.path));
  if (serve) {
    ASSIGN_OR_RETURN(file.lock, LockToServe(file.path));
  }
  RETURN_IF_ERROR(WithRepair(Prepare(file.path, serve), file.path));
  return file;
}

}  // namespace plimsoll

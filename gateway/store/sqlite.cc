#include "gateway/store/sqlite.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll::sqlite {
namespace {

// How long a write waits for another process to end its transaction.
constexpr int kBusyTimeoutMs = 5000;

absl::StatusCode CodeOf(int code) {
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
    return absl::StatusCode::kAlreadyExists;
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
      return absl::StatusCode::kInvalidArgument;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
      return absl::StatusCode::kInternal;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

Status MakeStatus(int code, sqlite3* connection) {
  std::string message(sqlite3_errstr(code));
  if (connection != nullptr && sqlite3_extended_errcode(connection) == code) {
    message = sqlite3_errmsg(connection);
  }
  return Status(CodeOf(code), absl::StrCat(message, " (sqlite ", code, ")"));
}

}  // namespace

bool BreaksConnection(const Status& status) {
  return absl::IsUnavailable(status) || absl::IsDataLoss(status) ||
         absl::IsInternal(status);
}

Statement::Statement(sqlite3* connection, sqlite3_stmt* statement)
    : connection_(connection), statement_(statement) {
  if (statement == nullptr) code_ = sqlite3_extended_errcode(connection);
}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      code_(other.code_) {}

void Statement::Note(int code) {
  if (code_ == SQLITE_OK) code_ = code;
}

void Statement::BindOne(int index, int64_t value) {
  if (statement_ == nullptr) return;
  Note(sqlite3_bind_int64(statement_, index, value));
}

void Statement::BindOne(int index, std::optional<int64_t> value) {
  // An unbound parameter is NULL.
  if (value) BindOne(index, *value);
}

void Statement::BindOne(int index, absl::string_view text) {
  if (statement_ == nullptr) return;
  // A null pointer would bind NULL.
  const char* start = text.empty() ? "" : text.data();
  Note(sqlite3_bind_text64(statement_, index, start, text.size(),
                           SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::BindOne(int index, Blob blob) {
  if (statement_ == nullptr) return;
  const char* start = blob.bytes.empty() ? "" : blob.bytes.data();
  Note(sqlite3_bind_blob64(statement_, index, start, blob.bytes.size(),
                           SQLITE_STATIC));
}

StatusOr<bool> Statement::Step() {
  if (code_ != SQLITE_OK) return MakeStatus(code_, connection_);
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return MakeStatus(code, connection_);
}

Status Statement::Run() {
  ASSIGN_OR_RETURN(bool has_row, Step());
  if (has_row) return absl::InternalError("statement returned a row");
  return absl::OkStatus();
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::optional<int64_t> Statement::OptionalInteger(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return {};
  return Integer(column);
}

std::string Statement::Text(int column) const {
  const void* start = sqlite3_column_blob(statement_, column);
  if (start == nullptr) return "";
  int size = sqlite3_column_bytes(statement_, column);
  return std::string(static_cast<const char*>(start),
                     static_cast<size_t>(size));
}

StatusOr<std::unique_ptr<Connection>> Connection::Open(
    const ConnectionOptions& options) {
  sqlite3* handle = nullptr;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
              SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_CREATE;
  int code = sqlite3_open_v2(options.path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(handle));
  if (code != SQLITE_OK) return MakeStatus(code, handle);
  RETURN_IF_ERROR(connection->Configure(options));
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

Status Connection::Configure(const ConnectionOptions& options) {
  sqlite3_busy_timeout(connection_, kBusyTimeoutMs);
  RETURN_IF_ERROR(
      Execute("PRAGMA synchronous=FULL;"
              "PRAGMA foreign_keys=ON;"
              "PRAGMA trusted_schema=OFF;"
              "PRAGMA cell_size_check=ON;"
              "PRAGMA wal_autocheckpoint=4000;"
              "PRAGMA journal_size_limit=67108864;"));
  if (options.max_bytes > 0) {
    ASSIGN_OR_RETURN(int64_t page_bytes, QueryInteger("PRAGMA page_size"));
    RETURN_IF_ERROR(Execute(absl::StrCat("PRAGMA max_page_count=",
                                         options.max_bytes / page_bytes)));
  }
  return options.read_only ? Execute("PRAGMA query_only=ON") : absl::OkStatus();
}

Status Connection::EnableWriteAheadLog() {
  ASSIGN_OR_RETURN(std::string mode, QueryText("PRAGMA journal_mode=WAL"));
  if (mode == "wal") return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "the file cannot have a write-ahead log (got `", mode, "`)"));
}

Statement Connection::Prepare(absl::string_view sql) {
  auto found = statements_.find(sql);
  if (found != statements_.end()) return Statement(connection_, found->second);
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v3(connection_, sql.data(), static_cast<int>(sql.size()),
                     SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (statement != nullptr) statements_.emplace(sql, statement);
  return Statement(connection_, statement);
}

Status Connection::Execute(const std::string& sql) {
  int code = sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : MakeStatus(code, connection_);
}

StatusOr<int64_t> Connection::QueryInteger(absl::string_view sql) {
  Statement statement = Prepare(sql);
  ASSIGN_OR_RETURN(bool has_row, statement.Step());
  return has_row ? statement.Integer(0) : 0;
}

StatusOr<std::string> Connection::QueryText(absl::string_view sql) {
  Statement statement = Prepare(sql);
  ASSIGN_OR_RETURN(bool has_row, statement.Step());
  return has_row ? statement.Text(0) : std::string();
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(connection_) == 0;
}

int64_t Connection::changes() const { return sqlite3_changes64(connection_); }

}  // namespace plimsoll::sqlite

// A typed skin over one SQLite connection. Errors become statuses: Unavailable
// where the file cannot be read or written now (disk full, I/O, locked),
// DataLoss where it is damaged, AlreadyExists for a key that is taken,
// InvalidArgument for any other broken constraint. Not for concurrent use; a
// Statement must not outlive its Connection.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll::sqlite {

// Bytes to bind without a copy: they must live until the statement is done.
struct Blob {
  absl::string_view bytes;
};

// One use of a prepared statement: Bind, then Step for rows or Run for none.
// A failure to prepare or bind is reported by Step and Run.
class Statement {
 public:
  Statement(sqlite3* connection, sqlite3_stmt* statement);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  // Binds ?1, ?2, ... to integers, text (copied), blobs and optional integers.
  template <typename... Values>
  Statement& Bind(const Values&... values) {
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }
  // Binds one parameter, for statements whose number varies.
  void BindOne(int index, int64_t value);
  void BindOne(int index, std::optional<int64_t> value);
  void BindOne(int index, absl::string_view text);
  void BindOne(int index, Blob blob);

  // True where there is a row to read.
  StatusOr<bool> Step();
  // Runs to the end of a statement without rows.
  Status Run();

  // The columns of the current row, from 0. REQUIRES: Step returned true.
  int64_t Integer(int column) const;
  std::optional<int64_t> OptionalInteger(int column) const;
  std::string Text(int column) const;  // text or blob

 private:
  void Note(int code);

  sqlite3* connection_;
  sqlite3_stmt* statement_;
  int code_ = SQLITE_OK;
};

struct ConnectionOptions {
  std::string path;
  bool read_only = false;
  int64_t max_bytes = 0;  // of the database file; 0 for no limit of ours
};

class Connection {
 public:
  // Opens the file, or creates an empty one, with synchronous=FULL.
  static StatusOr<std::unique_ptr<Connection>> Open(
      const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // For this file and from now on, whoever opens it.
  Status EnableWriteAheadLog();

  // Prepared once and kept. REQUIRES: no other use of the same SQL is alive.
  Statement Prepare(absl::string_view sql);
  // Runs statements that have no parameters and no rows.
  Status Execute(const std::string& sql);
  // The single value of a query.
  StatusOr<int64_t> QueryInteger(absl::string_view sql);
  StatusOr<std::string> QueryText(absl::string_view sql);

  bool in_transaction() const;
  // Rows that the last statement inserted, changed or deleted.
  int64_t changes() const;

 private:
  explicit Connection(sqlite3* connection) : connection_(connection) {}
  Status Configure(const ConnectionOptions& options);

  sqlite3* connection_;
  absl::flat_hash_map<std::string, sqlite3_stmt*> statements_;
};

// Whether a connection that gave `status` should be closed and opened anew.
bool BreaksConnection(const Status& status);

}  // namespace plimsoll::sqlite

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_H_

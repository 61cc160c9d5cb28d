#include "gateway/store/sqlite_documents.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// How decisions end, as the partial indexes of the schema have it.
constexpr absl::string_view kAbsent = "state = 'absent'";
constexpr absl::string_view kRefused = "state = 'none' AND outcome = 'deny'";
constexpr absl::string_view kAdmitted =
    "(state IN ('forwarded', 'superseded', 'unknown') "
    "OR (state = 'none' AND outcome <> 'deny'))";

struct Expired {
  int64_t sequence;
  std::string evidence;  // "" for none
};

StatusOr<std::vector<Expired>> SelectExpired(sqlite::Connection& connection,
                                             absl::string_view end,
                                             absl::Time before, size_t limit) {
  sqlite::Statement rows = connection.Prepare(
      absl::StrCat("SELECT sequence, coalesce(evidence, '') FROM decisions "
                   "WHERE time < ?1 AND ",
                   end, " ORDER BY time LIMIT ?2"));
  rows.Bind(absl::ToUnixMicros(before), static_cast<int64_t>(limit));
  std::vector<Expired> expired;
  while (true) {
    ASSIGN_OR_RETURN(bool has_row, rows.Step());
    if (!has_row) return expired;
    expired.push_back({rows.Integer(0), rows.Text(1)});
  }
}

StatusOr<bool> Exists(sqlite::Connection& connection, absl::string_view sql,
                      const std::string& key) {
  sqlite::Statement statement = connection.Prepare(sql);
  statement.Bind(key);
  return statement.Step();
}

StatusOr<std::vector<std::string>> DocumentsOf(sqlite::Connection& connection,
                                               const std::string& evidence) {
  sqlite::Statement rows = connection.Prepare(
      "SELECT document FROM evidence_documents WHERE evidence = ?1");
  rows.Bind(evidence);
  std::vector<std::string> documents;
  while (true) {
    ASSIGN_OR_RETURN(bool has_row, rows.Step());
    if (!has_row) return documents;
    documents.push_back(rows.Text(0));
  }
}

// Unless a decision still names it.
Status DropEvidence(sqlite::Connection& connection,
                    const std::string& evidence) {
  ASSIGN_OR_RETURN(
      bool is_named,
      Exists(connection, "SELECT 1 FROM decisions WHERE evidence = ?1 LIMIT 1",
             evidence));
  if (is_named) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<std::string> documents,
                   DocumentsOf(connection, evidence));
  RETURN_IF_ERROR(
      connection.Prepare("DELETE FROM evidence_documents WHERE evidence = ?1")
          .Bind(evidence)
          .Run());
  for (const std::string& document : documents) {
    ASSIGN_OR_RETURN(
        is_named,
        Exists(connection,
               "SELECT 1 FROM evidence_documents WHERE document = ?1 LIMIT 1",
               document));
    if (is_named) continue;
    RETURN_IF_ERROR(
        connection.Prepare("DELETE FROM documents WHERE digest = ?1")
            .Bind(document)
            .Run());
  }
  return connection.Prepare("DELETE FROM evidence WHERE digest = ?1")
      .Bind(evidence)
      .Run();
}

StatusOr<size_t> DeleteEnded(sqlite::Connection& connection,
                             absl::string_view end, absl::Time before,
                             size_t limit) {
  if (before == absl::InfinitePast() || limit == 0) return size_t{0};
  ASSIGN_OR_RETURN(std::vector<Expired> expired,
                   SelectExpired(connection, end, before, limit));
  if (expired.empty()) return size_t{0};
  RETURN_IF_ERROR(connection.Prepare("UPDATE removal SET before = ?1")
                      .Bind(absl::ToUnixMicros(before))
                      .Run());
  for (const Expired& one : expired) {
    RETURN_IF_ERROR(
        connection.Prepare("DELETE FROM decisions WHERE sequence = ?1")
            .Bind(one.sequence)
            .Run());
    if (one.evidence.empty()) continue;
    RETURN_IF_ERROR(DropEvidence(connection, one.evidence));
  }
  RETURN_IF_ERROR(connection.Prepare("UPDATE removal SET before = NULL").Run());
  return expired.size();
}

}  // namespace

StatusOr<bool> UpsertDocument(sqlite::Connection& connection,
                              const Document& document, bool delivered) {
  ASSIGN_OR_RETURN(
      const bool known,
      Exists(connection, "SELECT 1 FROM documents WHERE digest = ?1",
             document.digest));
  if (known) {
    if (!delivered) return true;
    RETURN_IF_ERROR(connection
                        .Prepare("UPDATE documents SET delivered = 1 "
                                 "WHERE digest = ?1 AND delivered = 0")
                        .Bind(document.digest)
                        .Run());
    return true;
  }
  const int64_t size = static_cast<int64_t>(document.bytes->size());
  if (!delivered) {
    ASSIGN_OR_RETURN(
        const int64_t others,
        connection.QueryInteger("SELECT undelivered FROM document_totals"));
    if (size > kMaxUndeliveredBytes - others) return false;
  }
  RETURN_IF_ERROR(
      connection
          .Prepare("INSERT INTO documents(digest, delivered, size, bytes) "
                   "VALUES (?1, ?2, ?3, ?4)")
          .Bind(document.digest, int64_t{delivered}, size,
                sqlite::Blob{*document.bytes})
          .Run());
  return true;
}

StatusOr<std::string> SelectDocument(sqlite::Connection& connection,
                                     const std::string& digest) {
  sqlite::Statement statement =
      connection.Prepare("SELECT bytes FROM documents WHERE digest = ?1");
  statement.Bind(digest);
  ASSIGN_OR_RETURN(bool has_row, statement.Step());
  if (!has_row) {
    return absl::NotFoundError(absl::StrCat("no document ", digest));
  }
  return statement.Text(0);
}

StatusOr<size_t> DeleteExpired(sqlite::Connection& connection,
                               const Expiry& expiry, size_t limit) {
  const std::pair<absl::string_view, absl::Time> ends[] = {
      {kRefused, expiry.refused},
      {kAbsent, expiry.absent},
      {kAdmitted, expiry.admitted}};
  size_t removed = 0;
  for (const auto& [end, before] : ends) {
    ASSIGN_OR_RETURN(const size_t more,
                     DeleteEnded(connection, end, before, limit - removed));
    removed += more;
  }
  return removed;
}

}  // namespace plimsoll

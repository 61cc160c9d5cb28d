#include "gateway/store/sqlite_catalog.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/store/record_rules.h"

namespace plimsoll {
namespace {

std::optional<Approval> ApprovalOf(absl::string_view name) {
  for (Approval approval :
       {Approval::kUnapproved, Approval::kApproved, Approval::kDenied}) {
    if (ApprovalName(approval) == name) return approval;
  }
  return std::nullopt;
}

// Columns: approval, proven, record, manifest.
StatusOr<BaseRecord> ReadBase(const sqlite::Statement& row) {
  StatusOr<BaseRecord> record = ParseBaseRecord(row.Text(2));
  std::optional<Approval> approval = ApprovalOf(row.Text(0));
  if (!record.ok() || !approval) {
    return absl::DataLossError(absl::StrCat(
        "base ", row.Text(3), " cannot be read: ", record.status().message()));
  }
  record->approval = *approval;
  record->proven = row.Integer(1) != 0;
  return record;
}

StatusOr<std::optional<BaseRecord>> SelectBase(sqlite::Connection& connection,
                                               const Digest& manifest) {
  sqlite::Statement row = connection.Prepare(
      "SELECT approval, proven, record, manifest FROM bases "
      "WHERE manifest = ?1");
  row.Bind(manifest.ToString());
  ASSIGN_OR_RETURN(bool has_row, row.Step());
  if (!has_row) return std::optional<BaseRecord>();
  ASSIGN_OR_RETURN(BaseRecord record, ReadBase(row));
  return std::optional<BaseRecord>(std::move(record));
}

Status UpsertBase(sqlite::Connection& connection, const BaseRecord& added) {
  RETURN_IF_ERROR(ValidateBaseRecord(added));
  ASSIGN_OR_RETURN(std::optional<BaseRecord> known,
                   SelectBase(connection, added.manifest));
  BaseRecord merged = known ? MergeBaseRecords(*known, added) : added;
  return connection
      .Prepare(
          "INSERT INTO bases(manifest, approval, proven, record) "
          "VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET "
          "approval = ?2, proven = ?3, record = ?4 WHERE "
          "approval <> ?2 OR proven <> ?3 OR record <> ?4")
      .Bind(merged.manifest.ToString(), ApprovalName(merged.approval),
            merged.proven ? 1 : 0, FormatBaseRecord(merged))
      .Run();
}

Status Grow(sqlite::Connection& connection) {
  return connection.Prepare("UPDATE catalog SET generation = generation + 1")
      .Run();
}

}  // namespace

Status UpsertBases(sqlite::Connection& connection,
                   const std::vector<BaseRecord>& records) {
  int64_t changed = 0;
  for (const BaseRecord& record : records) {
    RETURN_IF_ERROR(UpsertBase(connection, record),
                    absl::StrCat("base ", record.manifest.ToString()));
    changed += connection.changes();
  }
  return changed > 0 ? Grow(connection) : absl::OkStatus();
}

Status UpdateApproval(sqlite::Connection& connection, const Digest& manifest,
                      Approval approval) {
  RETURN_IF_ERROR(
      connection.Prepare("UPDATE bases SET approval = ?2 WHERE manifest = ?1")
          .Bind(manifest.ToString(), ApprovalName(approval))
          .Run());
  if (connection.changes() > 0) return Grow(connection);
  return absl::NotFoundError(
      absl::StrCat("no base ", manifest.ToString(), " in the catalog"));
}

StatusOr<std::vector<BaseRecord>> SelectBases(sqlite::Connection& connection,
                                              const std::string& after,
                                              size_t limit) {
  sqlite::Statement rows = connection.Prepare(
      "SELECT approval, proven, record, manifest FROM bases "
      "WHERE manifest > ?1 ORDER BY manifest LIMIT ?2");
  rows.Bind(after, static_cast<int64_t>(limit));
  std::vector<BaseRecord> records;
  while (true) {
    ASSIGN_OR_RETURN(bool has_row, rows.Step());
    if (!has_row) return records;
    ASSIGN_OR_RETURN(BaseRecord record, ReadBase(rows));
    records.push_back(std::move(record));
  }
}

StatusOr<int64_t> SelectGeneration(sqlite::Connection& connection) {
  return connection.QueryInteger("SELECT generation FROM catalog");
}

}  // namespace plimsoll

#include "gateway/store/sqlite_reports.h"

#include <functional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/store/record_rules.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kManifest = "manifest";
constexpr absl::string_view kConfig = "config";

std::optional<int64_t> ToMicros(std::optional<absl::Time> time) {
  if (!time) return std::nullopt;
  return absl::ToUnixMicros(*time);
}

std::optional<absl::Time> FromMicros(std::optional<int64_t> micros) {
  if (!micros) return std::nullopt;
  return absl::FromUnixMicros(*micros);
}

Status UpsertDocument(sqlite::Connection& connection, const ScanReport& report,
                      const std::string& document, absl::Time received) {
  // A report put again is no younger: only its database date can be news.
  return connection
      .Prepare(
          "INSERT INTO reports(document, made, received, database, bytes) "
          "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET "
          "database = coalesce(?4, database)")
      .Bind(report.document.ToString(),
            absl::ToUnixMicros(ReportTime(report, received)),
            absl::ToUnixMicros(received), ToMicros(report.database),
            sqlite::Blob{document})
      .Run();
}

Status AddSubject(sqlite::Connection& connection, const Digest& document,
                  const Digest& subject, absl::string_view kind) {
  return connection
      .Prepare(
          "INSERT OR IGNORE INTO "
          "report_subjects(subject, made, document, kind) "
          "SELECT ?1, made, document, ?3 FROM reports WHERE document = ?2")
      .Bind(subject.ToString(), document.ToString(), kind)
      .Run();
}

// Documents by when they were made, newest first, each once.
using Newest = std::set<std::pair<int64_t, std::string>, std::greater<>>;

Status FindDocuments(sqlite::Connection& connection, const Digest& subject,
                     Newest& newest) {
  sqlite::Statement rows = connection.Prepare(
      "SELECT made, document FROM report_subjects WHERE subject = ?1 "
      "ORDER BY made DESC LIMIT ?2");
  // Twice: a document can be there under both kinds.
  rows.Bind(subject.ToString(), static_cast<int64_t>(2 * kMaxReportsFound));
  while (true) {
    ASSIGN_OR_RETURN(bool has_row, rows.Step());
    if (!has_row) return absl::OkStatus();
    newest.emplace(rows.Integer(0), rows.Text(1));
  }
}

Status ReadSubjects(sqlite::Connection& connection, ReportRow& row) {
  sqlite::Statement rows = connection.Prepare(
      "SELECT subject, kind FROM report_subjects WHERE document = ?1");
  rows.Bind(row.document.ToString());
  while (true) {
    ASSIGN_OR_RETURN(bool has_row, rows.Step());
    if (!has_row) return absl::OkStatus();
    ASSIGN_OR_RETURN(Digest subject, Digest::Parse(rows.Text(0)));
    if (rows.Text(1) == kConfig) {
      row.config = std::move(subject);
    } else {
      row.manifests.push_back(std::move(subject));
    }
  }
}

StatusOr<ReportRow> ReadReport(sqlite::Connection& connection,
                               const std::string& document) {
  sqlite::Statement statement = connection.Prepare(
      "SELECT made, received, database FROM reports WHERE document = ?1");
  statement.Bind(document);
  ASSIGN_OR_RETURN(bool has_row, statement.Step());
  if (!has_row) return absl::DataLossError("the document is missing");
  ASSIGN_OR_RETURN(Digest digest, Digest::Parse(document));
  ReportRow row{std::move(digest),
                absl::FromUnixMicros(statement.Integer(0)),
                absl::FromUnixMicros(statement.Integer(1)),
                FromMicros(statement.OptionalInteger(2)),
                {},
                {}};
  RETURN_IF_ERROR(ReadSubjects(connection, row));
  return row;
}

}  // namespace

Status UpsertReport(sqlite::Connection& connection, const ScanReport& report,
                    const std::string& document, absl::Time received) {
  RETURN_IF_ERROR(UpsertDocument(connection, report, document, received));
  for (const Digest& manifest : report.subject.manifests) {
    RETURN_IF_ERROR(
        AddSubject(connection, report.document, manifest, kManifest));
  }
  if (!report.subject.config) return absl::OkStatus();
  return AddSubject(connection, report.document, *report.subject.config,
                    kConfig);
}

StatusOr<std::vector<ReportRow>> SelectReports(
    sqlite::Connection& connection, const std::vector<Digest>& subjects) {
  Newest newest;
  for (const Digest& subject : subjects) {
    RETURN_IF_ERROR(FindDocuments(connection, subject, newest));
  }
  std::vector<ReportRow> reports;
  for (const auto& [made, document] : newest) {
    if (reports.size() == kMaxReportsFound) break;
    ASSIGN_OR_RETURN(ReportRow row, ReadReport(connection, document),
                     absl::StrCat("report ", document));
    reports.push_back(std::move(row));
  }
  return reports;
}

StatusOr<std::string> SelectReportDocument(sqlite::Connection& connection,
                                           const Digest& document) {
  sqlite::Statement statement =
      connection.Prepare("SELECT bytes FROM reports WHERE document = ?1");
  statement.Bind(document.ToString());
  ASSIGN_OR_RETURN(bool has_row, statement.Step());
  if (!has_row) {
    return absl::NotFoundError(absl::StrCat("no report ", document.ToString()));
  }
  return statement.Text(0);
}

}  // namespace plimsoll

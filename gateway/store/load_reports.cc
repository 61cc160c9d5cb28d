#include "gateway/store/load_reports.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/store/sqlite_reports.h"

namespace plimsoll {
namespace {

StatusOr<std::shared_ptr<const ScanReport>> LoadReport(
    sqlite::Connection& connection, ReportCache& cache,
    const Digest& document) {
  std::shared_ptr<const ScanReport> cached = cache.Find(document);
  if (cached != nullptr) return cached;
  ASSIGN_OR_RETURN(std::string bytes,
                   SelectReportDocument(connection, document));
  StatusOr<ScanReport> parsed = ParseScanReport(bytes);
  if (!parsed.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("report ", document.ToString(),
                     " is no longer readable, scan anew and add the result: ",
                     parsed.status().message()));
  }
  auto report = std::make_shared<const ScanReport>(*std::move(parsed));
  cache.Put(report, bytes.size());
  return report;
}

MatchedReport Restore(const ScanReport& parsed, ReportRow row) {
  MatchedReport matched{parsed, row.received};
  matched.report.database = row.database;
  matched.report.subject.manifests = std::move(row.manifests);
  matched.report.subject.config = std::move(row.config);
  return matched;
}

}  // namespace

StatusOr<std::vector<MatchedReport>> LoadReports(
    sqlite::Connection& connection, ReportCache& cache,
    const std::vector<Digest>& subjects) {
  ASSIGN_OR_RETURN(std::vector<ReportRow> rows,
                   SelectReports(connection, subjects));
  std::vector<MatchedReport> reports;
  for (ReportRow& row : rows) {
    ASSIGN_OR_RETURN(std::shared_ptr<const ScanReport> report,
                     LoadReport(connection, cache, row.document));
    reports.push_back(Restore(*report, std::move(row)));
  }
  return reports;
}

}  // namespace plimsoll

// The tables of scan reports: documents as they came, found by their subjects.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_REPORTS_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_REPORTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/store/sqlite.h"
#include "policy/oci/digest.h"
#include "policy/scan/report.h"
#include "policy/status.h"

namespace plimsoll {

// What is kept of a report beside its document: what was known when it was put
// and is not in the document, or not only there.
struct ReportRow {
  Digest document;
  absl::Time made;
  absl::Time received;
  std::optional<absl::Time> database;
  std::optional<Digest> config;
  std::vector<Digest> manifests;
};

Status UpsertReport(sqlite::Connection& connection, const ScanReport& report,
                    const std::string& document, absl::Time received);
// Newest first, at most kMaxReportsFound.
StatusOr<std::vector<ReportRow>> SelectReports(
    sqlite::Connection& connection, const std::vector<Digest>& subjects);
StatusOr<std::string> SelectReportDocument(sqlite::Connection& connection,
                                           const Digest& document);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_REPORTS_H_

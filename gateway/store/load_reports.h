// Scan reports as rules look at them: of the rows of their tables, and of
// documents that are parsed once and kept. Safe for concurrent use, each caller
// with a connection of its own.
#ifndef PLIMSOLL_GATEWAY_STORE_LOAD_REPORTS_H_
#define PLIMSOLL_GATEWAY_STORE_LOAD_REPORTS_H_

#include <vector>

#include "gateway/store/report_cache.h"
#include "gateway/store/sqlite.h"
#include "gateway/store/store.h"
#include "policy/oci/digest.h"
#include "policy/status.h"

namespace plimsoll {

// Of these subjects, newest first, at most kMaxReportsFound.
// FailedPrecondition where a document is no longer readable; it names the
// report.
StatusOr<std::vector<MatchedReport>> LoadReports(
    sqlite::Connection& connection, ReportCache& cache,
    const std::vector<Digest>& subjects);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_LOAD_REPORTS_H_

// What every store holds its records to, whatever keeps them: which records are
// valid, which outcome may follow which, how catalog records merge. Pure;
// safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_STORE_RECORD_RULES_H_
#define PLIMSOLL_GATEWAY_STORE_RECORD_RULES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/store/store.h"
#include "policy/base/catalog.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxEvidenceBytes = 64 << 20;

// InvalidArgument unless the decision has an id and a time and names exactly
// the digest of `evidence` (none where that is empty).
Status ValidateDecision(const v1::Decision& decision,
                        absl::string_view evidence);

// InvalidArgument unless each has bytes of the digest that it is under.
Status ValidateDocuments(const std::vector<Document>& documents);

// kForwarded, kSuperseded and kAbsent: nothing more is to be found out.
bool IsDefinite(ForwardState state);

// Whether an outcome may follow the state that is recorded. InvalidArgument
// where `next` is no outcome or nothing was to be forwarded,
// FailedPrecondition where another definite outcome stands.
Status CheckOutcome(ForwardState current, ForwardState next);

// InvalidArgument where a size is negative.
Status ValidateLayerFacts(const LayerFacts& facts);

// InvalidArgument unless `document` is what `report` was read from, is within
// kMaxReportBytes and the report has a subject.
Status ValidateReport(const ScanReport& report, absl::string_view document);

// When a report was made, for "newest first": its own word, or else when it
// came.
absl::Time ReportTime(const ScanReport& report, absl::Time received);

// `added` merged into `known`, which has the same manifest digest. What is
// proven here outranks what was imported, so that an import never changes the
// bytes of a proven record. A denial outranks an approval.
BaseRecord MergeBaseRecords(const BaseRecord& known, const BaseRecord& added);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_RECORD_RULES_H_

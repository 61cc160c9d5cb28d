// One reader per report format, over the JSON of the document with the digest
// given. Pure.
#ifndef PLIMSOLL_POLICY_SCAN_READERS_H_
#define PLIMSOLL_POLICY_SCAN_READERS_H_

#include "policy/oci/json.h"
#include "policy/scan/report.h"
#include "policy/status.h"

namespace plimsoll {

// Whether a document has the members that only this scanner's reports have.
bool LooksLikeTrivy(const JsonValue& json);
bool LooksLikeGrype(const JsonValue& json);

// Errors as ParseScanReport.
StatusOr<ScanReport> ReadTrivyReport(const JsonValue& json,
                                     const Digest& document);
StatusOr<ScanReport> ReadGrypeReport(const JsonValue& json,
                                     const Digest& document);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_SCAN_READERS_H_

// What the readers of scan reports share: JSON within a report's bounds, and
// fields in the forms that scanners write. Pure.
#ifndef PLIMSOLL_POLICY_SCAN_FIELDS_H_
#define PLIMSOLL_POLICY_SCAN_FIELDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "policy/oci/digest.h"
#include "policy/oci/json.h"
#include "policy/scan/report.h"
#include "policy/status.h"

namespace plimsoll {

// Parses a whole report. ResourceExhausted over kMaxReportBytes or 2 million
// values.
StatusOr<JsonValue> ParseReportJson(absl::string_view bytes);

// A report of which nothing but the scanner and the document is known.
ScanReport NewReport(absl::string_view scanner, const Digest& document);

// The object under `name` as a record; nullopt where absent or null.
StatusOr<std::optional<JsonFields>> ObjectField(
    const JsonFields& fields, absl::string_view name,
    absl::Span<const absl::string_view> known);
// Calls `read` with each object of the list under `name`, to the first error,
// whose place is added.
Status ForEachObject(const JsonFields& fields, absl::string_view name,
                     absl::Span<const absl::string_view> known,
                     absl::FunctionRef<Status(const JsonFields&)> read);
// InvalidArgument where absent, null or empty.
StatusOr<std::string> NameField(const JsonFields& fields,
                                absl::string_view name);
// nullopt where absent, null, empty or Go's zero time.
StatusOr<std::optional<absl::Time>> TimeField(const JsonFields& fields,
                                              absl::string_view name);
// nullopt where absent, null or empty.
StatusOr<std::optional<Digest>> DigestField(const JsonFields& fields,
                                            absl::string_view name);
StatusOr<std::vector<Digest>> DigestsField(const JsonFields& fields,
                                           absl::string_view name);
// A list of "repository@digest"; the digests.
StatusOr<std::vector<Digest>> RepoDigestsField(const JsonFields& fields,
                                               absl::string_view name);
// kUnknown where absent or empty; InvalidArgument for a word of no scale.
StatusOr<Severity> SeverityField(const JsonFields& fields,
                                 absl::string_view name);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_SCAN_FIELDS_H_

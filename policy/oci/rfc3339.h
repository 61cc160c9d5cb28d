// Times as configs write them: RFC 3339 as Go's time.Time reads it from JSON.
// Pure.
#ifndef PLIMSOLL_POLICY_OCI_RFC3339_H_
#define PLIMSOLL_POLICY_OCI_RFC3339_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/status.h"

namespace plimsoll {

// Reads "2024-05-01T12:00:00.123456789Z", or with an offset such as "+02:00".
// Narrower than absl::ParseTime, which takes blanks, years of any length, leap
// seconds and "infinite-future". InvalidArgument otherwise.
StatusOr<absl::Time> ParseRfc3339(absl::string_view text);

// 0001-01-01T00:00:00Z, which Go programs write where they know no time.
absl::Time GoZeroTime();

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_RFC3339_H_

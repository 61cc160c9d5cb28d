// What must hold of every scan report that was read, whichever reader took it.
#ifndef PLIMSOLL_TESTS_FUZZ_SCAN_REPORT_H_
#define PLIMSOLL_TESTS_FUZZ_SCAN_REPORT_H_

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "policy/scan/report.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {

inline void CheckVulnerability(const Vulnerability& found) {
  FUZZ_CHECK(!found.id.empty());
  FUZZ_CHECK(!found.package.empty());
  FUZZ_CHECK(!found.epss || (*found.epss >= 0 && *found.epss <= 1));
  FUZZ_CHECK(ParseSeverity(SeverityName(found.severity)) == found.severity);
}

inline void CheckReport(absl::string_view bytes, const ScanReport& report) {
  FUZZ_CHECK(report.document == Digest::Sha256(bytes));
  FUZZ_CHECK(report.subject.config || !report.subject.manifests.empty());
  for (const Vulnerability& found : report.vulnerabilities) {
    CheckVulnerability(found);
  }
  // Told apart by shape it is the same report, and so it is with a blank more.
  auto either = ParseScanReport(absl::StrCat(bytes, " "));
  if (!either.ok()) return;
  FUZZ_CHECK(either->scanner == report.scanner);
  FUZZ_CHECK(either->vulnerabilities.size() == report.vulnerabilities.size());
  FUZZ_CHECK(either->document != report.document);
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_FUZZ_SCAN_REPORT_H_

// Vulnerability reports in one shape, whatever scanner wrote them. A report
// that analysed nothing is refused when it is read (facts: scanning,
// section 1.4), so "no findings" always means that something was looked at.
// Values; pure.
#ifndef PLIMSOLL_POLICY_SCAN_REPORT_H_
#define PLIMSOLL_POLICY_SCAN_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "policy/oci/digest.h"
#include "policy/oci/manifest.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxReportBytes = 64 << 20;

// Harbor's scale, lowest first.
enum class Severity { kUnknown, kNegligible, kLow, kMedium, kHigh, kCritical };
absl::string_view SeverityName(Severity severity);  // "Critical"
// Case is ignored; nullopt for a word that is none of the six.
std::optional<Severity> ParseSeverity(absl::string_view name);

struct Vulnerability {
  std::string id;       // "CVE-2024-1234"
  std::string package;  // name
  std::string purl;     // "" where the scanner gave none
  std::string installed;
  std::vector<std::string> fixed;  // versions that fix it; empty: no fix known
  std::string status;              // Trivy's eight words; "" where unknown
  Severity severity = Severity::kUnknown;
  std::optional<Digest> layer_diff_id;  // that brought the package in
  std::optional<absl::Time> published;
  bool kev = false;            // known to be exploited
  std::optional<double> epss;  // 0..1
  bool suppressed = false;     // by the scanner's own ignore rules or VEX

  bool fixable() const { return !fixed.empty(); }
};

// Whom a report is about. A report matches by manifest digest, or by config
// digest together with all diff IDs; an index digest only where exactly one
// child matches.
struct ReportSubject {
  std::vector<Digest> manifests;  // repo digests: manifests or indexes
  std::optional<Digest> config;   // image ID
  std::vector<Digest> diff_ids;
  Platform platform = {};  // as far as the report tells
};

struct ScanReport {
  std::string scanner;  // "trivy", "grype"
  std::string scanner_version;
  ReportSubject subject;
  std::optional<absl::Time> created;   // when the scan was made
  std::optional<absl::Time> database;  // date of its vulnerability database
  std::string os;                      // "debian 12"; "" where not recognised
  bool os_end_of_life = false;
  size_t packages = 0;  // analysed, where the report tells
  std::vector<Vulnerability> vulnerabilities;
  Digest document;  // of the bytes of the report
};

// Reads a Trivy or Grype JSON report, told apart by their shape.
// FailedPrecondition where the report analysed nothing; InvalidArgument where
// it is neither.
StatusOr<ScanReport> ParseScanReport(absl::string_view bytes);
StatusOr<ScanReport> ParseTrivyReport(absl::string_view bytes);
StatusOr<ScanReport> ParseGrypeReport(absl::string_view bytes);

// Whether `report` is about the image with these digests.
struct ReportImage {
  const Digest& manifest;
  const Digest& config;
  const std::vector<Digest>& diff_ids;
};
bool ReportIsAbout(const ScanReport& report, const ReportImage& image);

// A runnable child of an index.
struct ReportChild {
  ReportImage image;
  const Platform& platform;
};
// Which of `children`, all that `index` has, `report` can be about, in their
// order: those that it is about by themselves; else, where it names the index,
// those of which it says nothing else, by its platform, config and diff IDs.
// A scan of one platform is none of the others: use it only where this gives
// exactly one.
std::vector<size_t> MatchChildren(const ScanReport& report, const Digest& index,
                                  absl::Span<const ReportChild> children);
// Whether the platform that `report` tells, if any, can be `platform`.
bool MayBeOf(const ScanReport& report, const Platform& platform);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_SCAN_REPORT_H_

#include "policy/scan/report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "policy/scan/fields.h"
#include "policy/scan/readers.h"

namespace plimsoll {
namespace {

constexpr std::pair<Severity, absl::string_view> kSeverities[] = {
    {Severity::kUnknown, "Unknown"},
    {Severity::kLow, "Low"},
    {Severity::kNegligible, "Negligible"},
    {Severity::kMedium, "Medium"},
    {Severity::kHigh, "High"},
    {Severity::kCritical, "Critical"},
};

using Reader = StatusOr<ScanReport> (*)(const JsonValue& json,
                                        const Digest& document);

StatusOr<ScanReport> Read(absl::string_view bytes, Reader reader) {
  ASSIGN_OR_RETURN(JsonValue json, ParseReportJson(bytes), "report");
  return reader(json, Digest::Sha256(bytes));
}

StatusOr<ScanReport> ReadEither(const JsonValue& json, const Digest& document) {
  bool is_trivy = LooksLikeTrivy(json);
  bool is_grype = LooksLikeGrype(json);
  if (is_trivy != is_grype) {
    return is_trivy ? ReadTrivyReport(json, document)
                    : ReadGrypeReport(json, document);
  }
  return absl::InvalidArgumentError(
      is_trivy ? "report: has the members of a Trivy and of a Grype report"
               : "report: neither a Trivy nor a Grype report in JSON: make "
                 "one with `trivy image --format json` or `grype -o json`");
}

}  // namespace

absl::string_view SeverityName(Severity severity) {
  for (const auto& [value, name] : kSeverities) {
    if (value == severity) return name;
  }
  return "";
}

std::optional<Severity> ParseSeverity(absl::string_view name) {
  for (const auto& [value, text] : kSeverities) {
    if (absl::EqualsIgnoreCase(text, name)) return value;
  }
  return std::nullopt;
}

StatusOr<ScanReport> ParseScanReport(absl::string_view bytes) {
  return Read(bytes, ReadEither);
}

StatusOr<ScanReport> ParseTrivyReport(absl::string_view bytes) {
  return Read(bytes, ReadTrivyReport);
}

StatusOr<ScanReport> ParseGrypeReport(absl::string_view bytes) {
  return Read(bytes, ReadGrypeReport);
}

bool ReportIsAbout(const ScanReport& report, const ReportImage& image) {
  const ReportSubject& subject = report.subject;
  auto named = std::find(subject.manifests.begin(), subject.manifests.end(),
                         image.manifest);
  if (named != subject.manifests.end()) return true;
  // An image ID alone could be written by anyone over any layers.
  return subject.config == image.config && !subject.diff_ids.empty() &&
         subject.diff_ids == image.diff_ids;
}

bool MayBeOf(const ScanReport& report, const Platform& platform) {
  const auto may_be = [](const std::string& told, const std::string& is) {
    return told.empty() || is.empty() || told == is;
  };
  const Platform& told = report.subject.platform;
  return may_be(told.os, platform.os) &&
         may_be(told.architecture, platform.architecture) &&
         may_be(told.variant, platform.variant);
}

std::vector<size_t> MatchChildren(const ScanReport& report, const Digest& index,
                                  absl::Span<const ReportChild> children) {
  const ReportSubject& subject = report.subject;
  std::vector<size_t> named;
  std::vector<size_t> fitting;
  for (size_t i = 0; i < children.size(); ++i) {
    const ReportImage& image = children[i].image;
    if (ReportIsAbout(report, image)) named.push_back(i);
    const bool same_layers =
        subject.diff_ids.empty() || subject.diff_ids == image.diff_ids;
    // Docker calls an image by another digest than its config's; its layers
    // tell.
    const bool same_config = !subject.config ||
                             *subject.config == image.config ||
                             !subject.diff_ids.empty();
    if (MayBeOf(report, children[i].platform) && same_layers && same_config) {
      fitting.push_back(i);
    }
  }
  if (!named.empty()) return named;
  const bool names_index =
      std::find(subject.manifests.begin(), subject.manifests.end(), index) !=
      subject.manifests.end();
  return names_index ? fitting : std::vector<size_t>();
}

}  // namespace plimsoll

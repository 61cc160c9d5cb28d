// Trivy's `--format json`, SchemaVersion 2 (facts: scanning, section 1.1).
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/scan/fields.h"
#include "policy/scan/readers.h"

namespace plimsoll {
namespace {

constexpr int64_t kSchemaVersion = 2;
// A later word than these says nothing that a rule knows.
constexpr absl::string_view kStatuses[] = {
    "unknown",      "not_affected",        "affected",
    "fixed",        "under_investigation", "will_not_fix",
    "fix_deferred", "end_of_life"};

constexpr absl::string_view kRootNames[] = {"SchemaVersion", "CreatedAt",
                                            "Trivy",         "ArtifactType",
                                            "Metadata",      "Results"};
constexpr absl::string_view kToolNames[] = {"Version", "Server"};
constexpr absl::string_view kServerNames[] = {"VulnerabilityDB"};
constexpr absl::string_view kDatabaseNames[] = {"UpdatedAt"};
constexpr absl::string_view kMetadataNames[] = {"OS", "ImageID", "DiffIDs",
                                                "RepoDigests", "ImageConfig"};
constexpr absl::string_view kImageConfigNames[] = {"os", "architecture",
                                                   "variant"};
constexpr absl::string_view kOsNames[] = {"Family", "Name", "EOSL"};
constexpr absl::string_view kResultNames[] = {
    "Class", "Packages", "Vulnerabilities", "ExperimentalModifiedFindings"};
constexpr absl::string_view kModifiedNames[] = {"Type", "Finding"};
constexpr absl::string_view kVulnerabilityNames[] = {
    "VulnerabilityID", "PkgName", "PkgIdentifier", "InstalledVersion",
    "FixedVersion",    "Status",  "Layer",         "Severity",
    "PublishedDate"};
constexpr absl::string_view kPackageNames[] = {"PURL"};
constexpr absl::string_view kLayerNames[] = {"DiffID"};

StatusOr<Vulnerability> ReadVulnerability(const JsonFields& fields) {
  Vulnerability found;
  ASSIGN_OR_RETURN(found.id, NameField(fields, "VulnerabilityID"));
  ASSIGN_OR_RETURN(found.package, NameField(fields, "PkgName"));
  ASSIGN_OR_RETURN(found.installed, fields.String("InstalledVersion"));
  ASSIGN_OR_RETURN(found.severity, SeverityField(fields, "Severity"));
  ASSIGN_OR_RETURN(found.published, TimeField(fields, "PublishedDate"));
  ASSIGN_OR_RETURN(std::string status, fields.String("Status"));
  if (absl::c_linear_search(kStatuses, status)) found.status = status;
  ASSIGN_OR_RETURN(std::string fixed, fields.String("FixedVersion"));
  for (absl::string_view version : absl::StrSplit(fixed, ',')) {
    version = absl::StripAsciiWhitespace(version);
    if (!version.empty()) found.fixed.emplace_back(version);
  }
  ASSIGN_OR_RETURN(std::optional<JsonFields> package,
                   ObjectField(fields, "PkgIdentifier", kPackageNames));
  if (package) {
    ASSIGN_OR_RETURN(found.purl, package->String("PURL"), "PkgIdentifier");
  }
  ASSIGN_OR_RETURN(std::optional<JsonFields> layer,
                   ObjectField(fields, "Layer", kLayerNames));
  if (layer) {
    ASSIGN_OR_RETURN(found.layer_diff_id, DigestField(*layer, "DiffID"),
                     "Layer");
  }
  return found;
}

Status AddVulnerability(const JsonFields& fields, bool suppressed,
                        ScanReport& report) {
  ASSIGN_OR_RETURN(Vulnerability found, ReadVulnerability(fields));
  found.suppressed = suppressed;
  report.vulnerabilities.push_back(std::move(found));
  return absl::OkStatus();
}

// What Trivy left out because of an ignore file or a VEX document.
Status AddModified(const JsonFields& fields, ScanReport& report) {
  ASSIGN_OR_RETURN(std::string type, fields.RequiredString("Type"));
  if (type != "vulnerability") return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<JsonFields> finding,
                   ObjectField(fields, "Finding", kVulnerabilityNames));
  if (!finding) return absl::InvalidArgumentError("Finding: required");
  return Annotate(AddVulnerability(*finding, true, report), "Finding");
}

// Adds one result and tells whether it is about packages.
StatusOr<bool> AddResult(const JsonFields& result, ScanReport& report) {
  ASSIGN_OR_RETURN(std::string result_class, result.String("Class"));
  auto add = [&](const JsonFields& fields) {
    return AddVulnerability(fields, false, report);
  };
  RETURN_IF_ERROR(
      ForEachObject(result, "Vulnerabilities", kVulnerabilityNames, add));
  auto add_modified = [&](const JsonFields& fields) {
    return AddModified(fields, report);
  };
  RETURN_IF_ERROR(ForEachObject(result, "ExperimentalModifiedFindings",
                                kModifiedNames, add_modified));
  if (!absl::StartsWith(result_class, "os-pkgs") &&
      !absl::StartsWith(result_class, "lang-pkgs")) {
    return false;
  }
  ASSIGN_OR_RETURN(const JsonArray* packages, result.Array("Packages"));
  if (packages != nullptr) report.packages += packages->size();
  return true;
}

Status ReadResults(const JsonFields& root, ScanReport& report) {
  bool has_packages = false;
  auto add = [&](const JsonFields& fields) -> Status {
    ASSIGN_OR_RETURN(bool about_packages, AddResult(fields, report));
    has_packages = has_packages || about_packages;
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ForEachObject(root, "Results", kResultNames, add));
  if (has_packages) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "no package was analysed, so that no finding means nothing: scan the "
      "image with `--scanners vuln --list-all-pkgs`, without --pkg-types");
}

Status ReadOs(const JsonFields& metadata, ScanReport& report) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> os,
                   ObjectField(metadata, "OS", kOsNames));
  if (!os) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string family, os->String("Family"), "OS");
  ASSIGN_OR_RETURN(std::string version, os->String("Name"), "OS");
  ASSIGN_OR_RETURN(report.os_end_of_life, os->Bool("EOSL"), "OS");
  report.os = absl::StrCat(family, version.empty() ? "" : " ", version);
  return absl::OkStatus();
}

Status ReadPlatform(const JsonFields& metadata, Platform& platform) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> config,
                   ObjectField(metadata, "ImageConfig", kImageConfigNames));
  if (!config) return absl::OkStatus();
  ASSIGN_OR_RETURN(platform.os, config->String("os"), "ImageConfig");
  ASSIGN_OR_RETURN(platform.architecture, config->String("architecture"),
                   "ImageConfig");
  ASSIGN_OR_RETURN(platform.variant, config->String("variant"), "ImageConfig");
  return absl::OkStatus();
}

Status ReadMetadata(const JsonFields& root, ScanReport& report) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> metadata,
                   ObjectField(root, "Metadata", kMetadataNames));
  if (!metadata) return absl::InvalidArgumentError("Metadata: required");
  RETURN_IF_ERROR(ReadOs(*metadata, report), "Metadata");
  ReportSubject& subject = report.subject;
  RETURN_IF_ERROR(ReadPlatform(*metadata, subject.platform), "Metadata");
  ASSIGN_OR_RETURN(subject.config, DigestField(*metadata, "ImageID"),
                   "Metadata");
  ASSIGN_OR_RETURN(subject.diff_ids, DigestsField(*metadata, "DiffIDs"),
                   "Metadata");
  ASSIGN_OR_RETURN(subject.manifests,
                   RepoDigestsField(*metadata, "RepoDigests"), "Metadata");
  if (subject.config || !subject.manifests.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "Metadata: neither ImageID nor RepoDigests says which image it is");
}

// Only a client of a Trivy server writes the date of the database.
Status ReadTool(const JsonFields& root, ScanReport& report) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> tool,
                   ObjectField(root, "Trivy", kToolNames));
  if (!tool) return absl::OkStatus();
  ASSIGN_OR_RETURN(report.scanner_version, tool->String("Version"), "Trivy");
  ASSIGN_OR_RETURN(std::optional<JsonFields> server,
                   ObjectField(*tool, "Server", kServerNames), "Trivy");
  if (!server) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<JsonFields> database,
                   ObjectField(*server, "VulnerabilityDB", kDatabaseNames),
                   "Trivy: Server");
  if (!database) return absl::OkStatus();
  ASSIGN_OR_RETURN(report.database, TimeField(*database, "UpdatedAt"),
                   "Trivy: Server: VulnerabilityDB");
  return absl::OkStatus();
}

Status CheckForm(const JsonFields& root) {
  ASSIGN_OR_RETURN(int64_t schema, root.RequiredInteger("SchemaVersion"));
  if (schema != kSchemaVersion) {
    return absl::InvalidArgumentError(
        absl::StrCat("SchemaVersion ", schema, " is not known, only ",
                     kSchemaVersion, ": scan with another Trivy"));
  }
  ASSIGN_OR_RETURN(std::string type, root.RequiredString("ArtifactType"));
  if (type == "container_image") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("is about a `", type,
                   "`, not about an image: make it with `trivy image`"));
}

StatusOr<ScanReport> Read(const JsonValue& json, const Digest& document) {
  ScanReport report = NewReport("trivy", document);
  ASSIGN_OR_RETURN(JsonFields root, JsonFields::New(json, kRootNames));
  RETURN_IF_ERROR(CheckForm(root));
  ASSIGN_OR_RETURN(report.created, TimeField(root, "CreatedAt"));
  RETURN_IF_ERROR(ReadTool(root, report));
  RETURN_IF_ERROR(ReadMetadata(root, report));
  RETURN_IF_ERROR(ReadResults(root, report));
  return report;
}

}  // namespace

bool LooksLikeTrivy(const JsonValue& json) {
  return json.Find("SchemaVersion") != nullptr &&
         json.Find("ArtifactType") != nullptr;
}

StatusOr<ScanReport> ReadTrivyReport(const JsonValue& json,
                                     const Digest& document) {
  ASSIGN_OR_RETURN(ScanReport report, Read(json, document), "trivy report");
  return report;
}

}  // namespace plimsoll

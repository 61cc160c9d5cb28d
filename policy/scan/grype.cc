// Grype's `-o json` (facts: scanning, section 1.1).
#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "policy/scan/fields.h"
#include "policy/scan/readers.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kRootNames[] = {"matches",    "ignoredMatches",
                                            "source",     "distro",
                                            "descriptor", "alertsByPackage"};
constexpr absl::string_view kDescriptorNames[] = {"name", "version", "db",
                                                  "timestamp"};
// Since 0.88 `db` holds a `status`; before it held these itself.
constexpr absl::string_view kDatabaseNames[] = {"status", "built", "valid",
                                                "error"};
constexpr absl::string_view kSourceNames[] = {"type", "target"};
constexpr absl::string_view kTargetNames[] = {
    "imageID", "manifestDigest", "repoDigests", "layers", "os", "architecture"};
constexpr absl::string_view kTargetLayerNames[] = {"digest"};
constexpr absl::string_view kDistroNames[] = {"name", "version"};
constexpr absl::string_view kMatchNames[] = {"vulnerability", "artifact"};
constexpr absl::string_view kVulnerabilityNames[] = {"id", "severity", "fix",
                                                     "epss", "knownExploited"};
constexpr absl::string_view kFixNames[] = {"versions", "state"};
constexpr absl::string_view kEpssNames[] = {"epss"};
constexpr absl::string_view kArtifactNames[] = {"name", "version", "purl",
                                                "locations"};
constexpr absl::string_view kLocationNames[] = {"layerID"};
constexpr absl::string_view kPackageAlertNames[] = {"alerts"};
constexpr absl::string_view kAlertNames[] = {"type"};

// Grype's four states in Trivy's words.
absl::string_view StatusOfFix(absl::string_view state) {
  if (state == "fixed") return "fixed";
  if (state == "not-fixed") return "affected";
  if (state == "wont-fix") return "will_not_fix";
  return "";
}

StatusOr<double> ReadProbability(const JsonFields& fields) {
  const JsonValue* value = fields.Get("epss");
  double probability = -1;
  if (value != nullptr && value->AsReal() != nullptr) {
    probability = value->AsReal()->value;
  } else if (value != nullptr && value->AsInteger() != nullptr) {
    probability = static_cast<double>(*value->AsInteger());
  }
  if (probability >= 0 && probability <= 1) return probability;
  return absl::InvalidArgumentError("epss: must be a number from 0 to 1");
}

Status ReadPriority(const JsonFields& fields, Vulnerability& found) {
  ASSIGN_OR_RETURN(const JsonArray* known, fields.Array("knownExploited"));
  found.kev = known != nullptr && !known->empty();
  auto add = [&](const JsonFields& one) -> Status {
    ASSIGN_OR_RETURN(double probability, ReadProbability(one));
    found.epss = std::max(found.epss.value_or(0), probability);
    return absl::OkStatus();
  };
  return ForEachObject(fields, "epss", kEpssNames, add);
}

Status ReadFix(const JsonFields& fields, Vulnerability& found) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> fix,
                   ObjectField(fields, "fix", kFixNames));
  if (!fix) return absl::OkStatus();
  ASSIGN_OR_RETURN(found.fixed, fix->Strings("versions"), "fix");
  ASSIGN_OR_RETURN(std::string state, fix->String("state"), "fix");
  found.status = std::string(StatusOfFix(state));
  return absl::OkStatus();
}

Status ReadVulnerability(const JsonFields& match, Vulnerability& found) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> fields,
                   ObjectField(match, "vulnerability", kVulnerabilityNames));
  if (!fields) return absl::InvalidArgumentError("vulnerability: required");
  ASSIGN_OR_RETURN(found.id, NameField(*fields, "id"), "vulnerability");
  ASSIGN_OR_RETURN(found.severity, SeverityField(*fields, "severity"),
                   "vulnerability");
  RETURN_IF_ERROR(ReadFix(*fields, found), "vulnerability");
  return Annotate(ReadPriority(*fields, found), "vulnerability");
}

// The lowest layer that has evidence of the package: a package database that an
// upper layer rewrote is there too, and did not bring the package in.
Status ReadLayer(const JsonFields& artifact, const ReportSubject& subject,
                 Vulnerability& found) {
  auto lowest = subject.diff_ids.end();
  auto look = [&](const JsonFields& location) -> Status {
    ASSIGN_OR_RETURN(std::optional<Digest> layer,
                     DigestField(location, "layerID"));
    if (!layer) return absl::OkStatus();
    lowest = std::min(lowest, absl::c_find(subject.diff_ids, *layer));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ForEachObject(artifact, "locations", kLocationNames, look));
  if (lowest != subject.diff_ids.end()) found.layer_diff_id = *lowest;
  return absl::OkStatus();
}

Status ReadArtifact(const JsonFields& match, const ReportSubject& subject,
                    Vulnerability& found) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> artifact,
                   ObjectField(match, "artifact", kArtifactNames));
  if (!artifact) return absl::InvalidArgumentError("artifact: required");
  ASSIGN_OR_RETURN(found.package, NameField(*artifact, "name"), "artifact");
  ASSIGN_OR_RETURN(found.installed, artifact->String("version"), "artifact");
  ASSIGN_OR_RETURN(found.purl, artifact->String("purl"), "artifact");
  return Annotate(ReadLayer(*artifact, subject, found), "artifact");
}

Status ReadMatches(const JsonFields& root, absl::string_view name,
                   bool suppressed, ScanReport& report) {
  auto add = [&](const JsonFields& match) -> Status {
    Vulnerability found;
    RETURN_IF_ERROR(ReadVulnerability(match, found));
    RETURN_IF_ERROR(ReadArtifact(match, report.subject, found));
    found.suppressed = suppressed;
    report.vulnerabilities.push_back(std::move(found));
    return absl::OkStatus();
  };
  return ForEachObject(root, name, kMatchNames, add);
}

Status ReadTarget(const JsonFields& target, ReportSubject& subject) {
  ASSIGN_OR_RETURN(subject.platform.os, target.String("os"));
  ASSIGN_OR_RETURN(subject.platform.architecture,
                   target.String("architecture"));
  ASSIGN_OR_RETURN(subject.config, DigestField(target, "imageID"));
  ASSIGN_OR_RETURN(subject.manifests, RepoDigestsField(target, "repoDigests"));
  ASSIGN_OR_RETURN(std::optional<Digest> manifest,
                   DigestField(target, "manifestDigest"));
  if (manifest && !absl::c_linear_search(subject.manifests, *manifest)) {
    subject.manifests.insert(subject.manifests.begin(), *std::move(manifest));
  }
  // Grype names layers by their diff IDs.
  auto add = [&](const JsonFields& layer) -> Status {
    ASSIGN_OR_RETURN(std::string text, layer.RequiredString("digest"));
    ASSIGN_OR_RETURN(Digest digest, Digest::Parse(text), "digest");
    subject.diff_ids.push_back(std::move(digest));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ForEachObject(target, "layers", kTargetLayerNames, add));
  if (subject.config || !subject.manifests.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("no digest says which image it is");
}

Status ReadSource(const JsonFields& root, ReportSubject& subject) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> source,
                   ObjectField(root, "source", kSourceNames));
  if (!source) return absl::InvalidArgumentError("source: required");
  ASSIGN_OR_RETURN(std::string type, source->RequiredString("type"), "source");
  if (type != "image") {
    return absl::InvalidArgumentError(absl::StrCat(
        "is about a `", type, "`, not about an image: scan the image itself"));
  }
  ASSIGN_OR_RETURN(std::optional<JsonFields> target,
                   ObjectField(*source, "target", kTargetNames), "source");
  if (!target) return absl::InvalidArgumentError("source: target: required");
  return Annotate(ReadTarget(*target, subject), "source: target");
}

Status ReadDatabase(const JsonFields& database, ScanReport& report) {
  ASSIGN_OR_RETURN(std::string error, database.String("error"));
  ASSIGN_OR_RETURN(bool valid, database.Bool("valid"));
  bool is_invalid = database.Get("valid") != nullptr && !valid;
  if (is_invalid || !error.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the vulnerability database was not valid",
                     error.empty() ? "" : " (", error, error.empty() ? "" : ")",
                     ": run `grype db update` and scan again"));
  }
  ASSIGN_OR_RETURN(report.database, TimeField(database, "built"));
  return absl::OkStatus();
}

Status ReadDescriptor(const JsonFields& root, ScanReport& report) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> descriptor,
                   ObjectField(root, "descriptor", kDescriptorNames));
  if (!descriptor) return absl::InvalidArgumentError("required");
  ASSIGN_OR_RETURN(std::string name, descriptor->RequiredString("name"));
  if (name != "grype") {
    return absl::InvalidArgumentError(
        absl::StrCat("name: is `", name, "`, not `grype`"));
  }
  ASSIGN_OR_RETURN(report.scanner_version, descriptor->String("version"));
  ASSIGN_OR_RETURN(report.created, TimeField(*descriptor, "timestamp"));
  ASSIGN_OR_RETURN(std::optional<JsonFields> database,
                   ObjectField(*descriptor, "db", kDatabaseNames));
  if (!database) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<JsonFields> status,
                   ObjectField(*database, "status", kDatabaseNames), "db");
  return Annotate(ReadDatabase(status ? *status : *database, report), "db");
}

Status ReadDistro(const JsonFields& root, ScanReport& report) {
  ASSIGN_OR_RETURN(std::optional<JsonFields> distro,
                   ObjectField(root, "distro", kDistroNames));
  if (!distro) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::string name, distro->String("name"), "distro");
  ASSIGN_OR_RETURN(std::string version, distro->String("version"), "distro");
  report.os = absl::StrCat(name, version.empty() ? "" : " ", version);
  return absl::OkStatus();
}

Status ReadAlert(const JsonFields& alert, ScanReport& report) {
  ASSIGN_OR_RETURN(std::string type, alert.RequiredString("type"));
  if (type == "distro-eol") report.os_end_of_life = true;
  if (type != "distro-unknown" && type != "distro-disabled") {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "packages were not matched (`", type,
      "`): Grype has no data for this distribution, use another scanner"));
}

Status ReadAlerts(const JsonFields& root, ScanReport& report) {
  auto read = [&](const JsonFields& package) {
    auto read_one = [&](const JsonFields& alert) {
      return ReadAlert(alert, report);
    };
    return ForEachObject(package, "alerts", kAlertNames, read_one);
  };
  return ForEachObject(root, "alertsByPackage", kPackageAlertNames, read);
}

// Grype lists no packages, only what it found in them.
Status CheckAnalysed(const ScanReport& report) {
  if (!report.os.empty() || !report.vulnerabilities.empty()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      "neither a distribution nor a package was recognised, so that no finding "
      "means nothing: use a scanner that lists packages, `trivy image --format "
      "json --list-all-pkgs`");
}

StatusOr<ScanReport> Read(const JsonValue& json, const Digest& document) {
  ScanReport report = NewReport("grype", document);
  ASSIGN_OR_RETURN(JsonFields root, JsonFields::New(json, kRootNames));
  if (root.Get("matches") == nullptr) {
    return absl::InvalidArgumentError("matches: required");
  }
  RETURN_IF_ERROR(ReadDescriptor(root, report), "descriptor");
  RETURN_IF_ERROR(ReadSource(root, report.subject));
  RETURN_IF_ERROR(ReadDistro(root, report));
  RETURN_IF_ERROR(ReadAlerts(root, report));
  RETURN_IF_ERROR(ReadMatches(root, "matches", false, report));
  RETURN_IF_ERROR(ReadMatches(root, "ignoredMatches", true, report));
  RETURN_IF_ERROR(CheckAnalysed(report));
  return report;
}

}  // namespace

bool LooksLikeGrype(const JsonValue& json) {
  return json.Find("descriptor") != nullptr && json.Find("source") != nullptr;
}

StatusOr<ScanReport> ReadGrypeReport(const JsonValue& json,
                                     const Digest& document) {
  ASSIGN_OR_RETURN(ScanReport report, Read(json, document), "grype report");
  return report;
}

}  // namespace plimsoll

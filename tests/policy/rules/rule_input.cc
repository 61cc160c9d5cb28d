#include "tests/policy/rules/rule_input.h"

#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "policy/language/yaml.h"

namespace plimsoll {
namespace {

struct Parsed {
  std::optional<CheckParams> params;
  std::vector<std::string> issues;
};

Parsed ParseWith(absl::string_view check, absl::string_view with) {
  Issues issues;
  const int file = issues.AddFile("with");
  const std::vector<YamlValue> documents = ParseYaml(file, with, issues);
  Parsed parsed;
  if (documents.size() == 1) {
    YamlFields fields(documents[0], "", issues);
    parsed.params = ParseCheck(check, fields);
  }
  for (const Issue& issue : issues.Take()) {
    parsed.issues.push_back(issue.message);
  }
  return parsed;
}

Evidence EvidenceAbout(const Digest& digest, absl::string_view media_type) {
  return {.subject = {.repository = "team/app",
                      .tags = {"v1"},
                      .digest = digest,
                      .media_type = std::string(media_type)},
          .kind = SubjectKind::kImage,
          .artifact_kind = "",
          .images = {},
          .gaps = {},
          .malformed = {},
          .unusual = {},
          .catalog_revision = ""};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, CheckResult result) {
  return out << CheckResultName(result);
}

std::ostream& operator<<(std::ostream& out, const CheckOutput& output) {
  return out << CheckResultName(output.result) << " \"" << output.message
             << "\" hint \"" << output.hint << '"'
             << (output.definite ? " definite" : "")
             << (output.pending ? " pending" : "");
}

absl::Time Day(int month, int day) {
  return absl::FromCivil(absl::CivilHour(2026, month, day, 12),
                         absl::UTCTimeZone());
}

absl::Time Now() { return Day(3, 1); }

CheckParams ParamsOf(absl::string_view check, absl::string_view with) {
  Parsed parsed = ParseWith(check, with);
  if (parsed.params && parsed.issues.empty()) return *std::move(parsed.params);
  std::cerr << check << " with " << with << ": "
            << absl::StrJoin(parsed.issues, "; ") << std::endl;
  std::abort();
}

std::vector<std::string> IssuesOf(absl::string_view check,
                                  absl::string_view with) {
  return ParseWith(check, with).issues;
}

ImageEvidence EvidenceOf(const TestImage& image,
                         std::vector<BaseRecord> catalog) {
  const auto snapshot = BaseCatalog::New(std::move(catalog)).value();
  return {.digest = image.manifest_digest,
          .config_digest = image.config_digest,
          .manifest = image.manifest,
          .config = image.config,
          .listed_platform = {},
          .facts = image.facts,
          .base = IdentifyBase(image.View(), *snapshot),
          .reports = {},
          .base_reports = {},
          .gaps = {}};
}

TestImage WithoutFacts(TestImage image, size_t from) {
  for (size_t i = from; i < image.facts.size(); ++i) image.facts[i].reset();
  return image;
}

ScanReport CleanReport() {
  return {.scanner = "grype",
          .scanner_version = "0.74.0",
          .subject = {},
          .created = Now() - absl::Hours(1),
          .database = Now() - absl::Hours(5),
          .os = "debian 12",
          .packages = 90,
          .vulnerabilities = {},
          .document = Digest::Sha256("report")};
}

Evidence Pushed(ImageEvidence image) {
  Evidence evidence =
      EvidenceAbout(image.digest, MediaTypeOf(image.manifest.kind));
  evidence.images.push_back(std::move(image));
  return evidence;
}

Evidence PushedIndex(std::vector<ImageEvidence> images) {
  Evidence evidence = EvidenceAbout(Digest::Sha256("index"), kOciIndexType);
  evidence.kind = SubjectKind::kIndex;
  evidence.images = std::move(images);
  return evidence;
}

CheckOutput Judge(const CheckParams& params, const Evidence& evidence,
                  absl::Time now) {
  const Rule rule{"rule", params, {}, {}, "high", ""};
  const bool per_image = TraitsOf(params).per_image;
  return CheckRule(rule,
                   {evidence, per_image ? &evidence.images[0] : nullptr, now});
}

CheckOutput Judge(absl::string_view check, absl::string_view with,
                  const ImageEvidence& image, absl::Time now) {
  return Judge(ParamsOf(check, with), Pushed(image), now);
}

}  // namespace plimsoll

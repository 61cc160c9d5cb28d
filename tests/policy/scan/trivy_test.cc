#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/scan/report.h"
#include "tests/policy/scan/documents.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kManifest[] =
    "sha256:acba2a84d5672894af4f49f9dcc5ebb6911fd95447088d3fb1e96f1e5917bc72";
constexpr char kConfig[] =
    "sha256:9ae7f7a6a0c6995b08f47b486fa76d0efa4b075a645cf8f26f4175a93a479740";
constexpr char kBaseLayer[] =
    "sha256:13e4da0d5bd26436c6315a415fb1f23aa8ba4f7fbefb303976b5a502d6864392";
constexpr char kOwnLayer[] =
    "sha256:23271efbf34326f8bacfa2ea1f7d23102b10e8c671bb8ca450fab35e2970c57d";

Digest D(absl::string_view text) { return *Digest::Parse(text); }

// A report of one result about a package, with the edits that a case needs.
std::string Small() {
  return absl::StrCat(
      R"({"SchemaVersion": 2, "CreatedAt": "2026-09-02T08:15:00Z",)",
      R"( "ArtifactType": "container_image", "Metadata": {"ImageID": ")",
      kConfig, R"("}, "Results": [{"Class": "os-pkgs", "Vulnerabilities": [)",
      R"({"VulnerabilityID": "CVE-2099-0001", "PkgName": "zlib"}]}]})");
}

TEST(ParseTrivyReport, ReadsAReportOfAServersClient) {
  std::string document = Sample("trivy.json");
  StatusOr<ScanReport> report = ParseTrivyReport(document);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->scanner, "trivy");
  EXPECT_EQ(report->scanner_version, "0.72.0");
  EXPECT_EQ(report->document, Digest::Sha256(document));
  EXPECT_EQ(absl::FormatTime(*report->created, absl::UTCTimeZone()),
            "2026-09-02T08:15:00+00:00");
  EXPECT_EQ(absl::FormatTime(*report->database, absl::UTCTimeZone()),
            "2026-09-02T00:21:07+00:00");
  EXPECT_EQ(report->os, "debian 12.7");
  EXPECT_FALSE(report->os_end_of_life);
  EXPECT_THAT(report->subject.manifests, ElementsAre(D(kManifest)));
  EXPECT_EQ(report->subject.config, D(kConfig));
  EXPECT_THAT(report->subject.diff_ids,
              ElementsAre(D(kBaseLayer), D(kOwnLayer)));
  EXPECT_THAT(report->vulnerabilities, SizeIs(4));
}

TEST(ParseTrivyReport, ReadsEveryFieldOfAFinding) {
  ScanReport report = *ParseTrivyReport(Sample("trivy.json"));
  const Vulnerability& first = report.vulnerabilities[0];
  EXPECT_EQ(first.id, "CVE-2099-0001");
  EXPECT_EQ(first.package, "libexample1");
  EXPECT_EQ(first.purl,
            "pkg:deb/debian/libexample1@1.2.3-1?arch=amd64&distro=debian-12.7");
  EXPECT_EQ(first.installed, "1.2.3-1");
  EXPECT_THAT(first.fixed, ElementsAre("1.2.3-1+deb12u1"));
  EXPECT_EQ(first.status, "fixed");
  EXPECT_EQ(first.severity, Severity::kHigh);
  EXPECT_EQ(first.layer_diff_id, D(kBaseLayer));
  EXPECT_TRUE(first.published.has_value());
  EXPECT_FALSE(first.suppressed);
  EXPECT_FALSE(first.kev);
  EXPECT_EQ(first.epss, std::nullopt);

  const Vulnerability& unfixed = report.vulnerabilities[1];
  EXPECT_EQ(unfixed.status, "affected");
  EXPECT_FALSE(unfixed.fixable());
  EXPECT_EQ(unfixed.severity, Severity::kCritical);
  const Vulnerability& own = report.vulnerabilities[3];
  EXPECT_THAT(own.fixed, ElementsAre("2.3.1", "3.0.4"));
  EXPECT_EQ(own.layer_diff_id, D(kOwnLayer));
}

TEST(ParseTrivyReport, KeepsWhatTrivySuppressed) {
  ScanReport report = *ParseTrivyReport(Sample("trivy.json"));
  const Vulnerability& ignored = report.vulnerabilities[2];
  EXPECT_EQ(ignored.id, "CVE-2099-0003");
  EXPECT_EQ(ignored.severity, Severity::kMedium);
  EXPECT_TRUE(ignored.suppressed);
}

TEST(ParseTrivyReport, ACleanReportOfAnalysedPackagesHasNoFindings) {
  StatusOr<ScanReport> report = ParseTrivyReport(Sample("trivy-clean.json"));
  ASSERT_THAT(report, IsOk());
  EXPECT_THAT(report->vulnerabilities, IsEmpty());
}

TEST(ParseTrivyReport, AStandAloneReportHasNoDateOfItsDatabase) {
  StatusOr<ScanReport> report = ParseTrivyReport(Small());
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->database, std::nullopt);
  EXPECT_EQ(report->scanner_version, "");
  EXPECT_EQ(report->vulnerabilities[0].severity, Severity::kUnknown);
}

TEST(ParseTrivyReport, TakesWhatVersionsOfTrivyWrite) {
  const std::string accepts[] = {
      // A member that this reader does not know, of any type.
      Edit(Small(), "{", R"({"Later": [1.5, null], )"),
      // A status of the future says nothing.
      Edit(Small(), R"("PkgName")", R"("Status": "postponed", "PkgName")"),
      Edit(Small(), R"("PkgName")", R"("Layer": {}, "PkgName")"),
      Edit(Small(), R"("PkgName")", R"("FixedVersion": "", "PkgName")"),
      Edit(Small(), R"("PkgName")",
           R"("PublishedDate": "0001-01-01T00:00:00Z", "PkgName")"),
      // Languages only: a distroless image with --list-all-pkgs.
      Edit(Small(), "os-pkgs", "lang-pkgs"),
      Edit(Small(), R"([{"Class")",
           R"([{"Class": "secret", "Secrets": []}, {"Class")"),
      Edit(Small(), R"("Vulnerabilities")",
           R"("ExperimentalModifiedFindings": [{"Type": "misconfig"}], )"
           R"("Vulnerabilities")"),
  };
  for (const std::string& document : accepts) {
    StatusOr<ScanReport> report = ParseTrivyReport(document);
    ASSERT_THAT(report, IsOk()) << document;
    ASSERT_THAT(report->vulnerabilities, SizeIs(1)) << document;
    EXPECT_EQ(report->vulnerabilities[0].status, "");
    EXPECT_EQ(report->vulnerabilities[0].published, std::nullopt);
    EXPECT_FALSE(report->vulnerabilities[0].fixable());
  }
}

TEST(ParseTrivyReport, CountsPackagesAndSeesTheEndOfLife) {
  std::string document = Edit(
      Edit(Small(), R"("ImageID")",
           R"("OS": {"Family": "debian", "Name": "9", "EOSL": true}, )"
           R"("ImageID")"),
      R"("Vulnerabilities")", R"("Packages": [{}, {}], "Vulnerabilities")");
  StatusOr<ScanReport> report = ParseTrivyReport(document);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->packages, 2U);
  EXPECT_EQ(report->os, "debian 9");
  EXPECT_TRUE(report->os_end_of_life);
}

TEST(ParseTrivyReport, RefusesWhatAnalysedNothing) {
  constexpr char kNothing[] = "no package was analysed";
  constexpr StatusCode kCode = StatusCode::kFailedPrecondition;
  const RejectCase rejects[] = {
      {"no results at all", Edit(Small(), R"("Results")", R"("NotResults")"),
       kCode, kNothing},
      {"results are null",
       absl::StrCat(Small().substr(0, Small().find("[{\"Class")), "null}"),
       kCode, kNothing},
      {"results of secrets only", Edit(Small(), "os-pkgs", "secret"), kCode,
       kNothing},
      {"an operating system, but nothing of it",
       Edit(Edit(Small(), "os-pkgs", "config"), R"("ImageID")",
            R"("OS": {"Family": "debian", "Name": "12"}, "ImageID")"),
       kCode, kNothing},
  };
  for (const RejectCase& reject : rejects) {
    EXPECT_THAT(ParseTrivyReport(reject.document),
                StatusIs(reject.code, HasSubstr(reject.message)))
        << reject.why;
  }
}

TEST(ParseTrivyReport, RefusesWhatIsNotAnImagesReport) {
  constexpr StatusCode kCode = StatusCode::kInvalidArgument;
  const RejectCase rejects[] = {
      {"schema 1", Edit(Small(), ": 2,", ": 1,"), kCode, "SchemaVersion 1"},
      {"no schema", Edit(Small(), "SchemaVersion", "Schema"), kCode,
       "SchemaVersion: required"},
      {"a directory", Edit(Small(), "container_image", "filesystem"), kCode,
       "`filesystem`, not about an image"},
      {"no type", Edit(Small(), "ArtifactType", "Artifact"), kCode,
       "ArtifactType: required"},
      {"no metadata", Edit(Small(), "Metadata", "Meta"), kCode,
       "Metadata: required"},
      {"no subject", Edit(Small(), "ImageID", "Image"), kCode,
       "neither ImageID nor RepoDigests"},
  };
  for (const RejectCase& reject : rejects) {
    EXPECT_THAT(ParseTrivyReport(reject.document),
                StatusIs(reject.code, HasSubstr(reject.message)))
        << reject.why;
  }
}

TEST(ParseTrivyReport, RefusesKnownFieldsOfAnotherForm) {
  constexpr StatusCode kCode = StatusCode::kInvalidArgument;
  const RejectCase rejects[] = {
      {"schema as text", Edit(Small(), ": 2,", ": \"2\","), kCode,
       "SchemaVersion: must be an integer"},
      {"results as an object", Edit(Small(), "[{\"Class", "{\"x\": [{\"Class"),
       kCode, ""},
      {"a time that is none", Edit(Small(), "2026-09-02T08:15:00Z", "today"),
       kCode, "CreatedAt"},
      {"a config that is no digest",
       Edit(Small(), "sha256:9ae7", "sha256:9AE7"), kCode, "Metadata: ImageID"},
      {"a repo digest that is none",
       Edit(Small(), R"("ImageID")", R"("RepoDigests": ["app:v1"], "ImageID")"),
       kCode, "RepoDigests[0]"},
      {"a diff ID that is none",
       Edit(Small(), R"("ImageID")", R"("DiffIDs": [""], "ImageID")"), kCode,
       "DiffIDs[0]"},
      {"a finding without a name", Edit(Small(), "VulnerabilityID", "ID"),
       kCode, "Results[0]: Vulnerabilities[0]: VulnerabilityID: required"},
      {"a finding with an empty name", Edit(Small(), "CVE-2099-0001", ""),
       kCode, "VulnerabilityID: is empty"},
      {"a package with an empty name", Edit(Small(), "zlib", ""), kCode,
       "PkgName: is empty"},
      {"a finding without a package", Edit(Small(), "PkgName", "Name"), kCode,
       "PkgName: required"},
      {"a severity of no scale",
       Edit(Small(), R"("PkgName")", R"("Severity": "AWFUL", "PkgName")"),
       kCode, "Severity: `AWFUL` is no severity"},
      {"a severity as a number",
       Edit(Small(), R"("PkgName")", R"("Severity": 4, "PkgName")"), kCode,
       "Severity: must be a string"},
      {"a finding as text", Edit(Small(), "[{\"Vuln", "[\"\", {\"Vuln"), kCode,
       "Vulnerabilities[0]: must be an object"},
      {"a layer that is none",
       Edit(Small(), R"("PkgName")", R"("Layer": {"DiffID": "x"}, "PkgName")"),
       kCode, "Layer: DiffID"},
      {"a known name in another case", Edit(Small(), "Results", "results"),
       kCode, "results"},
      {"a suppressed finding that is none",
       Edit(Small(), R"("Vulnerabilities")",
            R"("ExperimentalModifiedFindings": [{"Type": "vulnerability"}], )"
            R"("Vulnerabilities")"),
       kCode, "Finding: required"},
      {"a name twice", Edit(Small(), "{", R"({"Results": [], )"), kCode, ""},
      {"text after it", Small() + "{}", kCode, ""},
      {"cut short", Small().substr(0, 200), kCode, ""},
      {"nothing", "", kCode, ""},
      {"a list", "[]", kCode, "must be an object"},
  };
  for (const RejectCase& reject : rejects) {
    EXPECT_THAT(ParseTrivyReport(reject.document),
                StatusIs(reject.code, HasSubstr(reject.message)))
        << reject.why;
  }
}

}  // namespace
}  // namespace plimsoll

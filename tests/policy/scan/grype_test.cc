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

constexpr char kConfig[] =
    "sha256:9ae7f7a6a0c6995b08f47b486fa76d0efa4b075a645cf8f26f4175a93a479740";
constexpr char kManifest[] =
    "sha256:acba2a84d5672894af4f49f9dcc5ebb6911fd95447088d3fb1e96f1e5917bc72";
constexpr char kLower[] =
    "sha256:13e4da0d5bd26436c6315a415fb1f23aa8ba4f7fbefb303976b5a502d6864392";
constexpr char kUpper[] =
    "sha256:23271efbf34326f8bacfa2ea1f7d23102b10e8c671bb8ca450fab35e2970c57d";

Digest D(absl::string_view text) { return *Digest::Parse(text); }

// A report of one match; two layers.
std::string Small() {
  return absl::StrCat(
      R"({"matches": [{"vulnerability": {"id": "CVE-2099-0001"},)",
      R"( "artifact": {"name": "zlib"}}],)",
      R"( "distro": {"name": "debian", "version": "12"},)",
      R"( "source": {"type": "image", "target": {"imageID": ")", kConfig,
      R"(", "layers": [{"digest": ")", kLower, R"("}, {"digest": ")", kUpper,
      R"("}]}}, "descriptor": {"name": "grype"}})");
}

// Small(), which has found nothing.
std::string Clean() {
  std::string small = Small();
  return absl::StrCat(R"({"matches": [],)",
                      small.substr(small.find(" \"distro\"")));
}

TEST(ParseGrypeReport, ReadsAReport) {
  std::string document = Sample("grype.json");
  StatusOr<ScanReport> report = ParseGrypeReport(document);
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->scanner, "grype");
  EXPECT_EQ(report->scanner_version, "0.101.0");
  EXPECT_EQ(report->document, Digest::Sha256(document));
  EXPECT_EQ(absl::FormatTime(*report->created, absl::UTCTimeZone()),
            "2026-09-02T08:15:00+00:00");
  EXPECT_EQ(absl::FormatTime(*report->database, absl::UTCTimeZone()),
            "2026-09-02T06:18:32+00:00");
  EXPECT_EQ(report->os, "debian 12");
  EXPECT_THAT(report->subject.manifests, ElementsAre(D(kManifest)));
  EXPECT_EQ(report->subject.config, D(kConfig));
  EXPECT_THAT(report->subject.diff_ids, ElementsAre(D(kLower), D(kUpper)));
  EXPECT_THAT(report->vulnerabilities, SizeIs(4));
}

TEST(ParseGrypeReport, ReadsEveryFieldOfAMatch) {
  ScanReport report = *ParseGrypeReport(Sample("grype.json"));
  const Vulnerability& first = report.vulnerabilities[0];
  EXPECT_EQ(first.id, "CVE-2099-0001");
  EXPECT_EQ(first.package, "libexample1");
  EXPECT_EQ(first.installed, "1.2.3-1");
  EXPECT_EQ(first.purl,
            "pkg:deb/debian/libexample1@1.2.3-1?arch=amd64&distro=debian-12.7");
  EXPECT_THAT(first.fixed, ElementsAre("1.2.3-1+deb12u1"));
  EXPECT_EQ(first.status, "fixed");
  EXPECT_EQ(first.severity, Severity::kHigh);
  EXPECT_EQ(first.layer_diff_id, D(kLower));
  EXPECT_EQ(first.epss, 0.012);
  EXPECT_FALSE(first.kev);
  EXPECT_EQ(report.vulnerabilities[1].status, "affected");
  EXPECT_TRUE(report.vulnerabilities[2].kev);
}

TEST(ParseGrypeReport, KeepsWhatGrypeIgnored) {
  ScanReport report = *ParseGrypeReport(Sample("grype.json"));
  const Vulnerability& ignored = report.vulnerabilities[3];
  EXPECT_EQ(ignored.id, "CVE-2099-0003");
  EXPECT_EQ(ignored.status, "will_not_fix");
  EXPECT_TRUE(ignored.suppressed);
  EXPECT_FALSE(report.vulnerabilities[0].suppressed);
}

TEST(ParseGrypeReport, TheLowestLayerWithEvidenceBroughtThePackage) {
  auto layer_of = [](absl::string_view locations) {
    std::string document =
        Edit(Small(), R"("name": "zlib")",
             absl::StrCat(R"("name": "zlib", "locations": [)", locations, "]"));
    StatusOr<ScanReport> report = ParseGrypeReport(document);
    EXPECT_THAT(report, IsOk());
    return report->vulnerabilities[0].layer_diff_id;
  };
  auto at = [](absl::string_view layer) {
    return absl::StrCat(R"({"path": "/x", "layerID": ")", layer, "\"}");
  };
  EXPECT_EQ(layer_of(at(kUpper)), D(kUpper));
  EXPECT_EQ(layer_of(absl::StrCat(at(kUpper), ",", at(kLower))), D(kLower));
  EXPECT_EQ(layer_of(R"({"path": "/x"})"), std::nullopt);
  EXPECT_EQ(layer_of(at(kConfig)), std::nullopt);
  EXPECT_EQ(layer_of(""), std::nullopt);
}

TEST(ParseGrypeReport, ReadsTheDatabaseOfOlderVersions) {
  StatusOr<ScanReport> report = ParseGrypeReport(
      Edit(Small(), R"("name": "grype")",
           R"("name": "grype", "db": {"built": "2024-05-01T01:02:03Z", )"
           R"("schemaVersion": 5, "error": null})"));
  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(absl::FormatTime(*report->database, absl::UTCTimeZone()),
            "2024-05-01T01:02:03+00:00");
  EXPECT_EQ(ParseGrypeReport(Small())->database, std::nullopt);
}

TEST(ParseGrypeReport, SeesTheEndOfLifeOfADistribution) {
  StatusOr<ScanReport> report = ParseGrypeReport(
      Edit(Clean(), R"("matches")",
           R"("alertsByPackage": [{"alerts": [{"type": "distro-eol"}]}], )"
           R"("matches")"));
  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->os_end_of_life);
  EXPECT_FALSE(ParseGrypeReport(Clean())->os_end_of_life);
}

TEST(ParseGrypeReport, TakesADistributionOrAMatchAsProofOfAnalysis) {
  StatusOr<ScanReport> clean = ParseGrypeReport(Clean());
  ASSERT_THAT(clean, IsOk());
  EXPECT_THAT(clean->vulnerabilities, IsEmpty());
  EXPECT_THAT(
      ParseGrypeReport(Edit(Small(), R"("name": "debian", "version": "12")",
                            R"("name": "", "version": "")")),
      IsOk());
}

TEST(ParseGrypeReport, RefusesWhatAnalysedNothing) {
  constexpr StatusCode kCode = StatusCode::kFailedPrecondition;
  auto with_database = [](absl::string_view database) {
    return Edit(Clean(), R"("name": "grype")",
                absl::StrCat(R"("name": "grype", "db": )", database));
  };
  auto with_alert = [](absl::string_view type) {
    return Edit(Clean(), R"("matches")",
                absl::StrCat(R"("alertsByPackage": [{"alerts": [{"type": ")",
                             type, R"("}]}], "matches")"));
  };
  const RejectCase rejects[] = {
      {"no distribution, no match",
       Edit(Clean(), R"("name": "debian", "version": "12")",
            R"("name": "", "version": "")"),
       kCode, "neither a distribution nor a package"},
      {"no distribution at all", Edit(Clean(), "\"distro\"", "\"none\""), kCode,
       "neither a distribution nor a package"},
      {"a database that is not valid",
       with_database(R"({"status": {"valid": false}})"), kCode,
       "grype db update"},
      {"a database with an error",
       with_database(R"({"status": {"valid": true, "error": "stale"}})"), kCode,
       "not valid (stale)"},
      {"an older database with an error",
       with_database(R"({"error": "bad checksum"})"), kCode, "bad checksum"},
      {"a distribution that is unknown", with_alert("distro-unknown"), kCode,
       "distro-unknown"},
      {"a distribution that is switched off", with_alert("distro-disabled"),
       kCode, "distro-disabled"},
  };
  for (const RejectCase& reject : rejects) {
    EXPECT_THAT(ParseGrypeReport(reject.document),
                StatusIs(reject.code, HasSubstr(reject.message)))
        << reject.why;
  }
}

TEST(ParseGrypeReport, RefusesWhatIsNotAnImagesReport) {
  constexpr StatusCode kCode = StatusCode::kInvalidArgument;
  const RejectCase rejects[] = {
      {"a directory", Edit(Small(), R"("image")", R"("directory")"), kCode,
       "`directory`, not about an image"},
      {"a target as text",
       R"({"matches": [], "source": {"type": "image", "target": "x"}, )"
       R"("descriptor": {"name": "grype"}})",
       kCode, "target: must be an object"},
      {"no source", Edit(Small(), R"("source")", R"("origin")"), kCode,
       "source: required"},
      {"no target", Edit(Small(), R"("target")", R"("goal")"), kCode,
       "target: required"},
      {"no subject", Edit(Small(), R"("imageID")", R"("image")"), kCode,
       "no digest says which image"},
      {"no matches", Edit(Small(), R"("matches")", R"("hits")"), kCode,
       "matches: required"},
      {"no descriptor", Edit(Small(), R"("descriptor")", R"("by")"), kCode,
       "descriptor: required"},
      {"another tool", Edit(Small(), R"("grype")", R"("syft")"), kCode,
       "is `syft`"},
  };
  for (const RejectCase& reject : rejects) {
    EXPECT_THAT(ParseGrypeReport(reject.document),
                StatusIs(reject.code, HasSubstr(reject.message)))
        << reject.why;
  }
}

TEST(ParseGrypeReport, RefusesKnownFieldsOfAnotherForm) {
  constexpr StatusCode kCode = StatusCode::kInvalidArgument;
  auto with = [](absl::string_view member) {
    return Edit(Small(), R"("id": "CVE-2099-0001")",
                absl::StrCat(R"("id": "CVE-2099-0001", )", member));
  };
  const RejectCase rejects[] = {
      {"matches as an object", Edit(Clean(), "[]", "{}"), kCode,
       "matches: must be"},
      {"a match without a vulnerability",
       Edit(Small(), R"("vulnerability")", R"("flaw")"), kCode,
       "matches[0]: vulnerability: required"},
      {"a match without an artifact",
       Edit(Small(), R"("artifact")", R"("package")"), kCode,
       "matches[0]: artifact: required"},
      {"no id", Edit(Small(), R"("id")", R"("ids")"), kCode, "id: required"},
      {"an empty id", Edit(Small(), "CVE-2099-0001", ""), kCode,
       "id: is empty"},
      {"an empty package", Edit(Small(), "zlib", ""), kCode, "name: is empty"},
      {"a severity of no scale", with(R"("severity": "Awful")"), kCode,
       "`Awful` is no severity"},
      {"an EPSS over 1", with(R"("epss": [{"epss": 1.5}])"), kCode,
       "epss[0]: epss: must be a number from 0 to 1"},
      {"an EPSS under 0", with(R"("epss": [{"epss": -1}])"), kCode, "epss"},
      {"an EPSS as text", with(R"("epss": [{"epss": "0.1"}])"), kCode, "epss"},
      {"KEV as a flag", with(R"("knownExploited": true)"), kCode,
       "knownExploited: must be"},
      {"fixed versions as text", with(R"("fix": {"versions": "1.0"})"), kCode,
       "fix: versions"},
      {"a layer that is no digest", Edit(Small(), kLower, "sha256:1"), kCode,
       "layers[0]: digest"},
      {"a known name in another case", Edit(Small(), "matches", "Matches"),
       kCode, "Matches"},
      {"a name twice", Edit(Small(), "{", R"({"distro": {}, )"), kCode, ""},
  };
  for (const RejectCase& reject : rejects) {
    EXPECT_THAT(ParseGrypeReport(reject.document),
                StatusIs(reject.code, HasSubstr(reject.message)))
        << reject.why;
  }
}

TEST(ParseGrypeReport, TakesAnEpssOfAWholeNumberAndTheHighestOfSeveral) {
  std::string document =
      Edit(Small(), R"("id": "CVE-2099-0001")",
           R"("id": "CVE-2099-0001", "epss": [{"epss": 0}, {"epss": 0.5}, )"
           R"({"epss": 0.25}])");
  EXPECT_EQ(ParseGrypeReport(document)->vulnerabilities[0].epss, 0.5);
}

}  // namespace
}  // namespace plimsoll

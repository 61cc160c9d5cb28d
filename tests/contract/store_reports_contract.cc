#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/contract/store_contract.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Digest& Manifest() {
  static const Digest& digest = *new Digest(Digest::Sha256("manifest"));
  return digest;
}

const Digest& Config() {
  static const Digest& digest = *new Digest(Digest::Sha256("config"));
  return digest;
}

// A report about Manifest() and Config() with one finding.
std::string Document(absl::string_view timestamp) {
  return absl::StrCat(
      R"({"matches": [{"vulnerability": {"id": "CVE-2099-0001",)",
      R"( "severity": "High"}, "artifact": {"name": "zlib"}}],)",
      R"( "distro": {"name": "debian", "version": "12"},)",
      R"( "source": {"type": "image", "target": {"imageID": ")",
      Config().ToString(), R"(", "manifestDigest": ")", Manifest().ToString(),
      R"("}}, "descriptor": {"name": "grype", "timestamp": ")", timestamp,
      R"("}})");
}

absl::Time At(int hour) {
  return absl::UnixEpoch() + absl::Hours(500'000 + hour);
}

// Puts a report made at `made` and gives what was put.
ScanReport Put(Store& store, absl::Time made, absl::Time received) {
  std::string document = Document(absl::FormatTime(made));
  ScanReport report = *ParseScanReport(document);
  EXPECT_THAT(Wait(store.PutReport(report, document, received)), IsOk());
  return report;
}

std::vector<MatchedReport> Find(Store& store, std::vector<Digest> subjects) {
  StatusOr<std::vector<MatchedReport>> found =
      Wait(store.FindReports(std::move(subjects)));
  EXPECT_THAT(found, IsOk());
  return *found;
}

TEST_P(StoreContract, FindsAReportByAnyDigestOfItsSubject) {
  ScanReport put = Put(store(), At(1), At(2));
  for (const Digest& subject : {Manifest(), Config()}) {
    std::vector<MatchedReport> found = Find(store(), {subject});
    ASSERT_THAT(found, SizeIs(1)) << subject.ToString();
    EXPECT_EQ(found[0].received, At(2));
    EXPECT_EQ(found[0].report.document, put.document);
    EXPECT_EQ(found[0].report.created, At(1));
    EXPECT_EQ(found[0].report.database, std::nullopt);
    EXPECT_EQ(found[0].report.subject.config, Config());
    EXPECT_THAT(found[0].report.subject.manifests, ElementsAre(Manifest()));
    ASSERT_THAT(found[0].report.vulnerabilities, SizeIs(1));
    EXPECT_EQ(found[0].report.vulnerabilities[0].id, "CVE-2099-0001");
  }
  EXPECT_THAT(Find(store(), {Manifest(), Config()}), SizeIs(1));
  EXPECT_THAT(Find(store(), {Digest::Sha256("another")}), IsEmpty());
  EXPECT_THAT(Find(store(), {}), IsEmpty());
}

TEST_P(StoreContract, GivesTheNewestReportsFirstUpToTheLimit) {
  // Received in the opposite order, which does not count.
  for (int hour = 0; hour < 20; ++hour) Put(store(), At(hour), At(100 - hour));
  std::vector<MatchedReport> found = Find(store(), {Config()});
  ASSERT_THAT(found, SizeIs(kMaxReportsFound));
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].report.created, At(19 - static_cast<int>(i)));
  }
}

TEST_P(StoreContract, KeepsWhatIsKnownBesideTheDocument) {
  std::string document = Document(absl::FormatTime(At(1)));
  ScanReport report = *ParseScanReport(document);
  Digest index = Digest::Sha256("index");
  report.database = At(0);
  report.subject.manifests = {index};
  ASSERT_THAT(Wait(store().PutReport(report, document, At(2))), IsOk());
  std::vector<MatchedReport> found = Find(store(), {index});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].report.database, At(0));
  EXPECT_THAT(found[0].report.subject.manifests, ElementsAre(index));
  EXPECT_THAT(Find(store(), {Manifest()}), IsEmpty());
}

TEST_P(StoreContract, AReportPutAgainIsNoYounger) {
  Put(store(), At(1), At(2));
  std::string document = Document(absl::FormatTime(At(1)));
  ScanReport report = *ParseScanReport(document);
  Digest index = Digest::Sha256("index");
  report.database = At(0);
  report.subject.manifests = {index};
  ASSERT_THAT(Wait(store().PutReport(report, document, At(9))), IsOk());
  Put(store(), At(1), At(10));
  std::vector<MatchedReport> found = Find(store(), {Manifest(), index});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].received, At(2));
  EXPECT_EQ(found[0].report.database, At(0));
  EXPECT_THAT(found[0].report.subject.manifests,
              testing::UnorderedElementsAre(Manifest(), index));
}

TEST_P(StoreContract, RefusesReportsThatAreNotOfTheirDocument) {
  std::string document = Document(absl::FormatTime(At(1)));
  ScanReport report = *ParseScanReport(document);
  EXPECT_THAT(Wait(store().PutReport(report, document + " ", At(2))),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("was not read from the document")));
  report.subject = {};
  EXPECT_THAT(Wait(store().PutReport(report, document, At(2))),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("does not say which image")));
}

}  // namespace
}  // namespace plimsoll

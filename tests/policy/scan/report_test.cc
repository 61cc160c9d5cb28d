#include "policy/scan/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/scan/documents.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

TEST(ParseSeverity, ReadsTheSixWordsInAnyCase) {
  for (Severity severity :
       {Severity::kUnknown, Severity::kNegligible, Severity::kLow,
        Severity::kMedium, Severity::kHigh, Severity::kCritical}) {
    EXPECT_EQ(ParseSeverity(SeverityName(severity)), severity);
  }
  EXPECT_EQ(ParseSeverity("CRITICAL"), Severity::kCritical);
  EXPECT_EQ(ParseSeverity("negligible"), Severity::kNegligible);
}

TEST(ParseSeverity, RefusesOtherWords) {
  for (const char* word : {"", "none", "moderate", "high ", "Hi"}) {
    EXPECT_EQ(ParseSeverity(word), std::nullopt) << word;
  }
}

TEST(ParseScanReport, TellsTheScannersApart) {
  StatusOr<ScanReport> trivy = ParseScanReport(Sample("trivy.json"));
  StatusOr<ScanReport> grype = ParseScanReport(Sample("grype.json"));
  ASSERT_THAT(trivy, IsOk());
  ASSERT_THAT(grype, IsOk());
  EXPECT_EQ(trivy->scanner, "trivy");
  EXPECT_EQ(grype->scanner, "grype");
}

TEST(ParseScanReport, RefusesWhatIsNeitherOrBoth) {
  constexpr StatusCode kCode = StatusCode::kInvalidArgument;
  const RejectCase rejects[] = {
      {"an empty object", "{}", kCode, "neither a Trivy nor a Grype report"},
      {"a list", "[]", kCode, "neither a Trivy nor a Grype report"},
      {"SARIF", R"({"version": "2.1.0", "runs": []})", kCode, "neither"},
      {"both",
       Edit(Sample("trivy.json"), "{", R"({"descriptor": {}, "source": {},)"),
       kCode, "of a Trivy and of a Grype report"},
      {"no JSON", "CVE-2099-0001 HIGH", kCode, ""},
      {"nothing", "", kCode, ""},
  };
  for (const RejectCase& reject : rejects) {
    EXPECT_THAT(ParseScanReport(reject.document),
                StatusIs(reject.code, HasSubstr(reject.message)))
        << reject.why;
  }
}

TEST(ParseScanReport, TakesAReportUpToItsBound) {
  std::string document = Sample("grype.json");
  document.resize(kMaxReportBytes, ' ');
  EXPECT_THAT(ParseScanReport(document), IsOk());
  document.push_back(' ');
  EXPECT_THAT(ParseScanReport(document),
              StatusIs(StatusCode::kResourceExhausted));
}

class ReportIsAboutTest : public testing::Test {
 protected:
  bool IsAbout(const ReportSubject& subject) const {
    ScanReport report = *ParseScanReport(Sample("grype.json"));
    report.subject = subject;
    return ReportIsAbout(report, {manifest_, config_, diff_ids_});
  }

  const Digest manifest_ = Digest::Sha256("manifest");
  const Digest config_ = Digest::Sha256("config");
  const Digest other_ = Digest::Sha256("other");
  const std::vector<Digest> diff_ids_ = {Digest::Sha256("a"),
                                         Digest::Sha256("b")};
};

TEST_F(ReportIsAboutTest, ByAnyOfItsManifests) {
  EXPECT_TRUE(IsAbout({{other_, manifest_}, {}, {}}));
  EXPECT_FALSE(IsAbout({{other_}, {}, {}}));
  EXPECT_FALSE(IsAbout({}));
}

TEST_F(ReportIsAboutTest, ByItsConfigTogetherWithAllDiffIds) {
  EXPECT_TRUE(IsAbout({{}, config_, diff_ids_}));
  EXPECT_TRUE(IsAbout({{other_}, config_, diff_ids_}));
  EXPECT_FALSE(IsAbout({{}, config_, {}}));
  EXPECT_FALSE(IsAbout({{}, config_, {diff_ids_[0]}}));
  EXPECT_FALSE(IsAbout({{}, config_, {diff_ids_[1], diff_ids_[0]}}));
  EXPECT_FALSE(IsAbout({{}, other_, diff_ids_}));
  EXPECT_FALSE(IsAbout({{}, {}, diff_ids_}));
}

}  // namespace
}  // namespace plimsoll

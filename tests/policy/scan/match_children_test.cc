#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "policy/scan/report.h"
#include "tests/policy/scan/documents.h"

namespace plimsoll {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Platform kAmd = {"linux", "amd64", "", ""};
const Platform kArm = {"linux", "arm64", "v8", ""};

// An index with a child for each platform, and reports about it.
class MatchChildrenTest : public testing::Test {
 protected:
  std::vector<size_t> Match(const ReportSubject& subject) const {
    return MatchAmong(subject, {Amd(), Arm()});
  }
  std::vector<size_t> MatchAmong(
      const ReportSubject& subject,
      const std::vector<ReportChild>& children) const {
    ScanReport report = *ParseScanReport(Sample("grype.json"));
    report.subject = subject;
    return MatchChildren(report, index_, children);
  }
  ReportChild Amd() const { return {{amd_, amd_config_, amd_layers_}, kAmd}; }
  ReportChild Arm() const { return {{arm_, arm_config_, arm_layers_}, kArm}; }

  const Digest index_ = Digest::Sha256("index");
  const Digest other_ = Digest::Sha256("other");
  const Digest amd_ = Digest::Sha256("amd");
  const Digest arm_ = Digest::Sha256("arm");
  const Digest amd_config_ = Digest::Sha256("amd config");
  const Digest arm_config_ = Digest::Sha256("arm config");
  const std::vector<Digest> amd_layers_ = {Digest::Sha256("amd layer")};
  const std::vector<Digest> arm_layers_ = {Digest::Sha256("arm layer")};
};

TEST_F(MatchChildrenTest, AChildIsNamedByItsManifestOrItsConfigAndLayers) {
  EXPECT_THAT(Match({{arm_}, {}, {}, {}}), ElementsAre(1));
  EXPECT_THAT(Match({{index_, arm_}, {}, {}, {}}), ElementsAre(1));
  EXPECT_THAT(Match({{index_}, amd_config_, amd_layers_, {}}), ElementsAre(0));
  EXPECT_THAT(Match({{}, amd_config_, amd_layers_, {}}), ElementsAre(0));
}

TEST_F(MatchChildrenTest, OfANamedIndexThePlatformTellsTheChild) {
  EXPECT_THAT(Match({{index_}, {}, {}, kAmd}), ElementsAre(0));
  EXPECT_THAT(Match({{index_}, {}, {}, {"linux", "arm64", "", ""}}),
              ElementsAre(1));
  EXPECT_THAT(Match({{index_}, {}, {}, {"linux", "arm64", "v7", ""}}),
              IsEmpty());
  EXPECT_THAT(Match({{index_}, {}, {}, {"windows", "amd64", "", ""}}),
              IsEmpty());
}

TEST_F(MatchChildrenTest, OfANamedIndexWithOneChildNothingElseNeedsToBeTold) {
  EXPECT_THAT(MatchAmong({{index_}, {}, {}, {}}, {Arm()}), ElementsAre(0));
  EXPECT_THAT(MatchAmong({{index_}, {}, {}, kAmd}, {Arm()}), IsEmpty());
}

TEST_F(MatchChildrenTest, WhatCouldBeSeveralChildrenIsAllOfThem) {
  EXPECT_THAT(Match({{index_}, {}, {}, {}}), ElementsAre(0, 1));
  EXPECT_THAT(Match({{index_}, {}, {}, {"linux", "", "", ""}}),
              ElementsAre(0, 1));
}

TEST_F(MatchChildrenTest, WhatSaysSomethingElseOfAChildIsNotAboutIt) {
  // Layers of another image, under the right platform.
  EXPECT_THAT(Match({{index_}, {}, arm_layers_, kAmd}), IsEmpty());
  EXPECT_THAT(Match({{index_}, {}, {other_}, {}}), IsEmpty());
  EXPECT_THAT(Match({{index_}, other_, {}, kAmd}), IsEmpty());
  EXPECT_THAT(Match({{index_}, amd_config_, {}, {}}), ElementsAre(0));
  // Docker's image store calls an image by its index; the layers tell.
  EXPECT_THAT(Match({{index_}, index_, amd_layers_, {}}), ElementsAre(0));
}

TEST_F(MatchChildrenTest, AnotherIndexIsAboutNoChild) {
  EXPECT_THAT(Match({{other_}, {}, {}, kAmd}), IsEmpty());
  EXPECT_THAT(Match({{other_}, {}, amd_layers_, kAmd}), IsEmpty());
  EXPECT_THAT(Match({{}, amd_config_, {}, kAmd}), IsEmpty());
  EXPECT_THAT(MatchAmong({{index_}, {}, {}, {}}, {}), IsEmpty());
}

TEST(ReportPlatform, IsReadFromBothScanners) {
  for (const char* sample : {"trivy.json", "grype.json"}) {
    const ScanReport report = *ParseScanReport(Sample(sample));
    EXPECT_EQ(report.subject.platform.os, "linux") << sample;
    EXPECT_EQ(report.subject.platform.architecture, "amd64") << sample;
  }
}

}  // namespace
}  // namespace plimsoll

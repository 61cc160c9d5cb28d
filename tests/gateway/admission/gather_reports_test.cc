#include "gateway/admission/gather_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "policy/base/identify.h"
#include "tests/support/fake_store.h"
#include "tests/support/image_builder.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Platform kAmd = {"linux", "amd64", "", ""};
const Platform kArm = {"linux", "arm64", "", ""};

// A Grype report that names `named`, with more members of its target.
std::string Report(const Digest& named, absl::string_view more) {
  return absl::StrCat(
      R"({"matches": [{"vulnerability": {"id": "CVE-2099-0001",)",
      R"( "severity": "High"}, "artifact": {"name": "zlib"}}],)",
      R"( "distro": {"name": "debian", "version": "12"},)",
      R"( "source": {"type": "image", "target": {"repoDigests": ["d@)",
      named.ToString(), "\"]", more, R"(}}, "descriptor": {"name": "grype",)",
      R"( "timestamp": "2026-09-02T08:15:00Z"}})");
}

template <typename T>
T Wait(Task<T> task) {
  return RunBlocking<T>([&task]() -> Task<T> { return std::move(task); });
}

// A base with a child for two platforms, catalogued with their index, and an
// image on the first.
class GatherReportsTest : public testing::Test {
 protected:
  GatherReportsTest()
      : amd_(ImageBuilder().On(kAmd).Layer("amd").Build()),
        arm_(ImageBuilder().On(kArm).Layer("arm").Build()),
        app_(ImageBuilder(amd_).Layer("app").Build()) {
    std::vector<BaseRecord> records;
    for (const TestImage* child : {&amd_, &arm_}) {
      records.push_back(RecordOf(*child, {"docker.io/library/debian:12"}));
      records.back().index = index_;
    }
    catalog_ = *BaseCatalog::New(std::move(records));
  }

  void Put(const std::string& document) {
    ScanReport report = *ParseScanReport(document);
    ASSERT_THAT(Wait(store_.PutReport(report, document, absl::UnixEpoch())),
                IsOk());
  }
  ImageEvidence Evidence(const TestImage& image) const {
    return {.digest = image.manifest_digest,
            .config_digest = image.config_digest,
            .manifest = image.manifest,
            .config = image.config,
            .listed_platform = {},
            .facts = image.facts,
            .base = IdentifyBase(image.View(), *catalog_),
            .reports = {},
            .base_reports = {},
            .gaps = {}};
  }
  ImageEvidence Read() {
    ImageEvidence image = Evidence(app_);
    EXPECT_THAT(image.base.candidates, SizeIs(1));
    EXPECT_THAT(Wait(ReadBaseReports(store_, *catalog_, image)), IsOk());
    return image;
  }

  const Digest index_ = Digest::Sha256("index");
  const TestImage amd_, arm_, app_;
  std::shared_ptr<const BaseCatalog> catalog_;
  FakeStore store_;
};

TEST_F(GatherReportsTest, AReportOfTheIndexServesTheChildOfItsPlatform) {
  Put(Report(index_, R"(, "os": "linux", "architecture": "amd64")"));
  const ImageEvidence image = Read();
  EXPECT_THAT(image.base_reports, SizeIs(1));
  EXPECT_THAT(image.gaps, IsEmpty());
}

TEST_F(GatherReportsTest, AReportOfAnotherPlatformIsNoneAndNoGap) {
  Put(Report(index_, R"(, "os": "linux", "architecture": "arm64")"));
  const ImageEvidence image = Read();
  EXPECT_THAT(image.base_reports, IsEmpty());
  EXPECT_THAT(image.gaps, IsEmpty());
}

TEST_F(GatherReportsTest, AReportThatCouldBeOfEitherChildIsAGap) {
  Put(Report(index_, ""));
  const ImageEvidence image = Read();
  EXPECT_THAT(image.base_reports, IsEmpty());
  ASSERT_THAT(image.gaps, SizeIs(1));
  EXPECT_EQ(image.gaps[0].kind, Gap::Kind::kReport);
  EXPECT_FALSE(image.gaps[0].pending);
  EXPECT_THAT(image.gaps[0].message, HasSubstr("2 of its 2 children"));
}

TEST_F(GatherReportsTest, AReportWithOtherLayersIsAGap) {
  Put(Report(index_,
             absl::StrCat(R"(, "layers": [{"digest": ")",
                          Digest::Sha256("other").ToString(), R"("}])")));
  const ImageEvidence image = Read();
  EXPECT_THAT(image.base_reports, IsEmpty());
  ASSERT_THAT(image.gaps, SizeIs(1));
  EXPECT_THAT(image.gaps[0].message, HasSubstr("none of its 2 children"));
}

TEST_F(GatherReportsTest, AReportOfTheChildLeavesNoGapForTheUnclearOne) {
  Put(Report(index_, ""));
  Put(Report(amd_.manifest_digest, ""));
  const ImageEvidence image = Read();
  EXPECT_THAT(image.base_reports, SizeIs(1));
  EXPECT_THAT(image.gaps, IsEmpty());
}

TEST_F(GatherReportsTest, AReportIsTakenOnceHoweverItIsFound) {
  Put(Report(index_,
             absl::StrCat(R"(, "imageID": ")", amd_.config_digest.ToString(),
                          R"(", "layers": [{"digest": ")",
                          amd_.config.diff_ids[0].ToString(), R"("}])")));
  EXPECT_THAT(Read().base_reports, SizeIs(1));
}

TEST_F(GatherReportsTest, ManyReportsOfTheIndexDoNotHideTheChilds) {
  Put(Report(amd_.manifest_digest, ""));
  for (size_t i = 0; i < 2 * kMaxReportsFound; ++i) {
    Put(Report(
        index_,
        absl::StrCat(R"(, "os": "linux", "architecture": "arm64", "n": )", i)));
  }
  EXPECT_THAT(Read().base_reports, SizeIs(1));
}

TEST_F(GatherReportsTest, AReportOfAPushedIndexServesTheOneChild) {
  Put(Report(index_, R"(, "os": "linux", "architecture": "arm64")"));
  std::vector<ImageEvidence> images = {Evidence(amd_), Evidence(arm_)};
  ASSERT_THAT(Wait(ReadIndexReports(store_, index_, images)), IsOk());
  EXPECT_THAT(images[0].reports, IsEmpty());
  EXPECT_THAT(images[1].reports, SizeIs(1));
  EXPECT_THAT(images[0].gaps, IsEmpty());
}

TEST_F(GatherReportsTest, AnUnclearReportOfAPushedIndexIsAGapOfEachChild) {
  Put(Report(index_, ""));
  std::vector<ImageEvidence> images = {Evidence(amd_), Evidence(arm_)};
  ASSERT_THAT(Wait(ReadIndexReports(store_, index_, images)), IsOk());
  for (const ImageEvidence& image : images) {
    EXPECT_THAT(image.reports, IsEmpty());
    EXPECT_THAT(image.gaps, SizeIs(1));
  }
}

TEST_F(GatherReportsTest, AStoreThatFailsIsToldApart) {
  store_.FailCalls(absl::UnavailableError("disk"));
  ImageEvidence image = Evidence(app_);
  EXPECT_THAT(Wait(ReadBaseReports(store_, *catalog_, image)),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("disk")));
}

}  // namespace
}  // namespace plimsoll

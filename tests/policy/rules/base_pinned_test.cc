#include "policy/rules/base_pinned.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";
constexpr char kDigestKey[] = "org.opencontainers.image.base.digest";
constexpr char kDebian[] = "docker.io/library/debian:12";

class BasePinnedTest : public testing::Test {
 protected:
  CheckOutput Pinned(absl::string_view with, const ImageBuilder& image) const {
    return Judge("base.pinned", with, EvidenceOf(image.Build(), {record_}));
  }
  ImageBuilder App() const { return ImageBuilder(debian_).Layer("app"); }
  std::string Pin() const {
    return absl::StrCat(kDebian, "@", record_.manifest.ToString());
  }

  TestImage debian_ = ImageBuilder().Layer("debian").Build();
  BaseRecord record_ = RecordOf(debian_, {kDebian}, Approval::kApproved);
};

TEST_F(BasePinnedTest, TakesVerifiedBytesOfAnApprovedDigestByDefault) {
  const CheckOutput output = Pinned("{}", App());
  EXPECT_EQ(output.result, CheckResult::kPass);
  EXPECT_EQ(output.message,
            "base `docker.io/library/debian:12` is verified to an approved "
            "digest; the pin in the source is not shown");
}

TEST_F(BasePinnedTest, FailsVerifiedBytesOfNoApprovedDigest) {
  for (const Approval approval : {Approval::kUnapproved, Approval::kDenied}) {
    record_.approval = approval;
    const CheckOutput output = Pinned("{accept: verified}", App());
    EXPECT_EQ(output.result, CheckResult::kFail);
    EXPECT_EQ(output.message,
              "base `docker.io/library/debian:12` is not one of the approved "
              "digests");
    EXPECT_EQ(output.hint, "build FROM an approved base by its digest");
    EXPECT_FALSE(output.definite);
  }
}

TEST_F(BasePinnedTest, WantsFromByDigestToBeShownInTheSource) {
  const CheckOutput output =
      Pinned("{accept: source}", App().Annotation(kNameKey, Pin()));
  EXPECT_EQ(output.result, CheckResult::kPass);
  EXPECT_EQ(output.message,
            absl::StrCat("FROM is by digest, claimed by annotation ", Pin()));
}

TEST_F(BasePinnedTest, TakesADigestBesideATagForNoPin) {
  for (const ImageBuilder& image :
       {App(),
        App()
            .Annotation(kNameKey, kDebian)
            .Annotation(kDigestKey, record_.manifest.ToString()),
        App().Comment("FROM debian:12")}) {
    const CheckOutput output = Pinned("{accept: source}", image);
    EXPECT_EQ(output.result, CheckResult::kFail) << output;
    EXPECT_EQ(output.message, "nothing in the image shows FROM by digest");
    EXPECT_EQ(output.hint,
              absl::StrCat("write FROM ", Pin(),
                           ", with a builder that records it (buildah, "
                           "podman)"));
  }
}

TEST_F(BasePinnedTest, TakesNoPinOfAnotherDigest) {
  const std::string other =
      absl::StrCat("debian:12@", Digest::Sha256("other").ToString());
  EXPECT_EQ(
      Pinned("{accept: source}", App().Annotation(kNameKey, other)).result,
      CheckResult::kFail);
}

TEST_F(BasePinnedTest, FailsFromThatWasSaidToBeByTag) {
  ImageEvidence image = EvidenceOf(App().Build(), {record_});
  image.base.pinned = {PinnedValue::kNo, Proof::kAttested, "provenance"};
  const CheckOutput output = Judge("base.pinned", "{accept: source}", image);
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_EQ(output.message, "FROM is not by digest, attested by provenance");
  EXPECT_EQ(output.hint, absl::StrCat("write FROM ", Pin()));
}

TEST_F(BasePinnedTest, HasAHintWhereNothingCanBeSuggested) {
  record_.names.clear();
  EXPECT_EQ(Pinned("{accept: source}", App()).hint,
            "write FROM NAME@sha256:DIGEST, with a builder that records it "
            "(buildah, podman)");
}

TEST(BasePinned, ReadsItsParametersStrictly) {
  for (const char* with : {"{}", "{accept: verified}", "{accept: source}"}) {
    EXPECT_THAT(IssuesOf("base.pinned", with), IsEmpty()) << with;
  }
  EXPECT_EQ(std::get<BasePinned>(ParamsOf("base.pinned", "{}")).accept,
            BasePinned::Accept::kVerified);
  EXPECT_THAT(IssuesOf("base.pinned", "{accept: [source]}"),
              ElementsAre("`accept` is a single value, not a list"));
  EXPECT_THAT(IssuesOf("base.pinned", "{accept: any}"),
              ElementsAre("`accept` is verified or source, not `any`"));
  EXPECT_THAT(IssuesOf("base.pinned", "{allowSources: [a]}"),
              ElementsAre("unknown key `allowSources`; known is accept"));
}

}  // namespace
}  // namespace plimsoll

// Where the layers show no catalogued base: what is claimed and inferred.
// Numbers in names are those of the field research's list of image shapes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "policy/base/identify.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";
constexpr char kDigestKey[] = "org.opencontainers.image.base.digest";
constexpr char kDebian12[] = "docker.io/library/debian:12";

class IdentifyUnmatched : public testing::Test {
 protected:
  BaseIdentity Identify(const ImageBuilder& image) const {
    return IdentifyBase(image.Build().View(), *CatalogOf({debian_record_}));
  }

  BaseRecord debian_record_ = RecordOf(ImageBuilder().Layer("debian").Build(),
                                       {kDebian12}, Approval::kApproved);
};

TEST_F(IdentifyUnmatched, IsClaimedWhereTheLayersShowNothing) {
  const BaseIdentity identity =
      Identify(ImageBuilder()
                   .Layer("squashed")
                   .Annotation(kNameKey, "debian:12")
                   .Annotation(kDigestKey, debian_record_.manifest.ToString()));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kClaimed);
  EXPECT_EQ(identity.via, Via::kNone);
  EXPECT_EQ(identity.name, kDebian12);
  EXPECT_EQ(identity.digest, std::nullopt);
  EXPECT_EQ(identity.layers, 0);
  EXPECT_FALSE(identity.approved);
  EXPECT_THAT(identity.candidates, IsEmpty());
  EXPECT_EQ(identity.suggested, "");
}

TEST_F(IdentifyUnmatched, Case20IsClaimedForASquashThatBuildahMade) {
  const BaseIdentity identity = IdentifyBase(
      RealImage("app-buildah-squash").View(), *CatalogOf({RealDebian()}));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kClaimed);
  EXPECT_EQ(identity.name, kDebian);
}

TEST_F(IdentifyUnmatched, ShowsTheCatalogedNameOfADigestClaimedAlone) {
  const BaseIdentity identity = Identify(ImageBuilder().Layer("x").Annotation(
      kDigestKey, debian_record_.manifest.ToString()));
  EXPECT_EQ(identity.proof, Proof::kClaimed);
  EXPECT_EQ(identity.name, kDebian12);
  EXPECT_EQ(identity.pinned.value, PinnedValue::kYes);
  EXPECT_EQ(identity.pinned.proof, Proof::kClaimed);
}

TEST_F(IdentifyUnmatched, SaysThatWhatIsClaimedIsDenied) {
  const std::vector<ImageBuilder> claiming = {
      ImageBuilder().Layer("x").Annotation(kNameKey, "debian:12"),
      ImageBuilder().Layer("x").Comment("FROM debian:12"),
      ImageBuilder().Layer("x").Label(kDigestKey,
                                      debian_record_.config.ToString())};
  for (const ImageBuilder& image : claiming) {
    debian_record_.approval = Approval::kApproved;
    ASSERT_THAT(Identify(image).claims, SizeIs(1));
    EXPECT_FALSE(Identify(image).claims[0].denied);
    debian_record_.approval = Approval::kDenied;
    EXPECT_TRUE(Identify(image).claims[0].denied);
    EXPECT_FALSE(Identify(image).denied);  // that is for bytes
  }
}

TEST_F(IdentifyUnmatched, DeniesNoNameThatAnotherRecordHasToo) {
  BaseRecord newer = RecordOf(ImageBuilder().Layer("new").Build(), {kDebian12});
  debian_record_.approval = Approval::kDenied;
  const TestImage image =
      ImageBuilder().Layer("x").Annotation(kNameKey, "debian:12").Build();
  EXPECT_FALSE(IdentifyBase(image.View(), *CatalogOf({debian_record_, newer}))
                   .claims[0]
                   .denied);
}

TEST_F(IdentifyUnmatched, InfersFromTheHistoryAlone) {
  const BaseIdentity identity = Identify(
      ImageBuilder().Layer("x").Layer("y").Comment("FROM corp/base:1"));
  EXPECT_EQ(identity.proof, Proof::kInferred);
  EXPECT_EQ(identity.name, "docker.io/corp/base:1");
  EXPECT_EQ(identity.layers, 1);
}

TEST_F(IdentifyUnmatched, KnowsNothingWhereNothingIsSaid) {
  const BaseIdentity identity = Identify(ImageBuilder().Layer("x"));
  EXPECT_EQ(identity.proof, Proof::kUnknown);
  EXPECT_EQ(identity.name, "");
  EXPECT_THAT(identity.claims, IsEmpty());
}

}  // namespace
}  // namespace plimsoll

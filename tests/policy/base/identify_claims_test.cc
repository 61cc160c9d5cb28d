// What claims do beside layers. Numbers in names are those of the field
// research's list of image shapes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/identify.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";
constexpr char kDigestKey[] = "org.opencontainers.image.base.digest";
constexpr char kDebian12[] = "docker.io/library/debian:12";
constexpr char kAlpine[] = "docker.io/library/alpine:3.20";

class IdentifyClaims : public testing::Test {
 protected:
  BaseIdentity Identify(const ImageBuilder& image) const {
    return IdentifyBase(image.Build().View(),
                        *CatalogOf({debian_record_, alpine_record_}));
  }
  ImageBuilder OnDebian() const { return ImageBuilder(debian_).Layer("app"); }
  ImageBuilder OnAlpine() const { return ImageBuilder(alpine_).Layer("app"); }
  std::string DebianAt() const { return debian_record_.manifest.ToString(); }

  TestImage debian_ = ImageBuilder().Layer("debian").Build();
  TestImage alpine_ = ImageBuilder().Layer("alpine").Build();
  BaseRecord debian_record_ = RecordOf(debian_, {kDebian12});
  BaseRecord alpine_record_ = RecordOf(alpine_, {kAlpine});
};

TEST_F(IdentifyClaims, Case09ReportsANearerBaseThatIsOnlyClaimed) {
  const BaseIdentity identity =
      Identify(OnDebian().Annotation(kNameKey, "corp/base:1"));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.name, kDebian12);
  ASSERT_TRUE(identity.nearer_claim.has_value());
  EXPECT_EQ(identity.nearer_claim->source, "annotation");
  EXPECT_EQ(identity.nearer_claim->name, "docker.io/corp/base:1");
  EXPECT_EQ(identity.pinned.value, PinnedValue::kUnknown);
}

TEST_F(IdentifyClaims, Case09TakesAnUnknownPinForANearerBase) {
  const std::string pin =
      absl::StrCat("debian:12@", Digest::Sha256("unknown").ToString());
  const BaseIdentity identity = Identify(OnDebian().Annotation(kNameKey, pin));
  EXPECT_EQ(identity.proof, Proof::kVerified);
  ASSERT_TRUE(identity.nearer_claim.has_value());
  EXPECT_EQ(identity.nearer_claim->digest, Digest::Sha256("unknown"));
  EXPECT_EQ(identity.pinned.value, PinnedValue::kUnknown);
}

TEST_F(IdentifyClaims, AgreesWithACatalogedNameOrDigest) {
  const std::vector<ImageBuilder> agreeing = {
      OnDebian().Annotation(kNameKey, "debian:12"),
      OnDebian().Label(kNameKey, "debian:12"),
      OnDebian().Comment("FROM debian:12"),
      OnDebian().Image("debian:12"),
      OnDebian().Label(kDigestKey, DebianAt()),
      OnDebian().Label(kDigestKey, debian_record_.config.ToString())};
  for (size_t i = 0; i < agreeing.size(); ++i) {
    const BaseIdentity identity = Identify(agreeing[i]);
    EXPECT_EQ(identity.result, BaseResult::kOrdinary) << i;
    EXPECT_EQ(identity.nearer_claim, std::nullopt) << i;
    EXPECT_THAT(identity.claims, SizeIs(1)) << i;
    EXPECT_EQ(identity.pinned.value, PinnedValue::kUnknown) << i;
  }
}

TEST_F(IdentifyClaims, Case25ReadsAPinFromBuildah) {
  const BaseIdentity identity = IdentifyBase(
      RealImage("app-buildah-fresh-digest").View(), *CatalogOf({RealDebian()}));
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.pinned.value, PinnedValue::kYes);
  EXPECT_EQ(identity.pinned.proof, Proof::kClaimed);
  EXPECT_EQ(identity.pinned.source,
            "annotation 127.0.0.1:5101/library/debian@sha256:"
            "42107ea179269614fbede87639ccb500eaced68e91b47ac2202f20439eaf4d8b");
  EXPECT_EQ(identity.nearer_claim, std::nullopt);
}

TEST_F(IdentifyClaims, Case24DropsTheIntermediateDigestOfAnOldBuildah) {
  const BaseIdentity identity = IdentifyBase(
      RealImage("app-buildah-layers").View(), *CatalogOf({RealDebian()}));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.nearer_claim, std::nullopt);
  ASSERT_THAT(identity.claims, SizeIs(2));
  EXPECT_EQ(identity.claims[0].name, kDebian);
  EXPECT_EQ(identity.claims[0].digest, std::nullopt);
}

TEST_F(IdentifyClaims, KeepsTheUnknownDigestOfALaterBuildah) {
  const std::string unknown = Digest::Sha256("intermediate").ToString();
  const ImageBuilder claiming = OnDebian()
                                    .Annotation(kNameKey, "debian:12")
                                    .Annotation(kDigestKey, unknown);
  for (const char* version : {"1.30.0", "1.39.2", "2.0", "one"}) {
    const BaseIdentity identity =
        Identify(ImageBuilder(claiming).Label("io.buildah.version", version));
    ASSERT_THAT(identity.claims, SizeIs(1)) << version;
    EXPECT_TRUE(identity.claims[0].digest.has_value()) << version;
  }
  EXPECT_EQ(
      Identify(ImageBuilder(claiming).Label("io.buildah.version", "1.29.1"))
          .claims[0]
          .digest,
      std::nullopt);
}

TEST_F(IdentifyClaims, Case27ReportsAnotherNameForTheSameDigestAndShowsItNot) {
  const BaseIdentity identity =
      IdentifyBase(OnDebian()
                       .Annotation(kNameKey, "registry.example.com/lib/b:12")
                       .Annotation(kDigestKey, DebianAt())
                       .Comment("FROM registry.example.com/lib/b:12")
                       .Build()
                       .View(),
                   *CatalogOf({debian_record_}));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.name, kDebian12);
  EXPECT_EQ(identity.nearer_claim, std::nullopt);
  ASSERT_THAT(identity.claims, SizeIs(2));
  EXPECT_EQ(identity.claims[0].name, "registry.example.com/lib/b:12");
}

TEST_F(IdentifyClaims, Case27TakesTheNameOfAnotherCatalogedBaseForAName) {
  const BaseIdentity identity =
      Identify(OnDebian().Annotation(kNameKey, "alpine:3.20"));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.name, kDebian12);
  ASSERT_TRUE(identity.nearer_claim.has_value());
  EXPECT_EQ(identity.nearer_claim->name, kAlpine);
}

TEST_F(IdentifyClaims, Case29ReadsAPinFromDockerCommit) {
  const BaseIdentity identity =
      Identify(OnDebian().Image(absl::StrCat("debian@", DebianAt())));
  EXPECT_EQ(identity.pinned.value, PinnedValue::kYes);
  EXPECT_EQ(identity.pinned.source,
            absl::StrCat("config-image docker.io/library/debian@", DebianAt()));
}

TEST_F(IdentifyClaims, Case30ReadsAPinFromCrane) {
  const auto catalog = CatalogOf({RealDebian()});
  const TestImage by_digest = RealImage("app-crane-append-ann-digest");
  EXPECT_EQ(IdentifyBase(by_digest.View(), *catalog).pinned.value,
            PinnedValue::kYes);
  const TestImage by_tag = RealImage("app-crane-append-ann-tag");
  EXPECT_EQ(IdentifyBase(by_tag.View(), *catalog).pinned.value,
            PinnedValue::kUnknown);
}

TEST_F(IdentifyClaims, Case31DropsAnnotationsThatTheBaseCarries) {
  const ImageBuilder annotated = ImageBuilder()
                                     .Layer("debian")
                                     .Layer("corp")
                                     .Annotation(kNameKey, "debian:12")
                                     .Annotation(kDigestKey, DebianAt());
  const BaseRecord corp =
      RecordOf(annotated.Build(), {"docker.io/corp/base:1"});
  const TestImage app = ImageBuilder(annotated).Layer("app").Build();
  const BaseIdentity identity =
      IdentifyBase(app.View(), *CatalogOf({debian_record_, corp}));
  EXPECT_EQ(identity.name, "docker.io/corp/base:1");
  EXPECT_THAT(identity.claims, IsEmpty());
  EXPECT_EQ(identity.nearer_claim, std::nullopt);
}

TEST_F(IdentifyClaims, TakesAClaimOfAnAncestorForNoNearerBase) {
  const TestImage corp = ImageBuilder(debian_).Layer("corp").Build();
  const auto catalog =
      CatalogOf({debian_record_, RecordOf(corp, {"docker.io/corp/base:1"})});
  for (const ImageBuilder& claiming :
       {ImageBuilder(corp).Layer("app").Annotation(kNameKey, "debian:12"),
        ImageBuilder(corp).Layer("app").Label(kDigestKey, DebianAt()),
        ImageBuilder(corp).Layer("app").Annotation(kNameKey, "scratch")}) {
    const BaseIdentity identity =
        IdentifyBase(claiming.Build().View(), *catalog);
    EXPECT_EQ(identity.result, BaseResult::kOrdinary);
    EXPECT_EQ(identity.name, "docker.io/corp/base:1");
    EXPECT_EQ(identity.nearer_claim, std::nullopt);
    EXPECT_THAT(identity.claims, SizeIs(1));
  }
}

TEST_F(IdentifyClaims, Case49ContradictsADigestWhoseLayersAreNotThere) {
  debian_record_.approval = Approval::kApproved;
  const BaseIdentity identity =
      Identify(OnAlpine()
                   .Annotation(kNameKey, "debian:12")
                   .Annotation(kDigestKey, DebianAt()));
  EXPECT_EQ(identity.result, BaseResult::kContradiction);
  EXPECT_EQ(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.name, kAlpine);
  EXPECT_FALSE(identity.approved);
  EXPECT_THAT(identity.contradictions,
              ElementsAre(absl::StrCat(
                  "annotation claims the base `docker.io/library/debian:12` (",
                  debian_record_.manifest.Short(),
                  "), whose layers this image does not have: it stands on `",
                  kAlpine, "`")));
}

TEST_F(IdentifyClaims, Case49SaysThatTheOtherSideIsDenied) {
  debian_record_.approval = Approval::kDenied;
  const BaseIdentity identity =
      Identify(OnAlpine().Annotation(kDigestKey, DebianAt()));
  EXPECT_EQ(identity.result, BaseResult::kContradiction);
  EXPECT_FALSE(identity.denied);
  ASSERT_THAT(identity.claims, SizeIs(1));
  EXPECT_TRUE(identity.claims[0].denied);
}

TEST_F(IdentifyClaims, Case49NamesADigestThatWasClaimedAlone) {
  TestImage image = OnAlpine().Label(kDigestKey, DebianAt()).Build();
  image.facts[0].reset();
  const BaseIdentity identity =
      IdentifyBase(image.View(), *CatalogOf({debian_record_, alpine_record_}));
  EXPECT_EQ(identity.result, BaseResult::kContradiction);
  EXPECT_THAT(
      identity.contradictions,
      ElementsAre(absl::StrCat(
          "label claims the base `docker.io/library/debian:12` (",
          debian_record_.manifest.Short(),
          "), whose layers this image does not have: by its diff IDs it "
          "stands on `",
          kAlpine, "`")));
}

TEST_F(IdentifyClaims, Case49LetsAContradictedPinShowNothing) {
  const BaseIdentity identity = Identify(
      OnAlpine()
          .Annotation(kDigestKey, DebianAt())
          .Image(absl::StrCat("alpine@", alpine_record_.manifest.ToString())));
  EXPECT_EQ(identity.result, BaseResult::kContradiction);
  EXPECT_EQ(identity.pinned.value, PinnedValue::kUnknown);
}

TEST_F(IdentifyClaims, AgreesWithAnIndexThatListsTheBaseForThePlatform) {
  debian_record_.index = Digest::Sha256("index");
  const ImageBuilder claiming =
      OnDebian().Label(kDigestKey, Digest::Sha256("index").ToString());
  EXPECT_EQ(Identify(claiming).result, BaseResult::kOrdinary);
  EXPECT_EQ(Identify(claiming).nearer_claim, std::nullopt);
}

TEST_F(IdentifyClaims, ContradictsNoIndexThatIsKnownForOtherPlatformsOnly) {
  alpine_record_.index = Digest::Sha256("index");
  alpine_record_.platform.architecture = "arm64";
  const std::string index = Digest::Sha256("index").ToString();
  const BaseIdentity identity = Identify(OnDebian().Label(kDigestKey, index));
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_TRUE(identity.nearer_claim.has_value());
  alpine_record_.platform.architecture = "amd64";
  EXPECT_EQ(Identify(OnDebian().Label(kDigestKey, index)).result,
            BaseResult::kContradiction);
}

TEST_F(IdentifyClaims, ChooseANameOnlyWhereHistoryAndConfigDoNot) {
  BaseRecord mirror = debian_record_;
  mirror.manifest = Digest::Sha256("mirror");
  mirror.names[0].name = "zzz.example.com/debian:12";
  const auto catalog = CatalogOf({debian_record_, mirror});
  EXPECT_EQ(IdentifyBase(OnDebian().Build().View(), *catalog).name, kDebian12);
  EXPECT_EQ(IdentifyBase(OnDebian()
                             .Annotation(kNameKey, "zzz.example.com/debian:12")
                             .Build()
                             .View(),
                         *catalog)
                .name,
            "zzz.example.com/debian:12");
  EXPECT_EQ(IdentifyBase(OnDebian()
                             .Annotation(kDigestKey, mirror.manifest.ToString())
                             .Build()
                             .View(),
                         *catalog)
                .name,
            "zzz.example.com/debian:12");
}

}  // namespace
}  // namespace plimsoll

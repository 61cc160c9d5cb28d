#include "policy/base/claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";
constexpr char kDigestKey[] = "org.opencontainers.image.base.digest";
constexpr char kBaseDigest[] =
    "sha256:42107ea179269614fbede87639ccb500eaced68e91b47ac2202f20439eaf4d8b";

// "source name@digest", with a "!" where it shows a pin.
std::vector<std::string> Claims(const TestImage& image) {
  const HistoryWalk walk =
      WalkHistory(image.config.history, image.manifest.layers.size());
  std::vector<std::string> texts;
  for (const BaseClaim& claim :
       ReadClaims(image.manifest, image.config, walk)) {
    texts.push_back(absl::StrCat(claim.source, " ", DescribeClaim(claim),
                                 claim.shows_pin ? "!" : ""));
  }
  return texts;
}

ImageBuilder Plain() { return ImageBuilder().Layer("x"); }

TEST(ReadClaims, FindsNoneWhereNothingIsClaimed) {
  for (const char* name : {"app-legacy", "app-buildkit-2010", "app-zstd",
                           "app-docker-import", "app-docker1-multi"}) {
    EXPECT_THAT(Claims(RealImage(name)), IsEmpty()) << name;
  }
}

TEST(ReadClaims, ReadsWhatBuildahWrites) {
  EXPECT_THAT(
      Claims(RealImage("app-buildah")),
      ElementsAre(absl::StrCat("annotation ", kDebian, "@", kBaseDigest),
                  absl::StrCat("history-from ", kDebian)));
}

TEST(ReadClaims, ReadsTheDigestInANameBeforeTheOneBesideIt) {
  const std::string pinned =
      absl::StrCat("127.0.0.1:5101/library/debian@", kBaseDigest, "!");
  EXPECT_THAT(
      Claims(RealImage("app-buildah-fresh-digest")),
      ElementsAre("annotation " + pinned,
                  "annotation 127.0.0.1:5101/library/debian@sha256:"
                  "b193d05285c362041a9f3ec1bc4d1b2310fe9288c478f036202fce019f3"
                  "8ccac",
                  "history-from " + pinned));
}

TEST(ReadClaims, TakesCranesDigestWithoutANameForAPin) {
  EXPECT_THAT(Claims(RealImage("app-crane-append-ann-digest")),
              ElementsAre(absl::StrCat("annotation ", kBaseDigest, "!")));
  EXPECT_THAT(
      Claims(RealImage("app-crane-append-ann-tag")),
      ElementsAre(absl::StrCat("annotation ", kDebian, "@", kBaseDigest)));
}

TEST(ReadClaims, ReadsWhatDockerCommitRan) {
  EXPECT_THAT(Claims(RealImage("app-docker-commit")),
              ElementsAre(absl::StrCat("config-image ", kDebian)));
  EXPECT_THAT(
      Claims(Plain().Image(absl::StrCat("debian@", kBaseDigest)).Build()),
      ElementsAre(absl::StrCat("config-image docker.io/library/debian@",
                               kBaseDigest, "!")));
}

TEST(ReadClaims, ReadsLabels) {
  EXPECT_THAT(Claims(RealImage("app-corpchild-bk0")),
              ElementsAre(absl::StrCat("label docker.io/library/debian:12@",
                                       kBaseDigest)));
}

TEST(ReadClaims, TakesALabelsDigestAloneForNoPin) {
  EXPECT_THAT(Claims(Plain().Label(kDigestKey, kBaseDigest).Build()),
              ElementsAre(absl::StrCat("label ", kBaseDigest)));
}

TEST(ReadClaims, LeavesOutBuildahsFromScratch) {
  EXPECT_THAT(Claims(RealImage("app-ba-scratch")), IsEmpty());
  EXPECT_THAT(Claims(RealImage("base-buildah")), IsEmpty());
}

TEST(ReadClaims, NormalisesNames) {
  EXPECT_THAT(Claims(Plain().Annotation(kNameKey, "debian").Build()),
              ElementsAre("annotation docker.io/library/debian:latest"));
  EXPECT_THAT(
      Claims(Plain().Annotation(kNameKey, "index.docker.io/a/b:1").Build()),
      ElementsAre("annotation docker.io/a/b:1"));
}

TEST(ReadClaims, KeepsScratchAsItIs) {
  EXPECT_THAT(Claims(Plain().Annotation(kNameKey, "scratch").Build()),
              ElementsAre("annotation scratch"));
}

TEST(ReadClaims, PassesOverDigestsThatAreNone) {
  EXPECT_THAT(Claims(Plain().Annotation(kDigestKey, "sha256:12").Build()),
              IsEmpty());
  EXPECT_THAT(Claims(Plain()
                         .Annotation(kNameKey, "debian:12")
                         .Annotation(kDigestKey, "")
                         .Build()),
              ElementsAre("annotation docker.io/library/debian:12"));
}

TEST(ReadClaims, KeepsNamesThatDoNotParseShortAndOnOneLine) {
  EXPECT_THAT(Claims(Plain().Annotation(kNameKey, "A\nB\x1b[31m").Build()),
              ElementsAre("annotation A\\nB\\x1b[31m"));
  const std::vector<std::string> claims =
      Claims(Plain().Annotation(kNameKey, std::string(5000, 'A')).Build());
  ASSERT_THAT(claims, SizeIs(1));
  EXPECT_THAT(claims[0], SizeIs(strlen("annotation ") + 256));
}

BaseRecord Base(ImageBuilder builder) {
  return RecordOf(builder.Build(), {"docker.io/corp/base:1"});
}

std::vector<BaseClaim> Remaining(const TestImage& image,
                                 const BaseRecord& base) {
  const HistoryWalk walk =
      WalkHistory(image.config.history, image.manifest.layers.size());
  return DropInherited(ReadClaims(image.manifest, image.config, walk), base);
}

TEST(DropInherited, DropsWhatTheBaseCarriesItself) {
  const ImageBuilder annotated = Plain()
                                     .Annotation(kNameKey, "debian")
                                     .Annotation(kDigestKey, kBaseDigest);
  EXPECT_THAT(
      Remaining(ImageBuilder(annotated).Layer("y").Build(), Base(annotated)),
      IsEmpty());
  const ImageBuilder labelled = Plain().Label(kNameKey, "debian");
  EXPECT_THAT(
      Remaining(ImageBuilder(labelled).Layer("y").Build(), Base(labelled)),
      IsEmpty());
  const ImageBuilder commented = Plain().Comment("FROM debian");
  EXPECT_THAT(
      Remaining(ImageBuilder(commented).Layer("y").Build(), Base(commented)),
      IsEmpty());
}

TEST(DropInherited, KeepsWhatIsAnotherValueOrFromAnotherPlace) {
  const BaseRecord base = Base(Plain().Annotation(kNameKey, "debian"));
  EXPECT_THAT(Remaining(Plain().Annotation(kNameKey, "alpine").Build(), base),
              SizeIs(1));
  EXPECT_THAT(Remaining(Plain().Label(kNameKey, "debian").Build(), base),
              SizeIs(1));
  EXPECT_THAT(Remaining(Plain()
                            .Annotation(kNameKey, "debian")
                            .Annotation(kDigestKey, kBaseDigest)
                            .Build(),
                        base),
              SizeIs(1));
}

}  // namespace
}  // namespace plimsoll

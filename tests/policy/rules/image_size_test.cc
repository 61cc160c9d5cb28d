#include "policy/rules/image_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// An image whose layers are stated and seen to have these sizes.
ImageEvidence Sized(const std::vector<int64_t>& sizes) {
  ImageBuilder builder;
  for (size_t i = 0; i < sizes.size(); ++i) builder.Layer(absl::StrCat(i));
  ImageEvidence image = EvidenceOf(builder.Build(), {});
  for (size_t i = 0; i < sizes.size(); ++i) {
    image.manifest.layers[i].size = sizes[i];
    image.facts[i]->size = sizes[i];
  }
  return image;
}

CheckOutput Size(absl::string_view with, const ImageEvidence& image) {
  return Judge("image.size", with, image);
}

TEST(ImageSize, BoundsTheSumOfAllLayers) {
  EXPECT_EQ(Size("{maxCompressed: 1000}", Sized({400, 599})).result,
            CheckResult::kPass);
  EXPECT_EQ(Size("{maxCompressed: 1000}", Sized({400, 600})).message,
            "1000 B in 2 layers");
  const CheckOutput output = Size("{maxCompressed: 1000}", Sized({400, 601}));
  EXPECT_EQ(output.result, CheckResult::kFail);
  EXPECT_TRUE(output.definite);
  EXPECT_EQ(output.message,
            "the image has 1001 B compressed, at most 1000 B allowed");
  EXPECT_EQ(output.hint,
            "leave build tools and caches out: use several stages or a smaller "
            "base");
}

TEST(ImageSize, SaysHowMuchTooLargeEvenByAByte) {
  EXPECT_EQ(Size("{maxCompressed: 250Mi}", Sized({(250 << 20) + 1})).message,
            "the image has 262144001 B compressed, at most 262144000 B "
            "allowed");
  EXPECT_EQ(Size("{maxCompressed: 250Mi}", Sized({300 << 20})).message,
            "the image has 300.0 MiB compressed, at most 250.0 MiB allowed");
}

TEST(ImageSize, BoundsTheLargestLayer) {
  EXPECT_EQ(Size("{maxLayer: 600}", Sized({599, 599, 1})).result,
            CheckResult::kPass);
  EXPECT_EQ(Size("{maxLayer: 600}", Sized({600})).result, CheckResult::kPass);
  EXPECT_EQ(Size("{maxLayer: 600}", Sized({1, 601, 1})).message,
            "a layer has 601 B compressed, at most 600 B allowed");
}

TEST(ImageSize, BoundsTheCountOfLayers) {
  EXPECT_EQ(Size("{maxLayers: 2}", Sized({1})).result, CheckResult::kPass);
  EXPECT_EQ(Size("{maxLayers: 2}", Sized({1, 1})).result, CheckResult::kPass);
  const CheckOutput output = Size("{maxLayers: 2}", Sized({0, 0, 0}));
  EXPECT_EQ(output.message, "the image has 3 layers, at most 2 allowed");
  EXPECT_EQ(output.hint, "join RUN and COPY steps");
  EXPECT_TRUE(output.definite);
}

TEST(ImageSize, CountsWhatWasSeenWhereItIsMoreThanWhatIsStated) {
  ImageEvidence image = Sized({400, 400});
  image.facts[1]->size = 601;
  EXPECT_EQ(Size("{maxCompressed: 1000}", image).result, CheckResult::kFail);
  EXPECT_EQ(Size("{maxLayer: 600}", image).result, CheckResult::kFail);
  image = Sized({400, 400});
  image.manifest.layers[1].size = 601;
  EXPECT_EQ(Size("{maxCompressed: 1000}", image).result, CheckResult::kFail);
}

TEST(ImageSize, CannotBePassedByASumThatOverflows) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const ImageEvidence image = Sized({kMost, kMost, 2, kMost});
  EXPECT_EQ(Size("{maxCompressed: 16Ti}", image).result, CheckResult::kFail);
  EXPECT_EQ(Size("{maxLayer: 16Ti}", image).result, CheckResult::kFail);
}

TEST(ImageSize, LetsNoNegativeSizeMakeRoom) {
  const ImageEvidence image =
      Sized({1001, std::numeric_limits<int64_t>::min(), -5000});
  EXPECT_EQ(Size("{maxCompressed: 1000}", image).result, CheckResult::kFail);
}

// What a manifest states is the pusher's word: registries do not compare it.
TEST(ImageSize, TakesTheWordOfAManifestAgainstThePusherOnly) {
  ImageEvidence image = Sized({400, 1});
  image.facts[1].reset();
  image.base.unproven_layers = {1};
  for (const char* with : {"{maxCompressed: 1000}", "{maxLayer: 600}"}) {
    const CheckOutput output = Size(with, image);
    EXPECT_EQ(output.result, CheckResult::kError) << with;
    EXPECT_EQ(output.message,
              "1 of 2 layers not inspected, so the size is not known");
    EXPECT_EQ(output.hint, "push again");
    EXPECT_FALSE(output.definite);
  }
  EXPECT_EQ(Size("{maxLayers: 2}", image).result, CheckResult::kPass);
  image.gaps.push_back({Gap::Kind::kLayer, "",
                        "layer 2 of 2 is being inspected, push again", true});
  const CheckOutput pending = Size("{maxCompressed: 1000}", image);
  EXPECT_EQ(pending.message, "layer 2 of 2 is being inspected, push again");
  EXPECT_TRUE(pending.pending);
  image.manifest.layers[1].size = 700;
  EXPECT_EQ(Size("{maxCompressed: 1000}", image).result, CheckResult::kFail);
}

TEST(ImageSize, ReadsItsParametersStrictly) {
  for (const char* with :
       {"{maxCompressed: 250Mi}", "{maxLayer: 1}", "{maxLayers: 1}",
        "{maxLayers: 512}", "{maxCompressed: 16Ti, maxLayers: 30}"}) {
    EXPECT_THAT(IssuesOf("image.size", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      {"{}", "`maxCompressed`, `maxLayer` or `maxLayers` must be given"},
      {"{maxCompressed: 0}",
       "`maxCompressed`: `0`: a size is more than 0 and at most 16Ti"},
      {"{maxCompressed: 17Ti}",
       "`maxCompressed`: `17Ti`: a size is more than 0 and at most 16Ti"},
      {"{maxCompressed: -1}",
       "`maxCompressed`: `-1`: write a size as 250Mi, 10G or 1000, with one of "
       "the units Ki, Mi, Gi, Ti, k, M, G, T or none"},
      {"{maxCompressed: 250MB}",
       "`maxCompressed`: `250MB`: write a size as 250Mi, 10G or 1000, with one "
       "of the units Ki, Mi, Gi, Ti, k, M, G, T or none"},
      {"{maxLayers: 0}",
       "`maxLayers` is a whole number from 1 to 512, not `0`"},
      {"{maxLayers: 513}",
       "`maxLayers` is a whole number from 1 to 512, not `513`"},
      {"{maxLayers: '5'}",
       "`maxLayers` is a whole number from 1 to 512, not quoted `5`"},
      {"{maxLayer: 1, maxSize: 1}",
       "unknown key `maxSize`; known are maxCompressed, maxLayer, maxLayers"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("image.size", c.with), ElementsAre(c.issue)) << c.with;
  }
}

}  // namespace
}  // namespace plimsoll

#include "policy/base/chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Digest kA = Digest::Sha256("a");
const Digest kB = Digest::Sha256("b");
const Digest kC = Digest::Sha256("c");

Digest Join(const Digest& chain, const Digest& diff_id) {
  return Digest::Sha256(
      absl::StrCat(chain.ToString(), " ", diff_id.ToString()));
}

TEST(ChainIds, OfNoLayersAreNone) { EXPECT_THAT(ChainIds({}), IsEmpty()); }

TEST(ChainIds, OfOneLayerIsItsDiffId) {
  EXPECT_THAT(ChainIds({kA}), ElementsAre(kA));
}

TEST(ChainIds, CoverEveryPrefix) {
  EXPECT_THAT(ChainIds({kA, kB, kC}),
              ElementsAre(kA, Join(kA, kB), Join(Join(kA, kB), kC)));
}

TEST(ChainIds, DependOnTheOrder) {
  EXPECT_NE(ChainIds({kA, kB}).back(), ChainIds({kB, kA}).back());
}

// Computed with sha256sum over the two digests joined by a blank.
TEST(ChainIds, AreThoseOfTheImageSpec) {
  EXPECT_EQ(ChainIds({kA, kB}).back().ToString(),
            "sha256:"
            "51c0c8ace48498d6f5fee6b0592cc06f2da0f3cbe09c5a34a97dce85c3889676");
}

TEST(IsEmptyLayer, KnowsTheTarsOfNoFiles) {
  for (const size_t zeros : {0, 512, 1024, 10240}) {
    EXPECT_TRUE(IsEmptyLayer(Digest::Sha256(std::string(zeros, '\0'))))
        << zeros;
  }
  EXPECT_TRUE(IsEmptyLayer(
      Digest::Parse("sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6"
                    "cddfaf10ace3c6ef")
          .value()));
}

TEST(IsEmptyLayer, TakesNoOtherLayerForEmpty) {
  EXPECT_FALSE(IsEmptyLayer(kA));
  EXPECT_FALSE(IsEmptyLayer(Digest::Sha256(std::string(2048, '\0'))));
}

}  // namespace
}  // namespace plimsoll

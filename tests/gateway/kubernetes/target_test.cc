#include "gateway/kubernetes/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kDigest = "sha256:" + std::string(64, 'a');
const std::vector<std::string> kRegistries = {"registry.example.com",
                                              "registry.internal:5000"};

std::vector<ReviewImage> Images(std::vector<std::string> references) {
  std::vector<ReviewImage> images;
  for (const std::string& reference : references) {
    const std::string slot = absl::StrCat("containers/", images.size());
    images.push_back({absl::StrCat("spec.", slot), slot, reference});
  }
  return images;
}

TEST(ResolveImages, NamesTheRepositoryAndWhatIsPulled) {
  const struct {
    std::string written, repository, reference;
  } cases[] = {
      {"registry.example.com/web:v1", "web", "v1"},
      {"registry.example.com/team/web", "team/web", "latest"},
      {"registry.internal:5000/team/web:v1", "team/web", "v1"},
      {absl::StrCat("registry.example.com/web@", kDigest), "web", kDigest},
      {absl::StrCat("registry.example.com/web:v1@", kDigest), "web", kDigest},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.written);
    const ReviewTargets sorted =
        ResolveImages(Images({c.written}), kRegistries);
    EXPECT_THAT(sorted.unjudged, IsEmpty());
    ASSERT_THAT(sorted.targets, SizeIs(1));
    EXPECT_EQ(sorted.targets[0].repository, c.repository);
    EXPECT_EQ(sorted.targets[0].reference, c.reference);
  }
}

TEST(ResolveImages, LeavesUnjudgedWhatIsNotBehindTheGateway) {
  const struct {
    std::string written, reason;
  } cases[] = {
      {"", "no image is named"},
      {"busybox", "registry docker.io is not behind this gateway"},
      {"registry.example.com.evil/web:v1", "not behind this gateway"},
      {"registry.example.com:5000/web:v1", "not behind this gateway"},
      {"registry.example.com/Web:v1", ""},
      {"registry.example.com/web:v1@sha256:abc", ""},
      {std::string(64, 'a'), ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.written);
    const ReviewTargets sorted =
        ResolveImages(Images({c.written}), kRegistries);
    EXPECT_THAT(sorted.targets, IsEmpty());
    ASSERT_THAT(sorted.unjudged, SizeIs(1));
    EXPECT_THAT(sorted.unjudged[0].reason, HasSubstr(c.reason));
    EXPECT_FALSE(sorted.unjudged[0].reason.empty());
  }
}

TEST(ResolveImages, AsksOnceForWhatStandsInSeveralPlaces) {
  const ReviewTargets sorted = ResolveImages(
      Images({"registry.example.com/web:v1", "registry.example.com/web:v2",
              "registry.example.com/web:v1"}),
      kRegistries);
  ASSERT_THAT(sorted.targets, SizeIs(2));
  EXPECT_THAT(sorted.targets[0].places, SizeIs(2));
  EXPECT_EQ(sorted.targets[0].places[1].slot, "containers/2");
}

TEST(ResolveImages, JudgesNothingWhereNoRegistryIsNamed) {
  EXPECT_THAT(
      ResolveImages(Images({"registry.example.com/web:v1"}), {}).targets,
      IsEmpty());
}

}  // namespace
}  // namespace plimsoll

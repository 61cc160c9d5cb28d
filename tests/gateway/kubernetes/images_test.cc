#include "gateway/kubernetes/images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<ReviewImage> Read(absl::string_view json, const ImageKind& kind) {
  auto object = ParseJson(json);
  EXPECT_THAT(object, IsOk());
  auto images = ReadImages(*object, kind);
  EXPECT_THAT(images, IsOk());
  return images.ok() ? *std::move(images) : std::vector<ReviewImage>();
}

TEST(FindImageKind, KnowsEveryBuiltInKindWithAPodSpec) {
  const struct {
    absl::string_view group, kind, pod_spec;
  } cases[] = {
      {"", "Pod", "spec"},
      {"", "PodTemplate", "template.spec"},
      {"", "ReplicationController", "spec.template.spec"},
      {"apps", "Deployment", "spec.template.spec"},
      {"apps", "ReplicaSet", "spec.template.spec"},
      {"apps", "DaemonSet", "spec.template.spec"},
      {"apps", "StatefulSet", "spec.template.spec"},
      {"batch", "Job", "spec.template.spec"},
      {"batch", "CronJob", "spec.jobTemplate.spec.template.spec"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.kind);
    const ImageKind* kind = FindImageKind(c.group, c.kind);
    ASSERT_NE(kind, nullptr);
    EXPECT_EQ(kind->pod_spec, c.pod_spec);
    // The object with one container there, and nothing else.
    std::string json = R"({"containers":[{"name":"a","image":"x/y:1"}]})";
    std::vector<std::string> steps = absl::StrSplit(c.pod_spec, '.');
    for (size_t i = steps.size(); i-- > 0;) {
      json = absl::StrCat("{\"", steps[i], "\":", json, "}");
    }
    EXPECT_THAT(Read(json, *kind),
                ElementsAre(ReviewImage{
                    absl::StrCat(c.pod_spec, ".containers[0].image"),
                    "containers/a", "x/y:1"}));
  }
}

TEST(FindImageKind, KnowsNoKindOfAnotherGroup) {
  EXPECT_EQ(FindImageKind("example.com", "Pod"), nullptr);
  EXPECT_EQ(FindImageKind("", "Deployment"), nullptr);
  EXPECT_EQ(FindImageKind("apps", "deployment"), nullptr);
  EXPECT_EQ(FindImageKind("autoscaling", "Scale"), nullptr);
}

TEST(ReadImages, LeavesOutWhatATemplateHasFilledInLater) {
  const ImageKind& kind = *FindImageKind("apps", "Deployment");
  EXPECT_THAT(Read(R"({"spec":{"template":null}})", kind), IsEmpty());
  EXPECT_THAT(Read("{}", kind), IsEmpty());
  EXPECT_THAT(Read(R"({"spec":{"template":{"spec":{
      "containers":[{"name":"a"},{"name":"b","image":"b"}],
      "volumes":[{"name":"c","image":{}}]}}}})",
                   kind),
              SizeIs(1));
}

TEST(ReadImages, ReadsTheEphemeralContainersOfOldClusters) {
  const ImageKind& kind = *FindImageKind("", "EphemeralContainers");
  EXPECT_THAT(
      Read(R"({"ephemeralContainers":[{"name":"d","image":"busybox"}]})", kind),
      ElementsAre(ReviewImage{"ephemeralContainers[0].image",
                              "ephemeralContainers/d", "busybox"}));
}

TEST(ReadImages, TakesNoVolumeOfAnotherTypeForAnImage) {
  const ImageKind& kind = *FindImageKind("", "Pod");
  EXPECT_THAT(Read(R"({"spec":{"volumes":[{"name":"a","emptyDir":{}},
      {"name":"b","rbd":{"image":"disk"}}]}})",
                   kind),
              IsEmpty());
}

TEST(ReadImages, CountsImagesUpToItsLimit) {
  const ImageKind& kind = *FindImageKind("", "Pod");
  std::string list = R"({"image":"a"})";
  for (size_t i = 1; i < kMaxReviewImages; ++i) list += R"(,{"image":"a"})";
  EXPECT_THAT(
      Read(absl::StrCat(R"({"spec":{"containers":[)", list, "]}}"), kind),
      SizeIs(kMaxReviewImages));
  auto object = ParseJson(
      absl::StrCat(R"({"spec":{"containers":[)", list, R"(,{"image":"a"}]}})"));
  ASSERT_THAT(object, IsOk());
  EXPECT_THAT(ReadImages(*object, kind),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(ChangedImages, ComparesByPlaceAndReference) {
  const ReviewImage web = {"spec.containers[0].image", "containers/web", "a:1"};
  const ReviewImage moved = {"spec.containers[1].image", "containers/web",
                             "a:1"};
  const ReviewImage updated = {"spec.containers[0].image", "containers/web",
                               "a:2"};
  const ReviewImage other = {"spec.containers[0].image", "containers/job",
                             "a:1"};
  EXPECT_THAT(ChangedImages({moved}, {web}), IsEmpty());
  EXPECT_THAT(ChangedImages({updated}, {web}), ElementsAre(updated));
  EXPECT_THAT(ChangedImages({other, web}, {web}), ElementsAre(other));
  EXPECT_THAT(ChangedImages({web}, {}), ElementsAre(web));
  EXPECT_THAT(ChangedImages({}, {web}), IsEmpty());
}

}  // namespace
}  // namespace plimsoll

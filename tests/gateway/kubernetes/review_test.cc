#include "gateway/kubernetes/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "policy/oci/json.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A review as a kube-apiserver sends it.
std::string Sample(absl::string_view name) {
  std::ifstream file(absl::StrCat(
      PLIMSOLL_SOURCE_DIR, "/tests/testdata/kubernetes/", name, ".json"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

AdmissionReview MustParse(absl::string_view bytes) {
  auto review = ParseAdmissionReview(bytes);
  EXPECT_THAT(review, IsOk());
  return review.ok() ? *std::move(review) : AdmissionReview();
}

std::vector<std::string> References(const AdmissionReview& review) {
  std::vector<std::string> references;
  for (const ReviewImage& image : review.images) {
    references.push_back(image.reference);
  }
  return references;
}

std::vector<std::string> Paths(const AdmissionReview& review) {
  std::vector<std::string> paths;
  for (const ReviewImage& image : review.images) paths.push_back(image.path);
  return paths;
}

TEST(ParseAdmissionReview, ReadsWhoAsksForWhat) {
  const AdmissionReview review = MustParse(Sample("pod_create"));
  EXPECT_EQ(review.api_version, "admission.k8s.io/v1");
  EXPECT_EQ(review.uid, "705ab4f5-6393-11e8-b7cc-42010a800002");
  EXPECT_EQ(review.operation, "CREATE");
  EXPECT_EQ(review.kind, "Pod");
  EXPECT_EQ(review.namespace_name, "payments");
  EXPECT_EQ(review.name, "web-5d8f7c9b6-x2x4q");
  EXPECT_EQ(review.user,
            "system:serviceaccount:kube-system:replicaset-controller");
  EXPECT_FALSE(review.dry_run);
  EXPECT_TRUE(review.known_kind);
  EXPECT_EQ(review.fault, "");
}

TEST(ParseAdmissionReview, FindsEveryImageOfAPod) {
  const AdmissionReview review = MustParse(Sample("pod_create"));
  EXPECT_THAT(Paths(review), ElementsAre("spec.initContainers[0].image",
                                         "spec.initContainers[1].image",
                                         "spec.containers[0].image",
                                         "spec.containers[1].image",
                                         "spec.volumes[1].image.reference"));
  EXPECT_THAT(
      References(review),
      ElementsAre("registry.example.com/payments/migrate:v7",
                  "registry.example.com/payments/logs:v2",
                  "registry.example.com/payments/web:v1.4.2",
                  absl::StrCat("registry.example.com/payments/proxy@sha256:",
                               "3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f",
                               "3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f3f"),
                  "registry.example.com/payments/models:2026-05"));
}

TEST(ParseAdmissionReview, JudgesOnlyTheImageThatAnUpdateChanges) {
  const AdmissionReview review = MustParse(Sample("pod_update_image"));
  EXPECT_THAT(References(review),
              ElementsAre("registry.example.com/payments/web:v1.4.3"));
}

TEST(ParseAdmissionReview, JudgesTheContainerThatKubectlDebugAdds) {
  const AdmissionReview review = MustParse(Sample("pod_debug"));
  EXPECT_THAT(Paths(review), ElementsAre("spec.ephemeralContainers[0].image"));
  EXPECT_THAT(References(review), ElementsAre("busybox:1.36"));
}

TEST(ParseAdmissionReview, JudgesNothingWhereNothingNewWouldRun) {
  for (absl::string_view name :
       {"pod_update_label", "pod_delete", "deployment_scale_down"}) {
    SCOPED_TRACE(name);
    const AdmissionReview review = MustParse(Sample(name));
    EXPECT_THAT(review.images, IsEmpty());
    EXPECT_EQ(review.fault, "");
  }
}

TEST(ParseAdmissionReview, ReadsThePodTemplateOfAWorkload) {
  const AdmissionReview review = MustParse(Sample("deployment_create"));
  EXPECT_EQ(review.kind, "apps/v1 Deployment");
  EXPECT_TRUE(review.dry_run);
  EXPECT_THAT(Paths(review),
              ElementsAre("spec.template.spec.containers[0].image",
                          "spec.template.spec.containers[1].image"));
}

TEST(ParseAdmissionReview, JudgesAllWhereTheOldObjectIsAbsentOrUnreadable) {
  const std::string update = Sample("pod_update_label");
  const size_t old = update.find("\"oldObject\": {");
  ASSERT_NE(old, std::string::npos);
  const std::string renamed =
      absl::StrReplaceAll(update, {{"\"oldObject\": {", "\"was\": {"}});
  EXPECT_EQ(MustParse(renamed).images.size(), 5u);
  std::string broken = update;
  const size_t containers = broken.find("\"containers\": [", old);
  ASSERT_NE(containers, std::string::npos);
  broken.replace(containers, 15, "\"containers\": [7,");
  EXPECT_EQ(MustParse(broken).images.size(), 5u);
}

// `request` members beside a valid uid.
std::string Review(absl::string_view request) {
  return absl::StrCat(
      R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)",
      R"("request":{"uid":"u-1",)", request, "}}");
}
constexpr absl::string_view kPodKind =
    R"("kind":{"group":"","version":"v1","kind":"Pod"},"operation":"CREATE")";
std::string PodReview(absl::string_view pod) {
  return Review(absl::StrCat(kPodKind, R"(,"object":)", pod));
}

TEST(ParseAdmissionReview, ReadsTheOlderVersionAndEchoesIt) {
  const std::string v1beta1 = absl::StrReplaceAll(
      Sample("pod_create"),
      {{"admission.k8s.io/v1", "admission.k8s.io/v1beta1"}});
  EXPECT_EQ(MustParse(v1beta1).api_version, "admission.k8s.io/v1beta1");
}

TEST(ParseAdmissionReview, RefusesWhatHasNoEnvelopeToAnswer) {
  const struct {
    std::string name, bytes, message;
  } cases[] = {
      {"nothing", "", ""},
      {"no object", "[]", "must be an object"},
      {"trailing bytes", PodReview(R"({"spec":{}})") + "{}", ""},
      {"not a review",
       R"({"apiVersion":"admission.k8s.io/v1","kind":"Pod","request":{}})",
       "must be AdmissionReview"},
      {"unknown version",
       R"({"apiVersion":"admission.k8s.io/v2","kind":"AdmissionReview"})",
       "not supported"},
      {"no request",
       R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"})",
       "request: required"},
      {"no uid",
       R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
       R"("request":{}})",
       "uid: required"},
      {"empty uid",
       R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
       R"("request":{"uid":""}})",
       "uid: must have 1 to 256"},
      {"duplicate uid", Review(absl::StrCat(R"("uid":"u-2",)", kPodKind)),
       "uid"},
      {"folded uid", Review(absl::StrCat(R"("UID":"u-2",)", kPodKind)), "UID"},
      {"no operation",
       Review(R"("kind":{"group":"","version":"v1","kind":"Pod"})"),
       "operation: required"},
      {"unknown operation",
       Review(R"("kind":{"group":"","version":"v1","kind":"Pod"},)"
              R"("operation":"PATCH")"),
       "unknown"},
      {"no kind", Review(R"("operation":"CREATE")"), "kind: required"},
      {"kind of another type", Review(R"("operation":"CREATE","kind":"Pod")"),
       "kind: must be an object"},
      {"dry run of another type",
       Review(absl::StrCat(kPodKind, R"(,"dryRun":"true")")), "dryRun"},
      {"too deep",
       PodReview(absl::StrCat(std::string(80, '['), std::string(80, ']'))), ""},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    const auto review = ParseAdmissionReview(c.bytes);
    EXPECT_THAT(review, testing::Not(IsOk()));
    EXPECT_THAT(std::string(review.status().message()), HasSubstr(c.message));
  }
}

TEST(ParseAdmissionReview, TakesNoMoreThanItsBytes) {
  std::string review = PodReview(R"({"spec":{"containers":[]}})");
  review.append(kMaxReviewBytes - review.size(), ' ');
  EXPECT_THAT(ParseAdmissionReview(review), IsOk());
  review += ' ';
  EXPECT_THAT(ParseAdmissionReview(review),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(ParseAdmissionReview, AnswersAnUnreadablePodWithAFault) {
  std::string many;
  for (size_t i = 0; i <= kMaxReviewImages; ++i) {
    absl::StrAppend(&many, i == 0 ? "" : ",", R"({"name":"c)", i,
                    R"(","image":"a"})");
  }
  const struct {
    std::string pod, fault;
  } cases[] = {
      {"null", "object: required"},
      {"7", "must be an object"},
      {"{}", "the pod has no spec"},
      {R"({"spec":null})", "the pod has no spec"},
      {R"({"Spec":{}})", "Spec"},
      {R"({"spec":[]})", "spec: must be an object"},
      {R"({"spec":{"containers":{}}})", "containers: must be an array"},
      {R"({"spec":{"Containers":[]}})", "Containers"},
      {R"({"spec":{"containers":["a"]}})", "spec.containers[0]: must be"},
      {R"({"spec":{"containers":[{"image":7}]}})", "spec.containers[0]: image"},
      {R"({"spec":{"containers":[{"Image":"a"}]}})", "Image"},
      {R"({"spec":{"volumes":[{"image":"a"}]}})", "spec.volumes[0]: image"},
      {R"({"spec":{"volumes":[{"image":{"reference":[]}}]}})", "reference"},
      {absl::StrCat(R"({"spec":{"containers":[)", many, "]}}"),
       "more than 256 images"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.fault);
    const AdmissionReview review = MustParse(PodReview(c.pod));
    EXPECT_THAT(review.fault, HasSubstr(c.fault));
    EXPECT_THAT(review.images, IsEmpty());
    EXPECT_FALSE(BeginAnswer(review).allowed);
  }
}

TEST(ParseAdmissionReview, KeepsAnImageThatAPodLeavesOut) {
  const AdmissionReview review =
      MustParse(PodReview(R"({"spec":{"containers":[{"name":"a"}]}})"));
  EXPECT_THAT(References(review), ElementsAre(""));
}

}  // namespace
}  // namespace plimsoll

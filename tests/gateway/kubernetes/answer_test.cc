#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/kubernetes/review.h"
#include "policy/oci/json.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

AdmissionReview PodReview() {
  AdmissionReview review;
  review.api_version = "admission.k8s.io/v1";
  review.uid = "u-1";
  review.operation = "CREATE";
  review.kind = "Pod";
  review.known_kind = true;
  return review;
}

const ReviewImage kImage = {"spec.containers[0].image", "containers/web",
                            "registry.example.com/web:v1"};

// The response object of a formatted answer; it must be strict JSON.
JsonValue Response(const AdmissionReview& review, const ReviewAnswer& answer) {
  auto document = ParseJson(FormatAdmissionResponse(review, answer));
  EXPECT_THAT(document, IsOk());
  const JsonValue* response =
      document.ok() ? document->Find("response") : nullptr;
  EXPECT_NE(response, nullptr);
  return response == nullptr ? JsonValue() : *response;
}

std::string Message(const JsonValue& response) {
  const JsonValue* status = response.Find("status");
  if (status == nullptr || status->Find("message") == nullptr) return "none";
  return *status->Find("message")->AsString();
}

TEST(FormatAdmissionResponse, AllowsWithoutAStatus) {
  const AdmissionReview review = PodReview();
  EXPECT_EQ(FormatAdmissionResponse(review, BeginAnswer(review)),
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
            R"("response":{"uid":"u-1","allowed":true}})");
}

TEST(FormatAdmissionResponse, DeniesAsForbiddenWithEveryImagesReason) {
  const AdmissionReview review = PodReview();
  ReviewAnswer answer = BeginAnswer(review);
  DenyImage(kImage, "base is not approved", answer);
  ReviewImage nameless = kImage;
  nameless.reference = "";
  DenyImage(nameless, "no image is named", answer);
  EXPECT_EQ(FormatAdmissionResponse(review, answer),
            R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",)"
            R"("response":{"uid":"u-1","allowed":false,"status":{"code":403,)"
            R"("reason":"Forbidden","message":"spec.containers[0].image )"
            R"(registry.example.com/web:v1: base is not approved\n)"
            R"(spec.containers[0].image: no image is named"}}})");
}

TEST(FormatAdmissionResponse, WarnsBesideEitherAnswer) {
  const AdmissionReview review = PodReview();
  ReviewAnswer answer = BeginAnswer(review);
  WarnAbout(kImage, "base is 40 days old", answer);
  JsonValue response = Response(review, answer);
  EXPECT_TRUE(*response.Find("allowed")->AsBool());
  EXPECT_THAT(*response.Find("warnings")->AsArray(), SizeIs(1));
  DenyImage(kImage, "no", answer);
  response = Response(review, answer);
  EXPECT_FALSE(*response.Find("allowed")->AsBool());
  EXPECT_THAT(*response.Find("warnings")->AsArray(), SizeIs(1));
}

TEST(FormatAdmissionResponse, WarnsOfAKindThatItKnowsNoImagesIn) {
  AdmissionReview review = PodReview();
  review.kind = "argoproj.io/v1alpha1 Rollout";
  review.known_kind = false;
  const ReviewAnswer answer = BeginAnswer(review);
  EXPECT_TRUE(answer.allowed);
  EXPECT_THAT(FormatAdmissionResponse(review, answer),
              HasSubstr("no images in argoproj.io/v1alpha1 Rollout"));
}

TEST(FormatAdmissionResponse, CutsWarningsBetweenCharactersAt120Bytes) {
  const AdmissionReview review = PodReview();
  for (size_t pad = 0; pad < 4; ++pad) {
    ReviewAnswer answer = BeginAnswer(review);
    answer.warnings.push_back(std::string(pad, 'x'));
    for (int i = 0; i < 100; ++i) answer.warnings[0] += "\u00e9\u20ac";
    const JsonValue response = Response(review, answer);
    const std::string& shown =
        *(*response.Find("warnings")->AsArray())[0].AsString();
    EXPECT_LE(shown.size(), 120u);
    EXPECT_GE(shown.size(), 117u);
    EXPECT_THAT(shown, testing::EndsWith("..."));
    EXPECT_THAT(shown, Not(HasSubstr("\ufffd")));
  }
  ReviewAnswer answer = BeginAnswer(review);
  answer.warnings.push_back(std::string(120, 'x'));
  EXPECT_THAT(FormatAdmissionResponse(review, answer), Not(HasSubstr("...")));
}

TEST(FormatAdmissionResponse, KeepsEachReasonToOneLine) {
  const AdmissionReview review = PodReview();
  ReviewAnswer answer = BeginAnswer(review);
  DenyImage(kImage, "first\nsecond\r\x01third", answer);
  EXPECT_THAT(Message(Response(review, answer)),
              HasSubstr("first second  third"));
}

TEST(FormatAdmissionResponse, SaysHowManyItLeavesOut) {
  const AdmissionReview review = PodReview();
  ReviewAnswer answer = BeginAnswer(review);
  for (int i = 0; i < 16; ++i) DenyImage(kImage, "no", answer);
  EXPECT_THAT(Message(Response(review, answer)), Not(HasSubstr("more")));
  for (int i = 0; i < 3; ++i) DenyImage(kImage, "no", answer);
  EXPECT_THAT(Message(Response(review, answer)), HasSubstr("\nand 3 more"));
  for (int i = 0; i < 18; ++i) WarnAbout(kImage, "old", answer);
  EXPECT_THAT(*Response(review, answer).Find("warnings")->AsArray(),
              SizeIs(17));
}

TEST(FormatAdmissionResponse, QuotesWhatTheRequestSays) {
  AdmissionReview review = PodReview();
  review.uid = R"(u","allowed":true,"x":")";
  ReviewAnswer answer = BeginAnswer(review);
  DenyImage(kImage, R"("}},"allowed":true)", answer);
  const JsonValue response = Response(review, answer);
  EXPECT_FALSE(*response.Find("allowed")->AsBool());
  EXPECT_EQ(*response.Find("uid")->AsString(), review.uid);
}

}  // namespace
}  // namespace plimsoll

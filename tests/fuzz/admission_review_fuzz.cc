// Any bytes as an AdmissionReview. What is read must be answered as strict JSON
// under the same uid, and a fault must deny.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "gateway/kubernetes/review.h"
#include "gateway/kubernetes/target.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void Answer(const AdmissionReview& review) {
  ReviewAnswer answer = BeginAnswer(review);
  Require(answer.allowed == review.fault.empty());
  const ReviewTargets sorted =
      ResolveImages(review.images, {"registry.example.com"});
  size_t places = 0;
  for (const ReviewTarget& target : sorted.targets) {
    places += target.places.size();
    WarnAbout(target.places[0], target.repository, answer);
  }
  Require(places + sorted.unjudged.size() == review.images.size());
  for (const UnjudgedImage& unjudged : sorted.unjudged) {
    DenyImage(unjudged.image, unjudged.reason, answer);
  }
  auto written = ParseJson(FormatAdmissionResponse(review, answer));
  Require(written.ok());
  const JsonValue* response = written->Find("response");
  Require(*response->Find("uid")->AsString() == review.uid);
  Require(*response->Find("allowed")->AsBool() == answer.allowed);
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto review = plimsoll::ParseAdmissionReview(bytes);
  if (review.ok()) plimsoll::Answer(*review);
  return 0;
}

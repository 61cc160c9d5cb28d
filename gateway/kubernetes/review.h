// AdmissionReview in and out: what the API server asks of
// /kubernetes/validate, and how it is told. Pure; safe for concurrent use.
//
// A review whose envelope cannot be read has no uid to answer: that is a
// Status, an HTTP 400, and the webhook's failurePolicy. Whatever its author can
// write *into* the object is answered instead, as a denial, so that
// failurePolicy Ignore does not let it in. Never does a denial become an HTTP
// status.
//
// Judged are CREATE and UPDATE of pods and of the built-in kinds with a pod
// template; an UPDATE only for the images that it changes, so that a status, a
// label or a scale-down is never blocked. DELETE and CONNECT run nothing new.
// Kinds that hold no images that we know of are allowed with a warning: which
// kinds come here is the webhook's `rules`, and their pods are judged when they
// are created.
#ifndef PLIMSOLL_GATEWAY_KUBERNETES_REVIEW_H_
#define PLIMSOLL_GATEWAY_KUBERNETES_REVIEW_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/kubernetes/images.h"
#include "policy/status.h"

namespace plimsoll {

// The API server takes objects of 3 MiB, and a review carries two.
inline constexpr size_t kMaxReviewBytes = 8 << 20;

struct AdmissionReview {
  std::string api_version;  // "admission.k8s.io/v1", echoed
  std::string uid;
  std::string operation;       // CREATE, UPDATE, DELETE, CONNECT
  std::string kind;            // "Pod", "apps/v1 Deployment"
  std::string namespace_name;  // "" for cluster-wide objects
  std::string name;            // may be empty on CREATE
  std::string user;
  bool dry_run = false;  // nothing may be recorded as having been admitted
  bool known_kind = false;
  // To be judged, in document order. One reference may stand in several places.
  std::vector<ReviewImage> images;
  // The object cannot be read as its kind: deny with this. "" otherwise.
  std::string fault;
};

// InvalidArgument where the envelope is not one of v1 or v1beta1, or the bytes
// are not strict JSON; ResourceExhausted over a limit.
StatusOr<AdmissionReview> ParseAdmissionReview(absl::string_view bytes);

// What the API server is told. Collected image by image.
struct ReviewAnswer {
  bool allowed = true;
  std::vector<std::string> denials;   // one line an image
  std::vector<std::string> warnings;  // one line each
};

// Denied where the review has a fault, with a warning where its kind is not
// known, else allowed.
ReviewAnswer BeginAnswer(const AdmissionReview& review);
// `reason` is why, for people: "payments/app:v1: base is not approved".
void DenyImage(const ReviewImage& image, absl::string_view reason,
               ReviewAnswer& answer);
void WarnAbout(const ReviewImage& image, absl::string_view reason,
               ReviewAnswer& answer);

// The response body. Denials become one message, a line each, bounded in count
// and length; warnings are cut to the 120 characters that clients show.
std::string FormatAdmissionResponse(const AdmissionReview& review,
                                    const ReviewAnswer& answer);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_KUBERNETES_REVIEW_H_

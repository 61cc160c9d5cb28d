// Where a Kubernetes object names container images. Pods and every built-in
// kind with a pod template; containers, init and ephemeral containers and image
// volumes. Pure; safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_KUBERNETES_IMAGES_H_
#define PLIMSOLL_GATEWAY_KUBERNETES_IMAGES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/oci/json.h"
#include "policy/status.h"

namespace plimsoll {

// Of one object; more is ResourceExhausted.
inline constexpr size_t kMaxReviewImages = 256;

// One place that names an image.
struct ReviewImage {
  std::string path;       // "spec.containers[0].image", for people
  std::string slot;       // "containers/web": the same place after an update
  std::string reference;  // as written; "" where the object leaves it out

  friend bool operator==(const ReviewImage&, const ReviewImage&) = default;
};

// How objects of a kind hold their pod spec. Versions of a group are alike.
struct ImageKind {
  absl::string_view group;  // "" is the core group
  absl::string_view kind;
  absl::string_view pod_spec;  // "spec.template.spec"; "" is the object itself
  // A pod must name every image; a template may leave one to be filled in.
  bool is_pod;
};

// nullptr for a kind that names no images that we know of.
const ImageKind* FindImageKind(absl::string_view group, absl::string_view kind);

// The images that `object` names, in document order. A template may be absent.
// InvalidArgument where the object is not what its kind says, naming the place.
StatusOr<std::vector<ReviewImage>> ReadImages(const JsonValue& object,
                                              const ImageKind& kind);

// Those of `images` that `old_images` does not have, by slot and reference: an
// update that leaves an image alone is never blocked for it.
std::vector<ReviewImage> ChangedImages(
    absl::Span<const ReviewImage> images,
    absl::Span<const ReviewImage> old_images);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_KUBERNETES_IMAGES_H_

// From an image as a pod names it to what the gateway can judge. Pure; safe for
// concurrent use.
#ifndef PLIMSOLL_GATEWAY_KUBERNETES_TARGET_H_
#define PLIMSOLL_GATEWAY_KUBERNETES_TARGET_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/kubernetes/images.h"
#include "policy/status.h"

namespace plimsoll {

// One image to judge, and everywhere that the review names it.
struct ReviewTarget {
  std::string registry;    // "registry.example.com:5000"
  std::string repository;  // "team/app"
  std::string reference;   // a digest where one was written, else the tag
  std::vector<ReviewImage> places;
};

// An image that cannot be judged, and why: it is denied.
struct UnjudgedImage {
  ReviewImage image;
  std::string reason;
};

struct ReviewTargets {
  std::vector<ReviewTarget> targets;  // no two alike
  std::vector<UnjudgedImage> unjudged;
};

// Sorts `images` out by Docker's normalisation, as a kubelet reads them: a
// digest beats the tag beside it. `registries` are the hosts, with ports, under
// which clusters pull what this gateway judges; an image of another registry
// has no evidence here, so it is unjudged.
ReviewTargets ResolveImages(absl::Span<const ReviewImage> images,
                            absl::Span<const std::string> registries);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_KUBERNETES_TARGET_H_

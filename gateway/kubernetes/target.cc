#include "gateway/kubernetes/target.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

StatusOr<ReviewTarget> Resolve(absl::string_view reference,
                               absl::Span<const std::string> registries) {
  if (reference.empty()) {
    return absl::InvalidArgumentError("no image is named");
  }
  ASSIGN_OR_RETURN(Reference parsed, Reference::Parse(reference));
  if (!absl::c_linear_search(registries, parsed.registry)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "registry ", parsed.registry, " is not behind this gateway (",
        absl::StrJoin(registries, ", "), ")"));
  }
  ReviewTarget target;
  target.registry = parsed.registry;
  target.repository = parsed.repository;
  target.reference =
      parsed.digest.has_value() ? parsed.digest->ToString() : parsed.tag;
  return target;
}

}  // namespace

ReviewTargets ResolveImages(absl::Span<const ReviewImage> images,
                            absl::Span<const std::string> registries) {
  ReviewTargets sorted;
  for (const ReviewImage& image : images) {
    auto target = Resolve(image.reference, registries);
    if (!target.ok()) {
      sorted.unjudged.push_back(
          {image, std::string(target.status().message())});
      continue;
    }
    const auto same =
        absl::c_find_if(sorted.targets, [&target](const ReviewTarget& other) {
          return other.registry == target->registry &&
                 other.repository == target->repository &&
                 other.reference == target->reference;
        });
    if (same != sorted.targets.end()) {
      same->places.push_back(image);
      continue;
    }
    target->places.push_back(image);
    sorted.targets.push_back(*std::move(target));
  }
  return sorted;
}

}  // namespace plimsoll

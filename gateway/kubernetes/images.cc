#include "gateway/kubernetes/images.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace plimsoll {
namespace {

constexpr ImageKind kImageKinds[] = {
    {"", "Pod", "spec", true},
    // Clusters before 1.22 show pods/ephemeralcontainers as a kind of its own.
    {"", "EphemeralContainers", "", true},
    {"", "PodTemplate", "template.spec", false},
    {"", "ReplicationController", "spec.template.spec", false},
    {"apps", "Deployment", "spec.template.spec", false},
    {"apps", "ReplicaSet", "spec.template.spec", false},
    {"apps", "DaemonSet", "spec.template.spec", false},
    {"apps", "StatefulSet", "spec.template.spec", false},
    {"batch", "Job", "spec.template.spec", false},
    {"batch", "CronJob", "spec.jobTemplate.spec.template.spec", false},
};

// A list of a pod spec whose items name images.
struct ImageList {
  absl::string_view name;
  absl::string_view holder;  // the member of an item that holds it, or ""
  absl::string_view member;  // that is the reference
};
constexpr ImageList kImageLists[] = {
    {"initContainers", "", "image"},
    {"containers", "", "image"},
    {"ephemeralContainers", "", "image"},
    {"volumes", "image", "reference"},
};

std::string JoinPath(absl::string_view parent, absl::string_view child) {
  return parent.empty() ? std::string(child) : absl::StrCat(parent, ".", child);
}

// nullptr where a step of `path` is absent or null.
StatusOr<const JsonValue*> FindPodSpec(const JsonValue& object,
                                       absl::string_view path) {
  const JsonValue* at = &object;
  for (absl::string_view step : absl::StrSplit(path, '.', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(*at, {step}), path);
    at = fields.Get(step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

// Reads one item of `list` into `image`; false where it names no image at all,
// as a volume of another type does.
StatusOr<bool> ReadItem(const JsonValue& item, const ImageList& list,
                        ReviewImage& image) {
  const absl::string_view outer =
      list.holder.empty() ? list.member : list.holder;
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(item, {"name", outer}));
  ASSIGN_OR_RETURN(std::string name, fields.String("name"));
  image.slot = absl::StrCat(list.name, "/", name);
  if (list.holder.empty()) {
    ASSIGN_OR_RETURN(image.reference, fields.String(list.member));
    return true;
  }
  const JsonValue* holder = fields.Get(list.holder);
  if (holder == nullptr) return false;
  ASSIGN_OR_RETURN(JsonFields held, JsonFields::New(*holder, {list.member}),
                   list.holder);
  ASSIGN_OR_RETURN(image.reference, held.String(list.member), list.holder);
  return true;
}

Status ReadList(const JsonArray& items, const ImageList& list,
                const ImageKind& kind, std::vector<ReviewImage>& images) {
  const std::string path = JoinPath(kind.pod_spec, list.name);
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string at = absl::StrCat(path, "[", i, "]");
    ReviewImage image;
    ASSIGN_OR_RETURN(bool named, ReadItem(items[i], list, image), at);
    if (!named || (image.reference.empty() && !kind.is_pod)) continue;
    if (images.size() == kMaxReviewImages) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", kMaxReviewImages, " images"));
    }
    image.path = JoinPath(at, JoinPath(list.holder, list.member));
    images.push_back(std::move(image));
  }
  return absl::OkStatus();
}

bool IsSame(const ReviewImage& a, const ReviewImage& b) {
  return a.slot == b.slot && a.reference == b.reference;
}

}  // namespace

const ImageKind* FindImageKind(absl::string_view group,
                               absl::string_view kind) {
  for (const ImageKind& row : kImageKinds) {
    if (row.group == group && row.kind == kind) return &row;
  }
  return nullptr;
}

StatusOr<std::vector<ReviewImage>> ReadImages(const JsonValue& object,
                                              const ImageKind& kind) {
  std::vector<ReviewImage> images;
  ASSIGN_OR_RETURN(const JsonValue* spec, FindPodSpec(object, kind.pod_spec));
  if (spec == nullptr) {
    if (!kind.is_pod) return images;
    return absl::InvalidArgumentError("the pod has no spec");
  }
  std::vector<absl::string_view> known;
  for (const ImageList& list : kImageLists) known.push_back(list.name);
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(*spec, known),
                   kind.pod_spec);
  for (const ImageList& list : kImageLists) {
    ASSIGN_OR_RETURN(const JsonArray* items, fields.Array(list.name),
                     kind.pod_spec);
    if (items == nullptr) continue;
    RETURN_IF_ERROR(ReadList(*items, list, kind, images));
  }
  return images;
}

std::vector<ReviewImage> ChangedImages(
    absl::Span<const ReviewImage> images,
    absl::Span<const ReviewImage> old_images) {
  std::vector<ReviewImage> changed;
  for (const ReviewImage& image : images) {
    auto is_same = [&image](const ReviewImage& old) {
      return IsSame(image, old);
    };
    if (!absl::c_any_of(old_images, is_same)) changed.push_back(image);
  }
  return changed;
}

}  // namespace plimsoll

#include "gateway/kubernetes/review.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kVersions[] = {"admission.k8s.io/v1",
                                           "admission.k8s.io/v1beta1"};
constexpr absl::string_view kReviewFields[] = {"apiVersion", "kind", "request"};
constexpr absl::string_view kRequestFields[] = {
    "uid",      "kind",   "name",      "namespace", "operation",
    "userInfo", "object", "oldObject", "dryRun"};
constexpr size_t kMaxUidBytes = 256;

// Wider than for manifests: managedFields nest and repeat what is in the spec.
JsonLimits ReviewLimits() {
  return {.max_bytes = kMaxReviewBytes,
          .max_depth = 64,
          .max_values = 400'000,
          .max_name_bytes = 4 << 10,
          .max_string_bytes = 3 << 20};
}

Status CheckEnvelope(const JsonFields& review) {
  ASSIGN_OR_RETURN(std::string kind, review.RequiredString("kind"));
  if (kind == "AdmissionReview") return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("kind: must be AdmissionReview, is ", QuoteJson(kind)));
}

StatusOr<std::string> ReadApiVersion(const JsonFields& review) {
  ASSIGN_OR_RETURN(std::string version, review.RequiredString("apiVersion"));
  for (absl::string_view known : kVersions) {
    if (version == known) return version;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("apiVersion: ", QuoteJson(version),
                   " is not supported, use ", kVersions[0]));
}

// Which API an object belongs to.
struct GroupKind {
  std::string group;
  std::string version;
  std::string kind;

  std::string ToString() const {
    if (group.empty()) return kind;
    return absl::StrCat(group, "/", version, " ", kind);
  }
};

StatusOr<GroupKind> ReadKind(const JsonFields& request) {
  const JsonValue* value = request.Get("kind");
  if (value == nullptr) return absl::InvalidArgumentError("kind: required");
  ASSIGN_OR_RETURN(JsonFields fields,
                   JsonFields::New(*value, {"group", "version", "kind"}),
                   "kind");
  GroupKind read;
  ASSIGN_OR_RETURN(read.group, fields.String("group"), "kind");
  ASSIGN_OR_RETURN(read.version, fields.RequiredString("version"), "kind");
  ASSIGN_OR_RETURN(read.kind, fields.RequiredString("kind"), "kind");
  return read;
}

StatusOr<std::string> ReadUid(const JsonFields& request) {
  ASSIGN_OR_RETURN(std::string uid, request.RequiredString("uid"));
  if (!uid.empty() && uid.size() <= kMaxUidBytes) return uid;
  return absl::InvalidArgumentError(absl::StrCat(
      "uid: must have 1 to ", kMaxUidBytes, " bytes, has ", uid.size()));
}

StatusOr<std::string> ReadUser(const JsonFields& request) {
  const JsonValue* value = request.Get("userInfo");
  if (value == nullptr) return std::string();
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(*value, {"username"}),
                   "userInfo");
  return fields.String("username");
}

StatusOr<std::string> ReadOperation(const JsonFields& request) {
  ASSIGN_OR_RETURN(std::string operation, request.RequiredString("operation"));
  for (absl::string_view known : {"CREATE", "UPDATE", "DELETE", "CONNECT"}) {
    if (operation == known) return operation;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("operation: unknown ", QuoteJson(operation)));
}

// The images that the review brings in. An old object that cannot be read
// counts as none, so that every image is judged.
StatusOr<std::vector<ReviewImage>> ReadNewImages(const JsonFields& request,
                                                 const ImageKind& kind,
                                                 bool is_update) {
  const JsonValue* object = request.Get("object");
  if (object == nullptr) return absl::InvalidArgumentError("required");
  ASSIGN_OR_RETURN(std::vector<ReviewImage> images, ReadImages(*object, kind));
  const JsonValue* old_object = request.Get("oldObject");
  if (!is_update || old_object == nullptr) return images;
  auto old_images = ReadImages(*old_object, kind);
  if (!old_images.ok()) return images;
  return ChangedImages(images, *old_images);
}

void ReadObject(const JsonFields& request, const ImageKind& kind,
                AdmissionReview& review) {
  auto images = ReadNewImages(request, kind, review.operation == "UPDATE");
  if (images.ok()) {
    review.images = *std::move(images);
  } else {
    review.fault =
        absl::StrCat(review.kind, ": object: ", images.status().message());
  }
}

Status ReadRequest(const JsonFields& request, AdmissionReview& review) {
  ASSIGN_OR_RETURN(review.uid, ReadUid(request));
  ASSIGN_OR_RETURN(review.operation, ReadOperation(request));
  ASSIGN_OR_RETURN(GroupKind kind, ReadKind(request));
  ASSIGN_OR_RETURN(review.namespace_name, request.String("namespace"));
  ASSIGN_OR_RETURN(review.name, request.String("name"));
  ASSIGN_OR_RETURN(review.dry_run, request.Bool("dryRun"));
  ASSIGN_OR_RETURN(review.user, ReadUser(request));
  review.kind = kind.ToString();
  const ImageKind* known = FindImageKind(kind.group, kind.kind);
  review.known_kind = known != nullptr;
  const bool runs_images =
      review.operation == "CREATE" || review.operation == "UPDATE";
  if (known != nullptr && runs_images) ReadObject(request, *known, review);
  return absl::OkStatus();
}

}  // namespace

StatusOr<AdmissionReview> ParseAdmissionReview(absl::string_view bytes) {
  ASSIGN_OR_RETURN(JsonValue document, ParseJson(bytes, ReviewLimits()));
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(document, kReviewFields));
  RETURN_IF_ERROR(CheckEnvelope(fields));
  AdmissionReview review;
  ASSIGN_OR_RETURN(review.api_version, ReadApiVersion(fields));
  const JsonValue* value = fields.Get("request");
  if (value == nullptr) return absl::InvalidArgumentError("request: required");
  ASSIGN_OR_RETURN(JsonFields request, JsonFields::New(*value, kRequestFields),
                   "request");
  RETURN_IF_ERROR(ReadRequest(request, review), "request");
  return review;
}

}  // namespace plimsoll

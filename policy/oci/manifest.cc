#include "policy/oci/manifest.h"

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "policy/oci/descriptor.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

constexpr int64_t kSchemaVersion = 2;

// Of both shapes and of schema 1: whatever the Content-Type says, a reader of
// another shape must find nothing here.
constexpr absl::string_view kNames[] = {
    "schemaVersion", "mediaType", "artifactType", "config",  "layers",
    "manifests",     "subject",   "annotations",  "fsLayers"};
constexpr absl::string_view kNotInIndex[] = {"layers", "config", "fsLayers"};
constexpr absl::string_view kNotInManifest[] = {"manifests", "fsLayers"};

bool IsOci(ManifestKind kind) {
  return kind == ManifestKind::kOciManifest || kind == ManifestKind::kOciIndex;
}

// The document's own type must be the type it came under. Docker's formats
// require it; OCI's allow it to be left out.
Status CheckMediaType(const JsonFields& fields, ManifestKind kind) {
  if (!fields.Has("mediaType") && IsOci(kind)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string type, fields.RequiredString("mediaType"));
  if (type == MediaTypeOf(kind)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "mediaType: must equal the Content-Type \"", MediaTypeOf(kind), "\""));
}

Status CheckShape(const JsonFields& fields, ManifestKind kind) {
  const absl::Span<const absl::string_view> foreign =
      IsIndex(kind) ? absl::MakeConstSpan(kNotInIndex)
                    : absl::MakeConstSpan(kNotInManifest);
  for (const absl::string_view name : foreign) {
    if (!fields.Has(name)) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": does not belong in ",
                     IsIndex(kind) ? "an index" : "a manifest",
                     ", and makes the document readable in two ways"));
  }
  return absl::OkStatus();
}

Status CheckSchemaVersion(const JsonFields& fields) {
  ASSIGN_OR_RETURN(const int64_t version,
                   fields.RequiredInteger("schemaVersion"));
  if (version == kSchemaVersion) return absl::OkStatus();
  return absl::InvalidArgumentError("schemaVersion: must be 2");
}

StatusOr<std::vector<Descriptor>> ParseDescriptors(const JsonFields& fields,
                                                   absl::string_view name,
                                                   size_t max_count) {
  ASSIGN_OR_RETURN(const JsonArray* array, fields.Array(name));
  if (array == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": required, but absent or null"));
  }
  if (array->size() > max_count) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, ": more than ", max_count, " entries"));
  }
  std::vector<Descriptor> descriptors;
  descriptors.reserve(array->size());
  for (const JsonValue& value : *array) {
    ASSIGN_OR_RETURN(Descriptor descriptor, ParseDescriptor(value),
                     absl::StrCat(name, "[", descriptors.size(), "]"));
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

StatusOr<std::optional<Descriptor>> ParseSubject(const JsonFields& fields) {
  const JsonValue* value = fields.Get("subject");
  if (value == nullptr) return std::optional<Descriptor>();
  ASSIGN_OR_RETURN(Descriptor subject, ParseDescriptor(*value), "subject");
  return std::optional<Descriptor>(std::move(subject));
}

// The members that manifests and indexes share.
template <typename Document>
Status ParseShared(const JsonFields& fields, Document* document) {
  ASSIGN_OR_RETURN(document->subject, ParseSubject(fields));
  ASSIGN_OR_RETURN(document->artifact_type, fields.String("artifactType"));
  ASSIGN_OR_RETURN(document->annotations,
                   ParseAnnotations(fields, "annotations"));
  return absl::OkStatus();
}

StatusOr<Manifest> ParseImageManifest(const JsonFields& fields,
                                      ManifestKind kind) {
  const JsonValue* config_value = fields.Get("config");
  if (config_value == nullptr) {
    return absl::InvalidArgumentError("config: required, but absent or null");
  }
  ASSIGN_OR_RETURN(Descriptor config, ParseDescriptor(*config_value), "config");
  ImageManifest manifest{kind, std::move(config)};
  ASSIGN_OR_RETURN(manifest.layers,
                   ParseDescriptors(fields, "layers", kMaxLayers));
  RETURN_IF_ERROR(ParseShared(fields, &manifest));
  return Manifest(std::move(manifest));
}

StatusOr<Manifest> ParseImageIndex(const JsonFields& fields,
                                   ManifestKind kind) {
  ImageIndex index;
  index.kind = kind;
  ASSIGN_OR_RETURN(index.manifests,
                   ParseDescriptors(fields, "manifests", kMaxChildren));
  RETURN_IF_ERROR(ParseShared(fields, &index));
  return Manifest(std::move(index));
}

StatusOr<Manifest> ParseDocument(absl::string_view bytes, ManifestKind kind) {
  JsonLimits limits;
  limits.max_bytes = kMaxManifestBytes;
  ASSIGN_OR_RETURN(const JsonValue document, ParseJson(bytes, limits));
  ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::New(document, kNames));
  RETURN_IF_ERROR(CheckMediaType(fields, kind));
  RETURN_IF_ERROR(CheckShape(fields, kind));
  RETURN_IF_ERROR(CheckSchemaVersion(fields));
  return IsIndex(kind) ? ParseImageIndex(fields, kind)
                       : ParseImageManifest(fields, kind);
}

}  // namespace

const std::string* FindPair(const StringPairs& pairs, absl::string_view key) {
  for (const auto& [name, value] : pairs) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string Platform::ToString() const {
  if (os.empty() && architecture.empty()) return "";
  return absl::StrCat(os, "/", architecture, variant.empty() ? "" : "/",
                      variant);
}

StatusOr<Manifest> ParseManifest(absl::string_view bytes,
                                 absl::string_view content_type) {
  const ManifestKind kind = ParseManifestKind(content_type);
  if (kind == ManifestKind::kDockerSchema1) {
    return absl::UnimplementedError(
        "manifest: schema 1 is not accepted, push schema 2 or OCI");
  }
  if (kind == ManifestKind::kUnknown) {
    return absl::UnimplementedError(
        "manifest: the Content-Type is none of the four that are accepted");
  }
  ASSIGN_OR_RETURN(Manifest manifest, ParseDocument(bytes, kind),
                   IsIndex(kind) ? "index" : "manifest");
  return manifest;
}

bool ClaimsToBeAttestation(const Descriptor& child) {
  const std::string* type = child.Annotation("vnd.docker.reference.type");
  if (type != nullptr && *type == "attestation-manifest") return true;
  return child.platform.has_value() && child.platform->os == "unknown" &&
         child.platform->architecture == "unknown";
}

}  // namespace plimsoll

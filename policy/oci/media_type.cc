#include "policy/oci/media_type.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace plimsoll {
namespace {

struct KindRow {
  absl::string_view media_type;
  ManifestKind kind;
};
constexpr KindRow kKinds[] = {
    {kOciManifestType, ManifestKind::kOciManifest},
    {kOciIndexType, ManifestKind::kOciIndex},
    {kDockerManifestType, ManifestKind::kDockerManifest},
    {kDockerListType, ManifestKind::kDockerList},
    {"application/vnd.docker.distribution.manifest.v1+json",
     ManifestKind::kDockerSchema1},
    {"application/vnd.docker.distribution.manifest.v1+prettyjws",
     ManifestKind::kDockerSchema1},
};

// The part of a layer's type before its compression.
struct LayerRow {
  absl::string_view prefix;
  bool nondistributable;
};
constexpr LayerRow kLayers[] = {
    {"application/vnd.oci.image.layer.v1.tar", false},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", true},
    {"application/vnd.docker.image.rootfs.diff.tar", false},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar", true},
};

// The compression named by the end of a type. OCI writes "+gzip", Docker
// ".gzip"; readers take either.
LayerType WithSuffix(absl::string_view suffix, bool nondistributable) {
  LayerType type{true, Compression::kNone, nondistributable};
  if (suffix.empty()) return type;
  if (suffix == "+gzip" || suffix == ".gzip") {
    type.compression = Compression::kGzip;
    return type;
  }
  if (suffix == "+zstd" || suffix == ".zstd") {
    type.compression = Compression::kZstd;
    return type;
  }
  return LayerType{};
}

}  // namespace

ManifestKind ParseManifestKind(absl::string_view media_type) {
  for (const KindRow& row : kKinds) {
    if (row.media_type == media_type) return row.kind;
  }
  return ManifestKind::kUnknown;
}

bool IsIndex(ManifestKind kind) {
  return kind == ManifestKind::kOciIndex || kind == ManifestKind::kDockerList;
}

absl::string_view MediaTypeOf(ManifestKind kind) {
  if (kind == ManifestKind::kDockerSchema1) return "";
  for (const KindRow& row : kKinds) {
    if (row.kind == kind) return row.media_type;
  }
  return "";
}

bool IsImageConfigType(absl::string_view media_type) {
  return media_type == kOciConfigType || media_type == kDockerConfigType;
}

absl::string_view CompressionName(Compression compression) {
  switch (compression) {
    case Compression::kNone:
      return "none";
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
  }
  return "";
}

LayerType ParseLayerType(absl::string_view media_type) {
  for (const LayerRow& row : kLayers) {
    absl::string_view suffix = media_type;
    if (absl::ConsumePrefix(&suffix, row.prefix)) {
      return WithSuffix(suffix, row.nondistributable);
    }
  }
  return LayerType{};
}

bool IsLayerType(absl::string_view media_type) {
  return absl::StartsWith(media_type, "application/vnd.oci.image.layer.") ||
         absl::StartsWith(media_type, "application/vnd.docker.image.rootfs.");
}

}  // namespace plimsoll

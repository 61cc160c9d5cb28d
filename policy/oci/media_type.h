// The media types that Plimsoll knows (image-spec media-types.md; Docker's
// "Image Manifest Version 2, Schema 2").
#ifndef PLIMSOLL_POLICY_OCI_MEDIA_TYPE_H_
#define PLIMSOLL_POLICY_OCI_MEDIA_TYPE_H_

#include "absl/strings/string_view.h"

namespace plimsoll {

inline constexpr absl::string_view kOciManifestType =
    "application/vnd.oci.image.manifest.v1+json";
inline constexpr absl::string_view kOciIndexType =
    "application/vnd.oci.image.index.v1+json";
inline constexpr absl::string_view kOciConfigType =
    "application/vnd.oci.image.config.v1+json";
inline constexpr absl::string_view kOciEmptyType =
    "application/vnd.oci.empty.v1+json";
inline constexpr absl::string_view kDockerManifestType =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr absl::string_view kDockerListType =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr absl::string_view kDockerConfigType =
    "application/vnd.docker.container.image.v1+json";
inline constexpr absl::string_view kInTotoType = "application/vnd.in-toto+json";

enum class ManifestKind {
  kOciManifest,
  kOciIndex,
  kDockerManifest,
  kDockerList,
  kDockerSchema1,  // signed or not; never accepted
  kUnknown,
};
// By the exact bytes of the type: parameters and other case are kUnknown.
ManifestKind ParseManifestKind(absl::string_view media_type);
bool IsIndex(ManifestKind kind);
absl::string_view MediaTypeOf(ManifestKind kind);  // "" for the last two

// "application/vnd.oci.image.config.v1+json" or Docker's.
bool IsImageConfigType(absl::string_view media_type);

enum class Compression { kNone, kGzip, kZstd };
absl::string_view CompressionName(Compression compression);

// What the media type of a layer says. `is_tar` false: not a filesystem layer.
struct LayerType {
  bool is_tar = false;
  Compression compression = Compression::kNone;
  bool nondistributable = false;  // foreign or non-distributable
};
LayerType ParseLayerType(absl::string_view media_type);
// Whether the type is of the families that name filesystem layers, whatever its
// suffix: "+encrypted" ones are layers, too, to whoever has the key.
bool IsLayerType(absl::string_view media_type);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_MEDIA_TYPE_H_

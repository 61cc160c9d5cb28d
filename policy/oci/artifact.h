// Tells images from artifacts (signatures, SBOMs, attestations, Helm charts).
// A manifest is an artifact only where its type is on the list and its bytes
// are not runnable: podman and containerd were seen to run images dressed as
// artifacts. All else is an image. Pure.
#ifndef PLIMSOLL_POLICY_OCI_ARTIFACT_H_
#define PLIMSOLL_POLICY_OCI_ARTIFACT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/oci/manifest.h"

namespace plimsoll {

// Whether a layer's first bytes are those of a tar archive ("ustar" at offset
// 257, or a header checksum that is right) or of a compression that some
// runtime undoes: gzip, zstd, bzip2, xz. 512 bytes are enough.
bool HasLayerMagic(absl::string_view first_bytes);
inline constexpr size_t kLayerMagicBytes = 512;

// The kind of artifact that a manifest's types name: "helm-chart",
// "cosign-signature", "attestation", "buildkit-cache", ... ; empty where the
// types are those of an image or on no list. Docker's schema 2 has images only:
// podman unpacks such a manifest whatever the type of its config. Beside an
// image's config an artifactType says nothing: runtimes do not look at it, and
// layers of any bytes may be behind it (encrypted ones have no magic).
std::string ArtifactKind(const ImageManifest& manifest);

// Whether artifacts of `kind` may hold layers that start with layer magic (a
// Helm chart is a gzipped tar). Of these the config alone decides.
bool MayHoldArchives(absl::string_view kind);

// What must be known of a manifest's blobs to call it an artifact; nullopt
// where a blob could not be read.
struct ArtifactBytes {
  std::optional<std::string> config;  // at most kMaxConfigBytes
  std::vector<std::optional<std::string>> layer_heads;  // first 512 bytes
};

enum class Runnable { kImage, kArtifact, kUnknown };
// kArtifact where ArtifactKind knows the types and the config has no diff IDs
// or, unless the kind may hold archives, no layer has a layer's type or starts
// with layer magic. A
// config of an image's own media type must do without such layers in any case:
// podman runs it without diff IDs. Bytes embedded in a descriptor's `data` are
// used too. kUnknown where a needed blob is missing from `bytes`: a gap, never
// an artifact.
Runnable ClassifyManifest(const ImageManifest& manifest,
                          const ArtifactBytes& bytes);
// Of a manifest whose types are on no list: whether some runtime might run it,
// or it cannot be told.
bool MayRun(const ImageManifest& manifest, const ArtifactBytes& bytes);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_ARTIFACT_H_

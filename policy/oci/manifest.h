// Manifests and indexes, read from their exact bytes (image-spec manifest.md,
// image-index.md; Docker schema 2 manifest and list). One shape only: a
// document with `manifests` and any of `layers`, `config`, `fsLayers` is
// refused, as is one whose mediaType is not its Content-Type. Values.
#ifndef PLIMSOLL_POLICY_OCI_MANIFEST_H_
#define PLIMSOLL_POLICY_OCI_MANIFEST_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/oci/digest.h"
#include "policy/oci/media_type.h"
#include "policy/status.h"

namespace plimsoll {

// Bounds of one document (facts: security, section 5).
inline constexpr size_t kMaxManifestBytes = 4 << 20;
inline constexpr size_t kMaxLayers = 512;
inline constexpr size_t kMaxChildren = 128;
inline constexpr size_t kMaxAnnotations = 512;

using StringPairs = std::vector<std::pair<std::string, std::string>>;
// The value under `key`, or nullptr.
const std::string* FindPair(const StringPairs& pairs, absl::string_view key);

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;

  // "linux/arm64/v8"; "" where nothing is known.
  std::string ToString() const;
  friend bool operator==(const Platform&, const Platform&) = default;
};

struct Descriptor {
  std::string media_type;
  Digest digest;
  int64_t size = 0;  // bytes, never negative
  std::string artifact_type = {};
  std::optional<Platform> platform = {};
  std::vector<std::string> urls = {};
  StringPairs annotations = {};
  // Decoded; verified against digest and size.
  std::optional<std::string> data = {};

  const std::string* Annotation(absl::string_view key) const {
    return FindPair(annotations, key);
  }
};

struct ImageManifest {
  ManifestKind kind = ManifestKind::kOciManifest;
  Descriptor config;
  std::vector<Descriptor> layers = {};  // lowest first
  std::optional<Descriptor> subject = {};
  std::string artifact_type = {};
  StringPairs annotations = {};
};

struct ImageIndex {
  ManifestKind kind = ManifestKind::kOciIndex;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  std::string artifact_type;
  StringPairs annotations;
};

using Manifest = std::variant<ImageManifest, ImageIndex>;

// Reads `bytes`, which came under `content_type`. InvalidArgument where the
// document is malformed or could be read in two ways; ResourceExhausted over a
// bound; Unimplemented for schema 1 and unknown types.
StatusOr<Manifest> ParseManifest(absl::string_view bytes,
                                 absl::string_view content_type);

// Whether an index entry is an attestation by its descriptor alone (BuildKit's
// "unknown/unknown" platform or its annotation). A claim: the child's own bytes
// decide (policy/oci/artifact.h).
bool ClaimsToBeAttestation(const Descriptor& child);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_MANIFEST_H_

#include "policy/oci/artifact.h"

#include <cstdint>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "policy/oci/image_config.h"
#include "policy/oci/media_type.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kAttestation = "attestation";
constexpr absl::string_view kBuildCache = "buildkit-cache";
constexpr absl::string_view kCosignSignature = "cosign-signature";
constexpr absl::string_view kGeneric = "generic";
constexpr absl::string_view kHelmChart = "helm-chart";
constexpr absl::string_view kModel = "model";
constexpr absl::string_view kNotation = "notation-signature";
constexpr absl::string_view kSarif = "sarif";
constexpr absl::string_view kSbom = "sbom";
constexpr absl::string_view kSigstoreBundle = "sigstore-bundle";
constexpr absl::string_view kVex = "vex";
constexpr absl::string_view kWasm = "wasm";

struct TypeRow {
  absl::string_view media_type;
  absl::string_view kind;
};

// The artifactType, or the type of all layers where older tools gave none.
constexpr TypeRow kContentTypes[] = {
    {kInTotoType, kAttestation},
    {"application/vnd.dsse.envelope.v1+json", kAttestation},
    {"application/vnd.docker.attestation.manifest.v1+json", kAttestation},
    {"application/vnd.dev.cosign.simplesigning.v1+json", kCosignSignature},
    {"application/vnd.dev.cosign.artifact.sig.v1+json", kCosignSignature},
    {"application/vnd.dev.cosign.artifact.sbom.v1+json", kSbom},
    {"application/vnd.cncf.notary.signature", kNotation},
    {"application/spdx+json", kSbom},
    {"text/spdx+json", kSbom},
    {"text/spdx", kSbom},
    {"text/spdx+xml", kSbom},
    {"application/vnd.cyclonedx+json", kSbom},
    {"application/vnd.cyclonedx+xml", kSbom},
    {"application/vnd.cyclonedx", kSbom},
    {"application/vnd.syft+json", kSbom},
    {"application/sarif+json", kSarif},
    {"application/vnd.openvex+json", kVex},
};

constexpr TypeRow kConfigTypes[] = {
    {"application/vnd.cncf.helm.config.v1+json", kHelmChart},
    {"application/vnd.buildkit.cacheconfig.v0", kBuildCache},
    {"application/vnd.cncf.notary.signature", kNotation},
    {"application/vnd.wasm.config.v0+json", kWasm},
    {"application/vnd.wasm.config.v1+json", kWasm},
    {"application/vnd.cncf.model.config.v1+json", kModel},
    {"application/vnd.docker.ai.model.config.v0.1+json", kModel},
};

constexpr absl::string_view kBundlePrefix =
    "application/vnd.dev.sigstore.bundle";

std::string FindKind(absl::Span<const TypeRow> rows,
                     absl::string_view media_type) {
  for (const TypeRow& row : rows) {
    if (row.media_type == media_type) return std::string(row.kind);
  }
  return "";
}

std::string ContentKind(absl::string_view media_type) {
  if (absl::StartsWith(media_type, kBundlePrefix)) {
    return std::string(kSigstoreBundle);
  }
  return FindKind(kContentTypes, media_type);
}

// The kind that every layer's type names; empty where they differ.
std::string LayersKind(absl::Span<const Descriptor> layers) {
  if (layers.empty()) return "";
  const std::string kind = ContentKind(layers[0].media_type);
  const bool all = absl::c_all_of(layers, [&kind](const Descriptor& layer) {
    return ContentKind(layer.media_type) == kind;
  });
  return all ? kind : "";
}

// The octal number in a header field, padded with blanks and zero bytes as tar
// writers do; -1 where there is none.
int64_t ReadOctal(absl::string_view field) {
  const absl::string_view padding(" \0", 2);
  const size_t first = field.find_first_not_of(padding);
  if (first == field.npos) return -1;
  int64_t value = 0;
  for (const char c : field.substr(first)) {
    if (padding.find(c) != padding.npos) break;
    if (c < '0' || c > '7') return -1;
    value = value * 8 + (c - '0');
  }
  return value;
}

// Whether a tar header's checksum is right: archives of the oldest format have
// no other mark, and every runtime unpacks them. Some old writers summed signed
// bytes.
bool HasTarChecksum(absl::string_view block) {
  constexpr size_t kField = 148;
  constexpr size_t kFieldBytes = 8;
  const int64_t stated = ReadOctal(block.substr(kField, kFieldBytes));
  int64_t unsigned_sum = 0;
  int64_t signed_sum = 0;
  for (size_t i = 0; i < block.size(); ++i) {
    const bool in_field = i >= kField && i < kField + kFieldBytes;
    const char c = in_field ? ' ' : block[i];
    unsigned_sum += static_cast<unsigned char>(c);
    signed_sum += static_cast<signed char>(c);
  }
  return stated == unsigned_sum || stated == signed_sum;
}

bool IsTarHeader(absl::string_view bytes) {
  constexpr size_t kMagic = 257;
  if (bytes.size() < kMagic) return false;
  if (absl::StartsWith(bytes.substr(kMagic), "ustar")) return true;
  return bytes.size() >= kLayerMagicBytes &&
         HasTarChecksum(bytes.substr(0, kLayerMagicBytes));
}

// A frame that zstd readers skip: 0x184D2A50 to 0x184D2A5F, little-endian.
bool IsSkippableZstd(absl::string_view bytes) {
  return bytes.size() >= 4 && (bytes[0] & '\xF0') == '\x50' &&
         bytes.substr(1, 3) == "\x2A\x4D\x18";
}

enum class Answer { kNo, kYes, kUnknown };

// Whether any layer has a layer's type or starts with layer magic.
Answer AnyLayer(const ImageManifest& manifest, const ArtifactBytes& bytes) {
  bool missing = false;
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    if (IsLayerType(manifest.layers[i].media_type)) return Answer::kYes;
    const std::optional<std::string>& embedded = manifest.layers[i].data;
    const bool read = i < bytes.layer_heads.size() && bytes.layer_heads[i];
    if (!read && !embedded) {
      missing = true;
    } else if (HasLayerMagic(read ? *bytes.layer_heads[i] : *embedded)) {
      return Answer::kYes;
    }
  }
  return missing ? Answer::kUnknown : Answer::kNo;
}

Answer ConfigHasDiffIds(const ImageManifest& manifest,
                        const ArtifactBytes& bytes) {
  const std::optional<std::string>& config =
      bytes.config ? bytes.config : manifest.config.data;
  if (!config) return Answer::kUnknown;
  return HasDiffIds(*config) ? Answer::kYes : Answer::kNo;
}

// What is needed to run is there or is not.
Runnable ToRunnable(Answer runs) {
  switch (runs) {
    case Answer::kNo:
      return Runnable::kArtifact;
    case Answer::kYes:
      return Runnable::kImage;
    case Answer::kUnknown:
      break;
  }
  return Runnable::kUnknown;
}

Answer Both(Answer a, Answer b) {
  if (a == Answer::kNo || b == Answer::kNo) return Answer::kNo;
  return a == b ? a : Answer::kUnknown;
}

}  // namespace

bool HasLayerMagic(absl::string_view first_bytes) {
  return absl::StartsWith(first_bytes, "\x1F\x8B") ||          // gzip
         absl::StartsWith(first_bytes, "\x28\xB5\x2F\xFD") ||  // zstd
         absl::StartsWith(first_bytes, "BZh") ||               // bzip2
         absl::StartsWith(first_bytes,
                          "\xFD"
                          "7zXZ") ||  // xz
         IsSkippableZstd(first_bytes) ||
         IsTarHeader(first_bytes);
}

std::string ArtifactKind(const ImageManifest& manifest) {
  if (manifest.kind == ManifestKind::kDockerManifest) return "";
  if (IsImageConfigType(manifest.config.media_type)) {
    return LayersKind(manifest.layers);
  }
  std::string kind = FindKind(kConfigTypes, manifest.config.media_type);
  if (kind.empty()) kind = ContentKind(manifest.artifact_type);
  if (kind.empty()) kind = LayersKind(manifest.layers);
  const bool generic = !manifest.artifact_type.empty() &&
                       manifest.config.media_type == kOciEmptyType;
  if (kind.empty() && generic) kind = std::string(kGeneric);
  return kind;
}

bool MayHoldArchives(absl::string_view kind) {
  return kind == kHelmChart || kind == kBuildCache || kind == kGeneric;
}

Runnable ClassifyManifest(const ImageManifest& manifest,
                          const ArtifactBytes& bytes) {
  const std::string kind = ArtifactKind(manifest);
  if (kind.empty()) return Runnable::kImage;
  const Answer diff_ids = ConfigHasDiffIds(manifest, bytes);
  if (MayHoldArchives(kind)) return ToRunnable(diff_ids);
  const Answer layers = AnyLayer(manifest, bytes);
  // podman runs an image whose config lists no diff IDs. Only a config of
  // another type says by their absence that nothing is to be run.
  if (IsImageConfigType(manifest.config.media_type)) return ToRunnable(layers);
  return ToRunnable(Both(diff_ids, layers));
}

bool MayRun(const ImageManifest& manifest, const ArtifactBytes& bytes) {
  return Both(ConfigHasDiffIds(manifest, bytes), AnyLayer(manifest, bytes)) !=
         Answer::kNo;
}

}  // namespace plimsoll

// manifest.format: what is legal but unusual in a manifest fails unless it is
// allowed by name; and, where given, only these media types. Where no policy
// that applies has such a rule, one without parameters is implied.
#ifndef PLIMSOLL_POLICY_RULES_MANIFEST_FORMAT_H_
#define PLIMSOLL_POLICY_RULES_MANIFEST_FORMAT_H_

#include <string>
#include <vector>

#include "policy/language/fields.h"
#include "policy/oci/manifest.h"
#include "policy/rules/check.h"

namespace plimsoll {

// The names that `allow` takes and Evidence::unusual uses.
inline constexpr absl::string_view kUnusualSha512 = "sha512-digest";
inline constexpr absl::string_view kUnusualNondistributable =
    "nondistributable-layer";
inline constexpr absl::string_view kUnusualUrls = "foreign-urls";
inline constexpr absl::string_view kUnusualLayerType = "unknown-layer-type";
inline constexpr absl::string_view kUnusualConfigType = "unknown-config-type";
// An index lists one manifest for two platforms; it is judged for the first.
inline constexpr absl::string_view kUnusualRepeatedChild = "repeated-child";
// A child that an index lists is not in the registry. Not definite: it may
// still be pushed.
inline constexpr absl::string_view kUnusualSparseIndex = "sparse-index";
// Of an image, not of an artifact.
inline constexpr absl::string_view kUnusualNoLayers = "no-layers";

// What is unusual in the bytes of one document, each as
// "sha512-digest: layers[2]", what the pusher wrote quoted. Evidence::unusual
// takes entries of this form.
std::vector<std::string> FindUnusual(const Manifest& manifest);

struct ManifestFormat {
  static constexpr CheckTraits kTraits{"manifest.format", "high", false};
  std::vector<std::string> allow;
  std::vector<std::string> media_types;  // empty: any

  static ManifestFormat Parse(YamlFields& with);
};
CheckOutput Check(const ManifestFormat& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_MANIFEST_FORMAT_H_

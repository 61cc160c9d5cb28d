// Claims: what the pusher wrote about the base. They may name, break ties or
// contradict; they never raise the proof. Pure.
#ifndef PLIMSOLL_POLICY_BASE_CLAIMS_H_
#define PLIMSOLL_POLICY_BASE_CLAIMS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/base/catalog.h"
#include "policy/base/history.h"
#include "policy/oci/image_config.h"
#include "policy/oci/manifest.h"

namespace plimsoll {

// Where a claim was read. The last is the config's own diff IDs where a longer
// catalogued chain matches them but is not proven (policy/base/identify.h).
inline constexpr absl::string_view kAnnotationClaim = "annotation";
inline constexpr absl::string_view kLabelClaim = "label";
inline constexpr absl::string_view kHistoryClaim = "history-from";
inline constexpr absl::string_view kConfigImageClaim = "config-image";
inline constexpr absl::string_view kDiffIdsClaim = "diff-ids";

// The name that claims to stand on nothing; no repository.
inline constexpr absl::string_view kScratchName = "scratch";

// One claimed base. At least one of `name` and `digest` is set.
struct BaseClaim {
  std::string source;
  // Without a digest; normalised where it parses, else as written, escaped.
  std::string name;
  std::optional<Digest> digest;  // manifest, index or config digest
  // The text shows FROM by digest. True only where it was written so; a
  // resolved digest beside a tag shows nothing.
  bool shows_pin = false;
  // IdentifyBase alone sets it: the catalog denies what is named, by digest a
  // record, by name every record that has it.
  bool denied = false;
  // IdentifyBase alone sets it: the catalog's names for `digest`.
  std::vector<std::string> known_as = {};
};

// All claims of an image, empty values left out, in the order of how much they
// are worth: annotation, label, history, config.
std::vector<BaseClaim> ReadClaims(const ImageManifest& manifest,
                                  const ImageConfig& config,
                                  const HistoryWalk& walk);

// Without the claims that `base` carries itself: they were inherited and speak
// of the base's own base.
std::vector<BaseClaim> DropInherited(std::vector<BaseClaim> claims,
                                     const BaseRecord& base);

// "docker.io/library/debian:12@sha256:...", for people.
std::string DescribeClaim(const BaseClaim& claim);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_CLAIMS_H_

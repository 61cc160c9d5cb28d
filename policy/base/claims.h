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

// One claimed base. At least one of `name` and `digest` is set.
struct BaseClaim {
  // "annotation", "label", "history-from", "config-image".
  std::string source;
  std::string name;              // normalised where it parses, else as written
  std::optional<Digest> digest;  // manifest, index or config digest
  // The text shows FROM by digest. True only where it was written so; a
  // resolved digest beside a tag shows nothing.
  bool shows_pin = false;
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

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_CLAIMS_H_

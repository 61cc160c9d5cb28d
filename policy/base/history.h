// The history walk: what a config's history says of where its base ends. Text
// of the pusher; it names and raises contradictions, and never proves. Pure.
#ifndef PLIMSOLL_POLICY_BASE_HISTORY_H_
#define PLIMSOLL_POLICY_BASE_HISTORY_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "policy/oci/digest.h"
#include "policy/oci/image_config.h"

namespace plimsoll {

struct HistoryWalk {
  size_t entries = 0;
  // Non-empty entries equal the layers in number (or the history is empty).
  bool consistent = true;
  // Entries that belong to the base by the builder's own marks: a guess. 0
  // where nothing tells.
  size_t boundary = 0;
  // The name in the last builder's "FROM ..." comment, or "". Image IDs that
  // buildah writes there are left out.
  std::string from;
  // The image's own entries for layer i are entries[layer_entry[i]]; empty
  // unless `consistent` and the history is not empty.
  std::vector<size_t> layer_entry;
};

// Walks `history` over `layer_count` layers. Builder marks as measured in the
// field research: docker, BuildKit, buildah, kaniko, ko, jib, debuerreotype.
HistoryWalk WalkHistory(absl::Span<const HistoryEntry> history,
                        size_t layer_count);

// How many leading entries of `image` equal `base`'s whole history (created_by,
// author, comment without an appended " FROM name", emptiness; times are not
// compared). nullopt where `base` is not a prefix; 0 where it is empty.
std::optional<size_t> HistoryPrefix(absl::Span<const HistoryEntry> base,
                                    absl::Span<const HistoryEntry> image);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_HISTORY_H_

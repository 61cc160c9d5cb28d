// What a layer's own bytes say, kept by layer digest. Never what a config or a
// manifest says about it. Values.
#ifndef PLIMSOLL_POLICY_BASE_LAYER_FACTS_H_
#define PLIMSOLL_POLICY_BASE_LAYER_FACTS_H_

#include <cstdint>

#include "policy/oci/digest.h"
#include "policy/oci/media_type.h"

namespace plimsoll {

// Facts of an older version are recomputed when they are next needed.
inline constexpr int kInspectorVersion = 1;

struct LayerFacts {
  Digest layer;               // of the bytes as stored, hashed here
  Digest diff_id;             // sha256 of the bytes inflated, hashed here
  int64_t size = 0;           // bytes as stored
  int64_t inflated_size = 0;  // bytes inflated
  Compression compression = Compression::kNone;  // by magic, not media type
  int inspector_version = kInspectorVersion;

  friend bool operator==(const LayerFacts&, const LayerFacts&) = default;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_LAYER_FACTS_H_

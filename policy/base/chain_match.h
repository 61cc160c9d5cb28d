// The first step of identification: which layers are what the config says, and
// which catalogued chains lie at the bottom of an image. Borrows the catalog's
// records. Pure.
#ifndef PLIMSOLL_POLICY_BASE_CHAIN_MATCH_H_
#define PLIMSOLL_POLICY_BASE_CHAIN_MATCH_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "policy/base/catalog.h"
#include "policy/base/identify.h"

namespace plimsoll {

struct LayerCheck {
  std::vector<std::string> malformed;  // one sentence each
  std::vector<size_t> unproven;        // layers without facts, by index
  size_t proven_prefix = 0;            // lowest layers that all have facts
};

// Compares the config's diff IDs with the layers and with what their bytes
// hashed to. Facts of another layer, or under another algorithm than the
// config's, are as good as none.
LayerCheck CheckLayers(const ImageView& image);

// Catalogued records whose whole chain is the lowest `layers` of the image.
// `proof` is verified where those bytes were hashed, of the image and of at
// least one record; claimed otherwise.
struct ChainHit {
  size_t layers = 0;
  Proof proof = Proof::kUnknown;
  std::vector<const BaseRecord*> records;  // never empty
};

// By the bytes: denied where any record is; approved where any is whose word
// counts (a proven one, if the hit is verified).
Approval ApprovalOf(const ChainHit& hit);

// All hits, and the one that is the base: the longest that is verified, else
// the longest. Chains of nothing but empty layers are no hits.
struct ChainMatch {
  std::vector<ChainHit> hits;  // longest first
  size_t nearest = 0;          // REQUIRES: hits is not empty

  const ChainHit& base() const { return hits[nearest]; }
  // Longer hits that are not proven; shorter ones.
  absl::Span<const ChainHit> nearer() const {
    return absl::MakeConstSpan(hits).subspan(0, nearest);
  }
  absl::Span<const ChainHit> farther() const {
    return absl::MakeConstSpan(hits).subspan(nearest + 1);
  }
};
ChainMatch MatchChains(absl::Span<const Digest> diff_ids, size_t proven_prefix,
                       const BaseCatalog& catalog);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_CHAIN_MATCH_H_

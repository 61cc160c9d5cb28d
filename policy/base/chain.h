// Chain IDs: the identity of a stack of layers (image-spec config.md, "Layer
// ChainID"). ChainID(L0) = DiffID(L0); ChainID(L0|..|Ln) = sha256 of
// "ChainID(L0|..|Ln-1) DiffID(Ln)" as text. Pure.
#ifndef PLIMSOLL_POLICY_BASE_CHAIN_H_
#define PLIMSOLL_POLICY_BASE_CHAIN_H_

#include <vector>

#include "absl/types/span.h"
#include "policy/oci/digest.h"

namespace plimsoll {

// The chain ID of every prefix: result[k-1] covers the lowest k layers.
std::vector<Digest> ChainIds(absl::Span<const Digest> diff_ids);

// Whether a layer with this diff ID holds nothing: no bytes, or the tar of no
// files as builders write it. Such layers are everywhere (BuildKit's WORKDIR)
// and are evidence of nothing.
bool IsEmptyLayer(const Digest& diff_id);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_CHAIN_H_

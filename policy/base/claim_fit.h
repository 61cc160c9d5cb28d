// How a claim stands to the base that the layers show. Pure.
#ifndef PLIMSOLL_POLICY_BASE_CLAIM_FIT_H_
#define PLIMSOLL_POLICY_BASE_CLAIM_FIT_H_

#include <string>
#include <vector>

#include "policy/base/catalog.h"
#include "policy/base/chain_match.h"
#include "policy/base/claims.h"
#include "policy/oci/image_config.h"

namespace plimsoll {

enum class ClaimFit {
  kSame,           // names the base, by a digest or by a catalogued name
  kFarther,        // names something below it
  kNearer,         // names a base that the layers do not show
  kContradiction,  // names a catalogued digest whose layers are not there
};

// One fit for each claim. A name alone never contradicts: tags move, and
// registries are mirrored.
std::vector<ClaimFit> FitClaims(const std::vector<BaseClaim>& claims,
                                const ImageConfig& config,
                                const ChainMatch& match,
                                const BaseCatalog& catalog);

// Takes the digests away that buildah before 1.30 annotates with --layers: that
// of an intermediate image, known nowhere.
void DropIntermediateDigests(const ImageConfig& config,
                             const BaseCatalog& catalog,
                             std::vector<BaseClaim>& claims);

// Sets what the catalog knows of what is claimed: `denied` and `known_as`.
void LookUpClaims(const BaseCatalog& catalog, std::vector<BaseClaim>& claims);

// The name that is claimed, or that the catalog has for a digest claimed alone;
// "" where there is neither.
std::string ClaimedName(const BaseClaim& claim, const BaseCatalog& catalog);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_CLAIM_FIT_H_

#include "policy/base/identify.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/candidates.h"
#include "policy/base/chain_match.h"
#include "policy/base/claim_fit.h"
#include "policy/oci/reference.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// The index where one listed the base, since that is what a FROM line for
// several platforms must name; the manifest otherwise.
std::string SuggestedReference(const Candidate& shown) {
  StatusOr<Reference> reference = Reference::Parse(shown.name);
  if (!reference.ok()) return "";
  const BaseRecord& record = *shown.record;
  reference->digest = record.index.value_or(record.manifest);
  return reference->ToString();
}

BaseCandidate CopyCandidate(const BaseRecord& record) {
  return {record.manifest, record.index,   record.config, record.names,
          record.approval, record.created, record.proven};
}

std::vector<BaseCandidate> CopyCandidates(absl::Span<const Candidate> ranked) {
  std::vector<BaseCandidate> copies;
  for (const Candidate& candidate : ranked) {
    copies.push_back(CopyCandidate(*candidate.record));
  }
  return copies;
}

void ShowBase(const ChainHit& base, absl::Span<const Candidate> ranked,
              BaseIdentity& identity) {
  const Candidate& shown = ranked.front();
  identity.proof = base.proof;
  if (base.proof == Proof::kVerified) identity.via = Via::kLayers;
  identity.name = shown.name;
  identity.digest = shown.record->manifest;
  identity.layers = base.layers;
  identity.exact = IsExact(ranked);
  identity.history_agrees = shown.history > 0;
  identity.suggested = SuggestedReference(shown);
  identity.candidates = CopyCandidates(ranked);
  const Approval approval = ApprovalOf(base);
  identity.approved = approval == Approval::kApproved;
  identity.denied = approval == Approval::kDenied;
  // The image may be its base only where all of its bytes are.
  if (shown.same_image > 0 && base.proof == Proof::kVerified) {
    identity.result = BaseResult::kIsBase;
  }
}

void ShowAncestors(const ChainMatch& match, const ImageView& image,
                   BaseIdentity& identity) {
  for (const ChainHit& hit : match.farther()) {
    const std::vector<Candidate> ranked =
        RankCandidates(hit.records, image, identity.history, identity.claims);
    const Candidate& shown = ranked.front();
    identity.ancestors.push_back({shown.name, shown.record->manifest,
                                  hit.layers, ApprovalOf(hit), hit.proof,
                                  CopyCandidates(ranked)});
  }
}

// Longer catalogued chains that the config's diff IDs name and nothing proves.
void ShowUnprovenNearer(const ChainMatch& match, const ImageView& image,
                        BaseIdentity& identity) {
  for (const ChainHit& hit : match.nearer()) {
    for (const BaseRecord* record : hit.records) {
      identity.nearer.push_back(CopyCandidate(*record));
    }
    if (ApprovalOf(hit) != Approval::kDenied) continue;
    identity.approved = false;
    identity.denied = true;
  }
  if (match.nearer().empty()) return;
  const ChainHit& nearest = match.nearer().front();
  const Candidate shown =
      RankCandidates(nearest.records, image, identity.history, identity.claims)
          .front();
  identity.nearer_claim =
      BaseClaim{std::string(kDiffIdsClaim), shown.name, shown.record->manifest,
                false, ApprovalOf(nearest) == Approval::kDenied};
}

std::string ContradictionText(const BaseClaim& claim,
                              const BaseCatalog& catalog,
                              const BaseIdentity& identity) {
  const std::string base = identity.name.empty() ? identity.digest->ToString()
                                                 : Quoted(identity.name);
  std::string name = ClaimedName(claim, catalog);
  if (!name.empty()) name = absl::StrCat(Quoted(name), " ");
  return absl::StrCat(
      claim.source, " claims the base ", name, "(", claim.digest->Short(),
      "), whose layers this image does not have: ",
      identity.proof == Proof::kVerified ? "it stands on "
                                         : "by its diff IDs it stands on ",
      base);
}

Pinned PinnedBy(const BaseClaim& claim) {
  return {PinnedValue::kYes, Proof::kClaimed,
          absl::StrCat(claim.source, " ", DescribeClaim(claim))};
}

void WeighClaims(const ChainMatch& match, const ImageView& image,
                 const BaseCatalog& catalog, BaseIdentity& identity) {
  const std::vector<ClaimFit> fits =
      FitClaims(identity.claims, image.config, match, catalog);
  for (size_t i = 0; i < fits.size(); ++i) {
    const BaseClaim& claim = identity.claims[i];
    if (fits[i] == ClaimFit::kContradiction) {
      identity.contradictions.push_back(
          ContradictionText(claim, catalog, identity));
    } else if (fits[i] == ClaimFit::kNearer &&
               !identity.nearer_claim.has_value()) {
      identity.nearer_claim = claim;
    } else if (fits[i] == ClaimFit::kSame && claim.shows_pin &&
               identity.pinned.value == PinnedValue::kUnknown) {
      identity.pinned = PinnedBy(claim);
    }
  }
  if (identity.contradictions.empty()) return;
  identity.result = BaseResult::kContradiction;
  identity.pinned = Pinned();
}

// Where catalogued chains lie at the bottom of the image.
void IdentifyByLayers(const ChainMatch& match, const ImageView& image,
                      const BaseCatalog& catalog, BaseIdentity& identity) {
  const std::vector<Candidate> ranked = RankCandidates(
      match.base().records, image, identity.history, identity.claims);
  ShowBase(match.base(), ranked, identity);
  ShowAncestors(match, image, identity);
  ShowUnprovenNearer(match, image, identity);
  identity.claims =
      DropInherited(std::move(identity.claims), *ranked.front().record);
  DropIntermediateDigests(image.config, catalog, identity.claims);
  LookUpClaims(catalog, identity.claims);
  WeighClaims(match, image, catalog, identity);
}

// The layers below the history's boundary; 0 where the two cannot be aligned.
size_t LayersBelowBoundary(const HistoryWalk& walk) {
  return static_cast<size_t>(
      std::count_if(walk.layer_entry.begin(), walk.layer_entry.end(),
                    [&walk](size_t entry) { return entry < walk.boundary; }));
}

// Where the layers show no base: what the pusher says, at what it is worth. A
// claim of a catalogued base is not disproven here, since an image that was
// squashed or written anew has that base and not its layers.
void IdentifyByClaims(const ImageView& image, const BaseCatalog& catalog,
                      BaseIdentity& identity) {
  DropIntermediateDigests(image.config, catalog, identity.claims);
  LookUpClaims(catalog, identity.claims);
  const auto said = std::find_if(
      identity.claims.begin(), identity.claims.end(),
      [](const BaseClaim& claim) { return claim.source != kHistoryClaim; });
  if (said != identity.claims.end()) {
    identity.proof = Proof::kClaimed;
    identity.name = ClaimedName(*said, catalog);
    if (said->shows_pin) identity.pinned = PinnedBy(*said);
    return;
  }
  if (identity.history.boundary == 0 && identity.history.from.empty()) return;
  identity.proof = Proof::kInferred;
  identity.layers = LayersBelowBoundary(identity.history);
  if (identity.claims.empty()) return;
  identity.name = identity.claims.front().name;
  if (identity.claims.front().shows_pin) {
    identity.pinned = PinnedBy(identity.claims.front());
  }
}

}  // namespace

BaseIdentity IdentifyBase(const ImageView& image, const BaseCatalog& catalog) {
  BaseIdentity identity;
  identity.history =
      WalkHistory(image.config.history, image.manifest.layers.size());
  identity.claims = ReadClaims(image.manifest, image.config, identity.history);
  LayerCheck check = CheckLayers(image);
  identity.unproven_layers = std::move(check.unproven);
  if (!check.malformed.empty()) {
    identity.result = BaseResult::kMalformed;
    identity.malformed = std::move(check.malformed);
    return identity;
  }
  const ChainMatch match =
      MatchChains(image.config.diff_ids, check.proven_prefix, catalog);
  if (match.hits.empty()) {
    IdentifyByClaims(image, catalog, identity);
  } else {
    IdentifyByLayers(match, image, catalog, identity);
  }
  return identity;
}

}  // namespace plimsoll

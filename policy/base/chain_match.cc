#include "policy/base/chain_match.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/chain.h"

namespace plimsoll {
namespace {

// A forged config can be wrong in every layer; people need no more than this.
constexpr size_t kMaxSentences = 8;

std::string CountMismatch(size_t layers, size_t diff_ids) {
  return absl::StrCat("the manifest lists ", layers,
                      " layers, the config lists ", diff_ids, " diff IDs");
}

// The facts of layer `i` that can be compared with its diff ID, or nullptr.
const LayerFacts* FactsFor(const ImageView& image, size_t i) {
  if (i >= image.facts.size() || !image.facts[i].has_value()) return nullptr;
  const LayerFacts& facts = *image.facts[i];
  if (facts.layer != image.manifest.layers[i].digest) return nullptr;
  const Digest& claimed = image.config.diff_ids[i];
  return facts.diff_id.algorithm() == claimed.algorithm() ? &facts : nullptr;
}

bool IsProven(const BaseRecord* record) { return record->proven; }

Proof ProofOf(const ChainHit& hit, size_t proven_prefix) {
  const bool known =
      hit.layers <= proven_prefix &&
      std::any_of(hit.records.begin(), hit.records.end(), IsProven);
  return known ? Proof::kVerified : Proof::kClaimed;
}

}  // namespace

LayerCheck CheckLayers(const ImageView& image) {
  LayerCheck check;
  const size_t count = image.manifest.layers.size();
  if (count != image.config.diff_ids.size()) {
    check.malformed.push_back(
        CountMismatch(count, image.config.diff_ids.size()));
    return check;
  }
  for (size_t i = 0; i < count; ++i) {
    const LayerFacts* facts = FactsFor(image, i);
    if (facts == nullptr) {
      check.unproven.push_back(i);
      continue;
    }
    if (check.unproven.empty()) check.proven_prefix = i + 1;
    if (facts->diff_id == image.config.diff_ids[i]) continue;
    if (check.malformed.size() == kMaxSentences) continue;
    check.malformed.push_back(absl::StrCat(
        "layer ", i + 1, " of ", count, ": its bytes have diff ID ",
        facts->diff_id.ToString(), ", the config says ",
        image.config.diff_ids[i].ToString()));
  }
  return check;
}

Approval ApprovalOf(const ChainHit& hit) {
  Approval approval = Approval::kUnapproved;
  for (const BaseRecord* record : hit.records) {
    if (record->approval == Approval::kDenied) return Approval::kDenied;
    if (hit.proof == Proof::kVerified && !record->proven) continue;
    if (record->approval == Approval::kApproved) approval = Approval::kApproved;
  }
  return approval;
}

ChainMatch MatchChains(absl::Span<const Digest> diff_ids, size_t proven_prefix,
                       const BaseCatalog& catalog) {
  ChainMatch match;
  const std::vector<Digest> chains = ChainIds(diff_ids);
  bool has_content = false;
  for (size_t i = 0; i < chains.size(); ++i) {
    has_content = has_content || !IsEmptyLayer(diff_ids[i]);
    if (!has_content) continue;
    ChainHit hit{i + 1, Proof::kUnknown, catalog.FindByChain(chains[i])};
    if (hit.records.empty()) continue;
    hit.proof = ProofOf(hit, proven_prefix);
    match.hits.push_back(std::move(hit));
  }
  std::reverse(match.hits.begin(), match.hits.end());
  const auto verified = std::find_if(
      match.hits.begin(), match.hits.end(),
      [](const ChainHit& h) { return h.proof == Proof::kVerified; });
  if (verified != match.hits.end()) {
    match.nearest = static_cast<size_t>(verified - match.hits.begin());
  }
  return match;
}

}  // namespace plimsoll

#include "policy/base/claim_fit.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "policy/base/candidates.h"

namespace plimsoll {
namespace {

// The records that a claimed digest names for an image of this platform. Those
// of an index's other platforms say nothing.
std::vector<const BaseRecord*> ClaimedRecords(const BaseClaim& claim,
                                              const Platform& platform,
                                              const BaseCatalog& catalog) {
  if (!claim.digest.has_value()) return {};
  std::vector<const BaseRecord*> records = catalog.FindByDigest(*claim.digest);
  records.erase(std::remove_if(records.begin(), records.end(),
                               [&](const BaseRecord* record) {
                                 return record->index == claim.digest &&
                                        !SamePlatform(record->platform,
                                                      platform);
                               }),
                records.end());
  return records;
}

bool LiesUnder(const BaseRecord& base, const ImageConfig& config) {
  return base.diff_ids.size() <= config.diff_ids.size() &&
         std::equal(base.diff_ids.begin(), base.diff_ids.end(),
                    config.diff_ids.begin());
}

ClaimFit FitRecords(const std::vector<const BaseRecord*>& records,
                    const ImageConfig& config, size_t base_layers) {
  ClaimFit fit = ClaimFit::kContradiction;
  for (const BaseRecord* record : records) {
    if (!LiesUnder(*record, config)) continue;
    const size_t layers = record->diff_ids.size();
    if (layers == base_layers) return ClaimFit::kSame;
    fit = layers < base_layers ? ClaimFit::kFarther : ClaimFit::kNearer;
  }
  return fit;
}

bool NamesOneOf(const BaseClaim& claim, const ChainHit& hit) {
  return std::any_of(hit.records.begin(), hit.records.end(),
                     [&claim](const BaseRecord* r) {
                       return std::any_of(r->names.begin(), r->names.end(),
                                          [&claim](const BaseName& name) {
                                            return ClaimsName(claim, name.name);
                                          });
                     });
}

ClaimFit FitName(const BaseClaim& claim, const ChainMatch& match) {
  if (claim.name == kScratchName) return ClaimFit::kFarther;
  // A digest that a person wrote and that is not known names another base.
  if (claim.shows_pin) return ClaimFit::kNearer;
  if (NamesOneOf(claim, match.base())) return ClaimFit::kSame;
  for (const ChainHit& hit : match.farther()) {
    if (NamesOneOf(claim, hit)) return ClaimFit::kFarther;
  }
  return ClaimFit::kNearer;
}

ClaimFit Fit(const BaseClaim& claim, const ImageConfig& config,
             const ChainMatch& match, const BaseCatalog& catalog) {
  const std::vector<const BaseRecord*> records =
      ClaimedRecords(claim, config.platform, catalog);
  if (records.empty()) return FitName(claim, match);
  return FitRecords(records, config, match.base().layers);
}

// "1.28.2" is before 1.30; what does not parse is not.
bool IsBefore130(absl::string_view version) {
  const std::vector<absl::string_view> parts = absl::StrSplit(version, '.');
  int major = 0;
  int minor = 0;
  return parts.size() >= 2 && absl::SimpleAtoi(parts[0], &major) &&
         absl::SimpleAtoi(parts[1], &minor) && major == 1 && minor < 30;
}

}  // namespace

std::vector<ClaimFit> FitClaims(const std::vector<BaseClaim>& claims,
                                const ImageConfig& config,
                                const ChainMatch& match,
                                const BaseCatalog& catalog) {
  std::vector<ClaimFit> fits;
  fits.reserve(claims.size());
  for (const BaseClaim& claim : claims) {
    fits.push_back(Fit(claim, config, match, catalog));
  }
  // The name beside a digest that fits is the builder's name for the base.
  for (size_t i = 0; i < claims.size(); ++i) {
    if (fits[i] != ClaimFit::kSame || claims[i].name.empty()) continue;
    for (size_t j = 0; j < claims.size(); ++j) {
      const bool alias = claims[j].name == claims[i].name &&
                         fits[j] == ClaimFit::kNearer && !claims[j].shows_pin;
      if (alias) fits[j] = ClaimFit::kSame;
    }
  }
  return fits;
}

void DropIntermediateDigests(const ImageConfig& config,
                             const BaseCatalog& catalog,
                             std::vector<BaseClaim>& claims) {
  const std::string* version = config.Label("io.buildah.version");
  if (version == nullptr || !IsBefore130(*version)) return;
  for (BaseClaim& claim : claims) {
    if (claim.source != kAnnotationClaim || claim.shows_pin) continue;
    if (claim.name.empty() || !claim.digest.has_value()) continue;
    if (catalog.FindByDigest(*claim.digest).empty()) claim.digest.reset();
  }
}

void LookUpClaims(const BaseCatalog& catalog, std::vector<BaseClaim>& claims) {
  const auto is_denied = [](const BaseRecord* record) {
    return record->approval == Approval::kDenied;
  };
  for (BaseClaim& claim : claims) {
    std::vector<const BaseRecord*> records;
    if (claim.digest.has_value()) records = catalog.FindByDigest(*claim.digest);
    if (!records.empty()) {
      claim.denied = std::any_of(records.begin(), records.end(), is_denied);
      for (const BaseRecord* record : records) {
        for (const BaseName& name : record->names) {
          claim.known_as.push_back(name.name);
        }
      }
      continue;
    }
    records = catalog.FindByName(claim.name);
    claim.denied = !records.empty() &&
                   std::all_of(records.begin(), records.end(), is_denied);
  }
}

std::string ClaimedName(const BaseClaim& claim, const BaseCatalog& catalog) {
  if (!claim.name.empty() || !claim.digest.has_value()) return claim.name;
  for (const BaseRecord* record : catalog.FindByDigest(*claim.digest)) {
    if (!record->names.empty()) return record->names.front().name;
  }
  return "";
}

}  // namespace plimsoll

#include "policy/rules/base_denied.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "policy/rules/base_lists.h"
#include "policy/rules/base_state.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// Each returns what is denied, in words; "" for nothing.

std::string DeniedRecord(const BaseDenied& params, const BaseIdentity& base) {
  for (const BaseCandidate& record : base.candidates) {
    for (const BaseName& name : record.names) {
      if (!MatchesImage(params.images, name.name)) continue;
      return absl::StrCat("base ", Quoted(name.name),
                          " is on the list of denied bases");
    }
    if (ListsDigest(params.digests, record)) {
      return absl::StrCat("base ", record.manifest.Short(),
                          " is on the list of denied digests");
    }
  }
  return "";
}

std::string DeniedAncestor(const BaseDenied& params, const BaseIdentity& base) {
  for (const BaseAncestor& ancestor : base.ancestors) {
    const bool denied = ancestor.approval == Approval::kDenied ||
                        MatchesImage(params.images, ancestor.name) ||
                        ListsDigest(params.digests, ancestor.manifest);
    if (!denied) continue;
    return absl::StrCat(BaseText(base), " stands on ", Quoted(ancestor.name),
                        ", which is denied");
  }
  return "";
}

bool IsDeniedClaim(const BaseDenied& params, const BaseClaim& claim) {
  return claim.denied || MatchesImage(params.images, claim.name) ||
         (claim.digest && ListsDigest(params.digests, *claim.digest));
}

std::string DeniedClaim(const BaseDenied& params, const BaseIdentity& base) {
  std::vector<BaseClaim> claims = base.claims;
  if (base.nearer_claim) claims.push_back(*base.nearer_claim);
  for (const BaseClaim& claim : claims) {
    if (!IsDeniedClaim(params, claim)) continue;
    const std::string what = claim.name.empty() && claim.digest
                                 ? claim.digest->Short()
                                 : Quoted(claim.name);
    return absl::StrCat("the image claims the base ", what, " (", claim.source,
                        "), which is denied");
  }
  return "";
}

std::string DeniedBase(const BaseDenied& params, const BaseIdentity& base) {
  if (std::string text = DeniedRecord(params, base); !text.empty()) return text;
  if (base.denied) {
    return absl::StrCat(BaseText(base), " is denied in the catalog");
  }
  // The name shown where no record matched, and `scratch`.
  const std::string name =
      base.result == BaseResult::kScratch ? "scratch" : base.name;
  if (MatchesImage(params.images, name)) {
    return absl::StrCat("base ", Quoted(name),
                        " is on the list of denied bases");
  }
  if (base.digest && ListsDigest(params.digests, *base.digest)) {
    return absl::StrCat(BaseText(base), " is on the list of denied digests");
  }
  if (std::string text = DeniedAncestor(params, base); !text.empty()) {
    return text;
  }
  return DeniedClaim(params, base);
}

}  // namespace

BaseDenied BaseDenied::Parse(YamlFields& with) {
  BaseDenied params;
  params.images = ImageGlobs(with, "images");
  params.digests = Digests(with, "digests");
  return params;
}

CheckOutput Check(const BaseDenied& params, const CheckInput& input) {
  const BaseIdentity& base = input.image->base;
  const std::string denied = DeniedBase(params, base);
  if (!denied.empty()) {
    return FailForEver(denied, "build FROM an approved base");
  }
  if (BaseStateOf(input) == BaseState::kUninspected) return Uninspected(input);
  return Pass("the base is on no list of denied bases");
}

}  // namespace plimsoll

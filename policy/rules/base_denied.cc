#include "policy/rules/base_denied.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/rules/base_lists.h"
#include "policy/rules/base_state.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

// By which of its names or digests the record is on the lists, for people; ""
// where it is on none.
std::string Listed(const BaseDenied& params, const BaseCandidate& record) {
  for (const BaseName& name : record.names) {
    if (MatchesImage(params.images, name.name)) return Quoted(name.name);
  }
  return ListsDigest(params.digests, record) ? record.manifest.Short() : "";
}

// Each returns what is denied, in words; "" for nothing.

std::string DeniedRecord(const BaseDenied& params, const BaseIdentity& base) {
  for (const BaseCandidate& record : base.candidates) {
    const std::string listed = Listed(params, record);
    if (listed.empty()) continue;
    return absl::StrCat("base ", listed, " is on the list of denied ",
                        listed[0] == '`' ? "bases" : "digests");
  }
  return "";
}

std::string DeniedNearer(const BaseDenied& params, const BaseIdentity& base) {
  for (const BaseCandidate& record : base.nearer) {
    const std::string listed = Listed(params, record);
    if (!listed.empty()) return NearerDeniedText(listed);
  }
  return "";
}

std::string DeniedAncestor(const BaseDenied& params, const BaseIdentity& base) {
  for (const BaseAncestor& ancestor : base.ancestors) {
    std::string what;
    if (ancestor.approval == Approval::kDenied) {
      what = ancestor.name.empty() ? ancestor.manifest.Short()
                                   : Quoted(ancestor.name);
    }
    for (const BaseCandidate& record : ancestor.candidates) {
      if (what.empty()) what = Listed(params, record);
    }
    if (what.empty()) continue;
    return absl::StrCat(BaseText(base), " stands on ", what,
                        ", which is denied");
  }
  return "";
}

bool IsDeniedClaim(const BaseDenied& params, const BaseClaim& claim) {
  const auto is_listed = [&params](const std::string& name) {
    return MatchesImage(params.images, name);
  };
  return claim.denied || is_listed(claim.name) ||
         std::any_of(claim.known_as.begin(), claim.known_as.end(), is_listed) ||
         (claim.digest && ListsDigest(params.digests, *claim.digest));
}

std::string DeniedClaim(const BaseDenied& params, const BaseIdentity& base) {
  for (const BaseClaim& claim : base.claims) {
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
  if (base.denied) return DeniedText(base);
  if (std::string text = DeniedNearer(params, base); !text.empty()) return text;
  const bool denies_scratch = base.result == BaseResult::kScratch &&
                              MatchesImage(params.images, kScratchName);
  if (denies_scratch) return "base `scratch` is on the list of denied bases";
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

#include "policy/rules/base_approved.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/rules/base_lists.h"
#include "policy/rules/base_state.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

bool UnderPlaces(const BaseApproved& params, absl::string_view name) {
  return MatchesImage(params.source_images, name) ||
         MatchesImage(params.images, name);
}

// Whether the record may be built upon under these parameters. Only a record
// whose layers were hashed here speaks for the bytes.
bool IsApproved(const BaseApproved& params, const BaseCandidate& record) {
  if (!record.proven) return false;
  if (ListsDigest(params.digests, record)) return true;
  if (record.approval != Approval::kApproved) return false;
  if (params.sources.empty() && params.images.empty()) return true;
  return std::any_of(record.names.begin(), record.names.end(),
                     [&params](const BaseName& name) {
                       return UnderPlaces(params, name.name);
                     });
}

std::string PlacesText(const BaseApproved& params) {
  if (params.sources.empty()) return "none of its names is allowed by the rule";
  return absl::StrCat("none of its names is in the sources ",
                      ListShort(params.sources, 5));
}

CheckOutput Unapproved(const BaseApproved& params, const CheckInput& input) {
  const BaseIdentity& base = input.image->base;
  if (base.denied) {
    return Fail(DeniedText(base), "build FROM an approved base");
  }
  if (base.approved) {
    return Fail(
        absl::StrCat(BaseText(base), " is approved, but ", PlacesText(params)),
        "build FROM a base of these sources");
  }
  const std::string name = TypeableName(base);
  return Fail(
      absl::StrCat(BaseText(base), " is catalogued, but not approved"),
      absl::StrCat("build FROM an approved base, or approve this one: plimsoll "
                   "catalog add --approve ",
                   name.empty() ? "NAME" : name, " IMAGE"));
}

CheckOutput ScratchOutput(const BaseApproved& params) {
  if (UnderPlaces(params, "scratch")) return Pass("`scratch` is a source");
  return Fail("the image stands on no base, and `scratch` is not a source",
              "build FROM an approved base, or add `scratch` to the images of "
              "a source");
}

}  // namespace

BaseApproved BaseApproved::Parse(YamlFields& with) {
  BaseApproved params;
  params.sources = with.Texts("sources");
  params.images = ImageGlobs(with, "images");
  params.digests = Digests(with, "digests");
  return params;
}

CheckOutput Check(const BaseApproved& params, const CheckInput& input) {
  const BaseIdentity& base = input.image->base;
  switch (BaseStateOf(input)) {
    case BaseState::kUninspected:
      return Uninspected(input);
    case BaseState::kScratch:
      return ScratchOutput(params);
    case BaseState::kBelow:
      return Fail(absl::StrCat(UnprovenText(input),
                               "; expected a verified, approved base"),
                  UnprovenHint(input));
    case BaseState::kContradiction:
      return Fail(ContradictionText(base), std::string(kContradictionHint));
    case BaseState::kVerified:
      break;
  }
  const bool approved =
      !base.denied &&
      std::any_of(base.candidates.begin(), base.candidates.end(),
                  [&params](const BaseCandidate& record) {
                    return IsApproved(params, record);
                  });
  if (!approved) return Unapproved(params, input);
  return Pass(absl::StrCat(BaseText(base), " is approved"));
}

}  // namespace plimsoll

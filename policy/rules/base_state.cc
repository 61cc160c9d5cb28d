#include "policy/rules/base_state.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "policy/oci/reference.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

const Gap* FindGap(const ImageEvidence& image, Gap::Kind kind) {
  const Gap* found = nullptr;
  for (const Gap& gap : image.gaps) {
    if (gap.kind != kind) continue;
    if (gap.pending) return &gap;
    if (found == nullptr) found = &gap;
  }
  return found;
}

// What the proof rests on, for people.
absl::string_view Ground(Proof proof) {
  switch (proof) {
    case Proof::kUnknown:
      return "no catalogued base has the bottom layers of this image";
    case Proof::kInferred:
      return "guessed from its history";
    case Proof::kClaimed:
      return "by what the image says of itself";
    case Proof::kAttested:
      return "by its builder's word";
    case Proof::kVerified:
      return "";
  }
  return "";
}

}  // namespace

BaseState BaseStateOf(const CheckInput& input) {
  const BaseIdentity& base = input.image->base;
  if (!base.unproven_layers.empty()) return BaseState::kUninspected;
  switch (base.result) {
    case BaseResult::kContradiction:
      return BaseState::kContradiction;
    case BaseResult::kScratch:
      return BaseState::kScratch;
    case BaseResult::kOverridden:
    case BaseResult::kMalformed:
      return BaseState::kBelow;
    case BaseResult::kOrdinary:
    case BaseResult::kIsBase:
      break;
  }
  return base.proof == Proof::kVerified ? BaseState::kVerified
                                        : BaseState::kBelow;
}

std::string BaseText(const BaseIdentity& base) {
  if (base.result == BaseResult::kScratch) return "base `scratch`";
  if (!base.name.empty()) return absl::StrCat("base ", Quoted(base.name));
  if (base.digest) return absl::StrCat("base ", base.digest->Short());
  return "the base";
}

std::string TypeableName(const BaseIdentity& base) {
  const StatusOr<Reference> reference = Reference::Parse(base.name);
  const bool is_name = reference.ok() && reference->ToString() == base.name;
  return is_name ? base.name : "";
}

std::string UnprovenText(const CheckInput& input) {
  const BaseIdentity& base = input.image->base;
  if (input.evidence.catalog_empty) {
    return "the catalog of bases is empty, so no base can be verified: run "
           "plimsoll catalog add --approve NAME IMAGE";
  }
  if (base.result == BaseResult::kOverridden) {
    return absl::StrCat("layers above ", BaseText(base),
                        " remove what it put there");
  }
  if (base.proof == Proof::kUnknown) {
    return absl::StrCat("the base is unknown: ", Ground(base.proof));
  }
  return absl::StrCat(BaseText(base), " is only ", ProofName(base.proof), ", ",
                      Ground(base.proof));
}

std::string UnprovenHint(const CheckInput& input) {
  const BaseIdentity& base = input.image->base;
  if (input.evidence.catalog_empty) return "";
  const std::string name = TypeableName(base);
  return absl::StrCat(
      "build FROM a catalogued base without squashing, or catalog this one: "
      "plimsoll catalog add --approve ",
      name.empty() ? "NAME" : name, " IMAGE");
}

std::string DeniedText(const BaseIdentity& base) {
  const auto is_denied = [](const BaseCandidate& record) {
    return record.approval == Approval::kDenied;
  };
  const auto nearer =
      std::find_if(base.nearer.begin(), base.nearer.end(), is_denied);
  if (nearer != base.nearer.end() &&
      std::none_of(base.candidates.begin(), base.candidates.end(), is_denied)) {
    return NearerDeniedText(nearer->names.empty()
                                ? nearer->manifest.Short()
                                : Quoted(nearer->names[0].name));
  }
  return absl::StrCat(BaseText(base), " is denied in the catalog");
}

std::string NearerDeniedText(absl::string_view what) {
  return absl::StrCat("by its diff IDs the image stands on the nearer base ",
                      what, ", which is denied");
}

std::string ContradictionText(const BaseIdentity& base) {
  const std::string what =
      base.contradictions.empty()
          ? "what it says of its base and its layers differ"
          : base.contradictions[0];
  return absl::StrCat("the image contradicts itself: ", what);
}

CheckOutput Uninspected(const CheckInput& input, absl::string_view so) {
  const ImageEvidence& image = *input.image;
  const Gap* gap = FindGap(image, Gap::Kind::kLayer);
  if (gap == nullptr) gap = FindGap(image, Gap::Kind::kBlob);
  CheckOutput output =
      Missing(absl::StrCat(image.base.unproven_layers.size(), " of ",
                           Counted(image.manifest.layers.size(), "layer"),
                           " not inspected, so ", so),
              "push again");
  if (gap == nullptr) return output;
  output.pending = gap->pending;
  if (!gap->message.empty()) output.message = OneLine(gap->message);
  if (!gap->pending) {
    output.hint =
        gap->kind == Gap::Kind::kBlob
            ? "push the image again with all of its layers"
            : "see the gateway's log for why the layer cannot be read";
  }
  return output;
}

std::optional<CheckOutput> UnlessVerified(const CheckInput& input) {
  switch (BaseStateOf(input)) {
    case BaseState::kVerified:
      return std::nullopt;
    case BaseState::kScratch:
      return Skip("the image stands on no base");
    case BaseState::kBelow:
      return Missing(UnprovenText(input), UnprovenHint(input));
    case BaseState::kContradiction:
      return Missing(ContradictionText(input.image->base),
                     std::string(kContradictionHint));
    case BaseState::kUninspected:
      return Uninspected(input);
  }
  return Uninspected(input);
}

}  // namespace plimsoll

#include "policy/rules/base_identified.h"

#include "absl/strings/str_cat.h"
#include "policy/rules/base_state.h"

namespace plimsoll {

BaseIdentified BaseIdentified::Parse(YamlFields& with) {
  BaseIdentified params;
  const auto proof =
      with.Choice<Proof>("minProof", {{"verified", Proof::kVerified},
                                      {"attested", Proof::kAttested},
                                      {"claimed", Proof::kClaimed},
                                      {"inferred", Proof::kInferred}});
  if (proof) params.min_proof = *proof;
  return params;
}

CheckOutput Check(const BaseIdentified& params, const CheckInput& input) {
  const BaseIdentity& base = input.image->base;
  const BaseState state = BaseStateOf(input);
  if (state == BaseState::kUninspected) return Uninspected(input);
  if (state == BaseState::kScratch) return Pass("the base is `scratch`");
  if (state == BaseState::kContradiction) {
    return Fail(ContradictionText(base), std::string(kContradictionHint));
  }
  const bool is_overridden = base.result == BaseResult::kOverridden;
  if (is_overridden || base.proof < params.min_proof) {
    return Fail(absl::StrCat(UnprovenText(input), "; expected a base that is ",
                             ProofName(params.min_proof)),
                UnprovenHint(input));
  }
  return Pass(absl::StrCat(BaseText(base), " is ", ProofName(base.proof)));
}

}  // namespace plimsoll

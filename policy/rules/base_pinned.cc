#include "policy/rules/base_pinned.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/rules/base_state.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

std::string PinHint(const BaseIdentity& base) {
  if (base.suggested.empty()) return "write FROM NAME@sha256:DIGEST";
  return absl::StrCat("write FROM ", OneLine(base.suggested));
}

CheckOutput CheckVerified(const BaseIdentity& base) {
  if (base.approved && !base.denied) {
    return Pass(absl::StrCat(BaseText(base),
                             " is verified to an approved digest; the pin in "
                             "the source is not shown"));
  }
  return Fail(
      absl::StrCat(BaseText(base), " is not one of the approved digests"),
      "build FROM an approved base by its digest");
}

CheckOutput CheckSource(const BaseIdentity& base) {
  const Pinned& pinned = base.pinned;
  switch (pinned.value) {
    case PinnedValue::kYes:
      return Pass(absl::StrCat("FROM is by digest, ", ProofName(pinned.proof),
                               " by ", OneLine(pinned.source)));
    case PinnedValue::kNo:
      return Fail(
          absl::StrCat("FROM is not by digest, ", ProofName(pinned.proof),
                       " by ", OneLine(pinned.source)),
          PinHint(base));
    case PinnedValue::kUnknown:
      break;
  }
  return Fail(
      "nothing in the image shows FROM by digest",
      absl::StrCat(PinHint(base),
                   ", with a builder that records it (buildah, podman)"));
}

}  // namespace

BasePinned BasePinned::Parse(YamlFields& with) {
  BasePinned params;
  const auto accept = with.Choice<Accept>(
      "accept", {{"verified", Accept::kVerified}, {"source", Accept::kSource}});
  if (accept) params.accept = *accept;
  return params;
}

CheckOutput Check(const BasePinned& params, const CheckInput& input) {
  if (std::optional<CheckOutput> other = UnlessVerified(input)) return *other;
  const BaseIdentity& base = input.image->base;
  return params.accept == BasePinned::Accept::kVerified ? CheckVerified(base)
                                                        : CheckSource(base);
}

}  // namespace plimsoll

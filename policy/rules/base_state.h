// What the base.* checks and the scan of the base share: which row of the
// design's matrix an image stands in, and words for it. Pure.
#ifndef PLIMSOLL_POLICY_RULES_BASE_STATE_H_
#define PLIMSOLL_POLICY_RULES_BASE_STATE_H_

#include <optional>
#include <string>

#include "policy/rules/check.h"

namespace plimsoll {

enum class BaseState {
  kVerified,       // or is a base itself
  kScratch,        // stands on nothing
  kBelow,          // the base is not proven
  kContradiction,  // what is written and what is there differ
  kUninspected,    // layers whose bytes were not hashed here
};
// REQUIRES: input.image is set.
BaseState BaseStateOf(const CheckInput& input);

// "base `docker.io/library/debian:12`", "base sha256:0123456789ab" where it has
// no name, "the base" where nothing is known of it.
std::string BaseText(const BaseIdentity& base);
// The base's name where it can stand in a command that people paste: a
// normalised reference. "" where it is any other text, as a claim may be.
std::string TypeableName(const BaseIdentity& base);
// How far short the base falls of being verified: "base `x` is only claimed, by
// what the image says of itself". Names the command where the catalog is empty.
std::string UnprovenText(const CheckInput& input);
std::string UnprovenHint(const CheckInput& input);
// What of the base the catalog denies: its own bytes, or those of a nearer
// base that is not proven. REQUIRES: base.denied.
std::string DeniedText(const BaseIdentity& base);
// The same of a nearer base, named by `what`.
std::string NearerDeniedText(absl::string_view what);
std::string ContradictionText(const BaseIdentity& base);
inline constexpr absl::string_view kContradictionHint =
    "rebuild the image so that its labels, annotations and layers name one "
    "base";

// The error of layers that were not inspected, pending where they are being.
// `so` is what is not known for that.
CheckOutput Uninspected(const CheckInput& input,
                        absl::string_view so = "the base is not proven");

// For checks that judge a verified base alone: the answer in every other
// state (the matrix: skip, error, error); nullopt where the base is verified.
std::optional<CheckOutput> UnlessVerified(const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_BASE_STATE_H_

// The words for what identify.h enumerates, as policies and decisions write
// them.
#include <array>

#include "policy/base/identify.h"

namespace plimsoll {
namespace {

constexpr std::array<absl::string_view, 5> kProofNames = {
    "unknown", "inferred", "claimed", "attested", "verified"};
constexpr std::array<absl::string_view, 3> kViaNames = {"", "layers",
                                                        "content"};
constexpr std::array<absl::string_view, 6> kResultNames = {
    "ordinary",   "is-base",       "scratch",
    "overridden", "contradiction", "malformed"};
constexpr std::array<absl::string_view, 3> kPinnedNames = {"unknown", "no",
                                                           "yes"};

}  // namespace

absl::string_view ProofName(Proof proof) {
  return kProofNames[static_cast<size_t>(proof)];
}

absl::string_view ViaName(Via via) {
  return kViaNames[static_cast<size_t>(via)];
}

absl::string_view BaseResultName(BaseResult result) {
  return kResultNames[static_cast<size_t>(result)];
}

absl::string_view PinnedValueName(PinnedValue value) {
  return kPinnedNames[static_cast<size_t>(value)];
}

}  // namespace plimsoll

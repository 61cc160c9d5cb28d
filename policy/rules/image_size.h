// image.size: bounds on the layers as stored (compressed, mostly). A layer
// counts with the larger of its stated and its seen size; what is stated of a
// layer that was not seen passes nothing.
#ifndef PLIMSOLL_POLICY_RULES_IMAGE_SIZE_H_
#define PLIMSOLL_POLICY_RULES_IMAGE_SIZE_H_

#include <cstdint>
#include <optional>

#include "policy/language/fields.h"
#include "policy/rules/check.h"

namespace plimsoll {

struct ImageSize {
  static constexpr CheckTraits kTraits{"image.size", "low"};
  std::optional<int64_t> max_compressed;  // bytes of all layers
  std::optional<int64_t> max_layer;       // bytes of the largest one
  std::optional<int64_t> max_layers;

  static ImageSize Parse(YamlFields& with);
};
CheckOutput Check(const ImageSize& params, const CheckInput& input);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_IMAGE_SIZE_H_

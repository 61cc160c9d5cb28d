#include "policy/rules/image_size.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "policy/language/units.h"
#include "policy/oci/manifest.h"
#include "policy/rules/base_state.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

struct Sizes {
  int64_t all = 0;
  int64_t largest = 0;
  size_t layers = 0;
};

Sizes SizesOf(const ImageEvidence& image) {
  Sizes sizes;
  sizes.layers = image.manifest.layers.size();
  for (size_t i = 0; i < sizes.layers; ++i) {
    int64_t size = std::max<int64_t>(image.manifest.layers[i].size, 0);
    if (i < image.facts.size() && image.facts[i]) {
      size = std::max(size, image.facts[i]->size);
    }
    sizes.largest = std::max(sizes.largest, size);
    const int64_t room = std::numeric_limits<int64_t>::max() - sizes.all;
    sizes.all += std::min(size, room);
  }
  return sizes;
}

CheckOutput TooLarge(absl::string_view what, int64_t found, int64_t max) {
  std::string found_text = FormatSize(found);
  std::string max_text = FormatSize(max);
  if (found_text == max_text) {
    found_text = absl::StrCat(found, " B");
    max_text = absl::StrCat(max, " B");
  }
  return FailForEver(
      absl::StrCat(what, " ", found_text, " compressed, at most ", max_text,
                   " allowed"),
      "leave build tools and caches out: use several stages or "
      "a smaller base");
}

}  // namespace

ImageSize ImageSize::Parse(YamlFields& with) {
  ImageSize params;
  params.max_compressed = with.Size("maxCompressed");
  params.max_layer = with.Size("maxLayer");
  params.max_layers =
      with.Integer("maxLayers", {1, static_cast<int64_t>(kMaxLayers)});
  if (!with.Has("maxCompressed") && !with.Has("maxLayer") &&
      !with.Has("maxLayers")) {
    with.Complain(with.place(),
                  "`maxCompressed`, `maxLayer` or `maxLayers` must be given");
  }
  return params;
}

CheckOutput Check(const ImageSize& params, const CheckInput& input) {
  const Sizes sizes = SizesOf(*input.image);
  if (params.max_compressed && sizes.all > *params.max_compressed) {
    return TooLarge("the image has", sizes.all, *params.max_compressed);
  }
  if (params.max_layer && sizes.largest > *params.max_layer) {
    return TooLarge("a layer has", sizes.largest, *params.max_layer);
  }
  if (params.max_layers &&
      static_cast<int64_t>(sizes.layers) > *params.max_layers) {
    return FailForEver(
        absl::StrCat("the image has ", Counted(sizes.layers, "layer"),
                     ", at most ", *params.max_layers, " allowed"),
        "join RUN and COPY steps");
  }
  const bool bounds_bytes = params.max_compressed || params.max_layer;
  if (bounds_bytes && !input.image->base.unproven_layers.empty()) {
    return Uninspected(input, "the size is not known");
  }
  return Pass(absl::StrCat(FormatSize(sizes.all), " in ",
                           Counted(sizes.layers, "layer")));
}

}  // namespace plimsoll

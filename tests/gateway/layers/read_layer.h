// Reads a whole layer in pieces of a given size.
#ifndef PLIMSOLL_TESTS_GATEWAY_LAYERS_READ_LAYER_H_
#define PLIMSOLL_TESTS_GATEWAY_LAYERS_READ_LAYER_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "gateway/layers/inflate.h"

namespace plimsoll {

inline StatusOr<LayerFacts> ReadLayer(
    absl::string_view bytes, size_t piece = 64 << 10,
    const InflateLimits& limits = {},
    Digest::Algorithm algorithm = Digest::Algorithm::kSha256) {
  auto reader = LayerReader::New(limits, algorithm);
  for (size_t at = 0; at < bytes.size(); at += piece) {
    RETURN_IF_ERROR(reader->Update(bytes.substr(at, piece)));
  }
  return reader->Finish();
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_LAYERS_READ_LAYER_H_

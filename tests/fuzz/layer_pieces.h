// Reads a layer whole and in pieces, for the fuzz targets of the layer readers:
// where the pieces are cut must not matter, and limits must hold.
#ifndef PLIMSOLL_TESTS_FUZZ_LAYER_PIECES_H_
#define PLIMSOLL_TESTS_FUZZ_LAYER_PIECES_H_

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"
#include "gateway/layers/inflate.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {

// Small enough that a bomb is seen within one run.
inline InflateLimits FuzzLimits() {
  InflateLimits limits;
  limits.max_inflated_bytes = 4 << 20;
  limits.zstd_window_log = 20;
  return limits;
}

inline StatusOr<LayerFacts> ReadInPieces(absl::string_view bytes,
                                         size_t piece) {
  std::unique_ptr<LayerReader> reader = LayerReader::New(FuzzLimits());
  Status first;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    Status status = reader->Update(bytes.substr(at, piece));
    if (first.ok()) first = status;
    FUZZ_CHECK(status == first);
  }
  StatusOr<LayerFacts> facts = reader->Finish();
  FUZZ_CHECK(first.ok() || facts.status() == first);
  FUZZ_CHECK(reader->stored_size() == static_cast<int64_t>(bytes.size()));
  return facts;
}

// The facts of a layer, the same whole and in pieces.
inline StatusOr<LayerFacts> ReadBothWays(absl::string_view bytes,
                                         size_t piece) {
  StatusOr<LayerFacts> whole = ReadInPieces(bytes, bytes.size() + 1);
  StatusOr<LayerFacts> pieces = ReadInPieces(bytes, piece);
  FUZZ_CHECK(whole.ok() == pieces.ok());
  if (!whole.ok()) return whole;
  FUZZ_CHECK(*whole == *pieces);
  FUZZ_CHECK(whole->layer == Digest::Sha256(bytes));
  FUZZ_CHECK(whole->inflated_size >= 512);
  FUZZ_CHECK(whole->inflated_size <= FuzzLimits().max_inflated_bytes);
  return whole;
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_FUZZ_LAYER_PIECES_H_

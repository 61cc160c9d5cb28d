// Any bytes as a layer, read as zstd where they start so: the first byte sizes
// the pieces. What is accepted must inflate as libzstd inflates it at once.
#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/layer_pieces.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes = plimsoll::FuzzText(data + 1, size - 1);
  auto facts = plimsoll::ReadBothWays(bytes, 1 + data[0]);
  if (!facts.ok() || facts->compression != plimsoll::Compression::kZstd) {
    return 0;
  }
  std::string output(static_cast<size_t>(facts->inflated_size), '\0');
  const size_t inflated =
      ZSTD_decompress(output.data(), output.size(), bytes.data(), bytes.size());
  FUZZ_CHECK(inflated == output.size());
  FUZZ_CHECK(facts->diff_id == plimsoll::Digest::Sha256(output));
  return 0;
}

// Any bytes as a layer, read as gzip where they start so: the first byte sizes
// the pieces. What is accepted must inflate as zlib inflates it.
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/layer_pieces.h"

namespace plimsoll {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: with gzip's header and trailer

// The members of `bytes` inflated by zlib, which must accept them all.
std::string Gunzip(absl::string_view bytes) {
  z_stream stream = {};
  FUZZ_CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK);
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string output;
  std::string piece(64 << 10, '\0');
  while (stream.avail_in > 0) {
    FUZZ_CHECK(inflateReset(&stream) == Z_OK);
    for (int code = Z_OK; code != Z_STREAM_END;) {
      stream.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream.avail_out = static_cast<uInt>(piece.size());
      code = inflate(&stream, Z_NO_FLUSH);
      FUZZ_CHECK(code == Z_OK || code == Z_STREAM_END);
      output.append(piece, 0, piece.size() - stream.avail_out);
    }
  }
  inflateEnd(&stream);
  return output;
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view bytes = plimsoll::FuzzText(data + 1, size - 1);
  auto facts = plimsoll::ReadBothWays(bytes, 1 + data[0]);
  if (!facts.ok() || facts->compression != plimsoll::Compression::kGzip) {
    return 0;
  }
  FUZZ_CHECK(facts->diff_id ==
             plimsoll::Digest::Sha256(plimsoll::Gunzip(bytes)));
  return 0;
}

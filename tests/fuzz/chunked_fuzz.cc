// Any bytes as a chunked body. Where the pieces are cut must not matter, and
// what was decoded must survive being chunked again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/chunked.h"
#include "tests/fuzz/fuzzing.h"

namespace plimsoll {
namespace {

struct Decoded {
  bool ok = true;
  bool done = false;
  std::string data;
  size_t consumed = 0;
  bool operator==(const Decoded&) const = default;
};

Decoded Decode(absl::string_view in, size_t piece) {
  ChunkDecoder decoder;
  Decoded out;
  while (!in.empty() && !decoder.done()) {
    HttpOr<ChunkDecoder::Step> step = decoder.Next(in.substr(0, piece));
    if (!step.ok()) {
      out.ok = false;
      return out;
    }
    FUZZ_CHECK(step->consumed > 0 && step->data.size() <= step->consumed);
    absl::StrAppend(&out.data, step->data);
    out.consumed += step->consumed;
    in.remove_prefix(step->consumed);
  }
  out.done = decoder.done();
  FUZZ_CHECK(decoder.total() == out.data.size());
  return out;
}

std::string Encode(const std::string& data) {
  if (data.empty()) return std::string(kLastChunk);
  return absl::StrCat(EncodeChunkHeader(data.size()), data, kChunkEnd,
                      kLastChunk);
}

}  // namespace
}  // namespace plimsoll

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using plimsoll::Decode;
  const absl::string_view bytes = plimsoll::FuzzText(data, size);
  plimsoll::Decoded whole = Decode(bytes, std::max<size_t>(size, 1));
  plimsoll::Decoded single = Decode(bytes, 1);
  FUZZ_CHECK(whole.ok == single.ok);
  if (!whole.ok) return 0;
  FUZZ_CHECK(whole == single);
  if (!whole.done) return 0;
  std::string again = plimsoll::Encode(whole.data);
  plimsoll::Decoded decoded = Decode(again, again.size());
  FUZZ_CHECK(decoded.done && decoded.data == whole.data &&
             decoded.consumed == again.size());
  return 0;
}

// The chunked coding, both ways. Strict: hex digits and CRLF only, no
// extensions; trailers are read within bounds and dropped.
#ifndef PLIMSOLL_GATEWAY_HTTP_CHUNKED_H_
#define PLIMSOLL_GATEWAY_HTTP_CHUNKED_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/http_error.h"

namespace plimsoll {

// Decodes without copying. Feed it what was received, in any pieces:
//   while (!in.empty() && !decoder.done()) {
//     auto step = decoder.Next(in);
//     if (!step.ok()) ...;       // 400; the connection is lost
//     Use(step->data);           // points into `in`, may be empty
//     in.remove_prefix(step->consumed);
//   }
// Bytes that are left when done() belong to the next message.
class ChunkDecoder {
 public:
  struct Step {
    size_t consumed = 0;  // of `in`; 0 only where `in` is empty or done()
    absl::string_view data;
  };
  // Goes as far as the end of the first span of data, of `in`, or of the body.
  HttpOr<Step> Next(absl::string_view in);
  // The last chunk and its trailers have been read.
  bool done() const { return state_ == State::kDone; }
  // Bytes of data so far.
  uint64_t total() const { return total_; }

 private:
  enum class State {
    kSize,     // hex digits
    kSizeLf,   // after the CR of a size line
    kData,     // within a chunk
    kDataCr,   // after a chunk's data
    kDataLf,   //
    kTrailer,  // in a trailer line, or at the start of the last line
    kTrailerLf,
    kDone,
    kFailed,
  };
  // Takes one byte outside data; false where it is refused.
  bool Take(char c);
  bool TakeSize(char c);
  bool EndSize();
  bool TakeTrailer(char c);
  bool EndTrailer();

  State state_ = State::kSize;
  uint64_t remaining_ = 0;  // of the chunk; while reading a size, its value
  uint64_t total_ = 0;
  int digits_ = 0;
  size_t trailer_bytes_ = 0;
  std::string trailer_;  // the line under way
};

// "1f\r\n". REQUIRES: size > 0. The data and kChunkEnd follow.
std::string EncodeChunkHeader(uint64_t size);
inline constexpr absl::string_view kChunkEnd = "\r\n";
inline constexpr absl::string_view kLastChunk = "0\r\n\r\n";

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_CHUNKED_H_

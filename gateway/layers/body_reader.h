// BodyReader: inflates one body of a known compression, piece by piece. Not for
// concurrent use. InvalidArgument where the body is malformed (truncation shows
// in Finish), the sink's status where the sink refuses; after an error it must
// not be used again.
#ifndef PLIMSOLL_GATEWAY_LAYERS_BODY_READER_H_
#define PLIMSOLL_GATEWAY_LAYERS_BODY_READER_H_

#include <cstddef>
#include <functional>
#include <memory>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

// The most that a reader inflates before it asks its sink.
inline constexpr size_t kInflatedPieceBytes = 256 << 10;

// Takes inflated bytes in order. A status other than OK ends the body.
using InflatedSink = std::function<Status(absl::string_view bytes)>;

class BodyReader {
 public:
  virtual ~BodyReader() = default;
  virtual Status Update(absl::string_view bytes) = 0;
  virtual Status Finish() = 0;
};

// RFC 1952: one or more members and nothing after them.
std::unique_ptr<BodyReader> NewGzipReader(InflatedSink sink);
// RFC 8878: a data frame, then data frames and skippable frames. Windows over
// 2^window_log bytes are ResourceExhausted; no dictionaries, no legacy formats.
std::unique_ptr<BodyReader> NewZstdReader(int window_log, InflatedSink sink);
// Bytes that are not compressed.
std::unique_ptr<BodyReader> NewPlainReader(InflatedSink sink);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_BODY_READER_H_

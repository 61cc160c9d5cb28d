// Moves a body from one message to another, block by block: what was read is
// written before more is read, which is all the backpressure there is. The
// framing stays as it came; a chunked body is written in chunks of our own.
//
// A body that nobody looks at goes through a pipe of the kernel's where both
// sides are plain sockets (splice(2)), and takes none of our memory. All others
// pass through the reader's buffer, of 512 KiB, or of 2 MiB for some that are
// fast.
#ifndef PLIMSOLL_GATEWAY_HTTP_RELAY_H_
#define PLIMSOLL_GATEWAY_HTTP_RELAY_H_

#include <chrono>
#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "gateway/http/fast_rooms.h"
#include "gateway/http/framing.h"
#include "gateway/http/message.h"
#include "gateway/http/stream.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// Sees a body's bytes as they pass, before they go on. It may wait, which slows
// the body; it cannot stop it. False where it wants to see no more.
using BodyTap = std::function<Task<bool>(absl::string_view bytes)>;

struct RelayOptions {
  // Shorter bodies are not worth a pipe.
  static constexpr uint64_t kSpliceFrom = 64 << 10;
  static constexpr size_t kPipeBytes = 512 << 10;
  // What fs.pipe-max-size lets anyone have by default.
  static constexpr size_t kFastPipeBytes = 1 << 20;

  Framing framing;
  std::chrono::seconds idle{900};  // longest wait for a byte on either side
  BodyTap tap;                     // null for none
  // Where it may have the larger pipe, and room where there is any; or null.
  FastRooms* fast_rooms = nullptr;
  // "in" from a client or "out" to one, as bytes are counted; "" for not.
  absl::string_view direction;
};

// Which side ended the relay; both OK where the body is through.
struct RelayEnd {
  Status read;
  Status write;
  uint64_t bytes = 0;  // of the body, that were written
  bool ok() const { return read.ok() && write.ok(); }
};

// `from` belongs to `source`, whose deadline it renews as it reads.
Task<RelayEnd> RelayBody(Stream& source, MessageReader& from, Stream& to,
                         const RelayOptions& options);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_RELAY_H_

// Reads HTTP/1.1 messages from a stream: a head, then its body in blocks. Reads
// ahead into one buffer that is small for heads and large for bodies; the large
// one is given back where the next head is waited for, and by Rest(), so that
// an idle connection costs little. One object per connection; borrows the
// stream; deadlines are the caller's, set on the stream.
#ifndef PLIMSOLL_GATEWAY_HTTP_MESSAGE_H_
#define PLIMSOLL_GATEWAY_HTTP_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/http/chunked.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"
#include "gateway/http/stream.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class MessageReader {
 public:
  // Bytes held for one connection while a body moves, where no more room is
  // asked for.
  static constexpr size_t kBodyBufferBytes = 512 << 10;
  static constexpr size_t kHeadBufferBytes = 8 << 10;
  // Enough where the bytes are copied into something else, or dropped.
  static constexpr size_t kCopiedBufferBytes = 32 << 10;

  explicit MessageReader(Stream& stream) : stream_(stream) {}

  // The bytes of the next head. Error status 0: the peer ended the connection,
  // there is nobody to answer; 408: it took too long. empty() tells whether a
  // part of it had come. `begun`, if any, is called once if that is so and more
  // has to be waited for; it outlives the call.
  Task<HttpOr<std::string>> ReadHead(
      const std::function<void()>* begun = nullptr);
  // Why the stream broke in ReadHead; OK where its end was in order.
  const Status& broken() const { return broken_; }

  // The body that follows the head just read.
  void StartBody(const Framing& framing);
  // The next block of decoded bytes, valid until the next call; empty at the
  // end. InvalidArgument for a chunked body that is malformed; Unavailable
  // where the connection ends within the body; DeadlineExceeded.
  Task<StatusOr<absl::string_view>> ReadBody(size_t room = kBodyBufferBytes);
  bool body_done() const { return body_done_; }
  // Decoded bytes of this message's body that have been read.
  uint64_t body_bytes() const { return body_bytes_; }
  // What of a body with a length has been read already, at most `most` bytes of
  // it, as ReadBody's block; empty where there is nothing or another framing.
  absl::string_view TakeHeld(size_t most);
  // Of a body with a length, bytes that neither a block nor Skip has covered.
  uint64_t remaining() const { return remaining_; }
  // `count` of them have been taken from the stream by somebody else.
  // REQUIRES: empty().
  void Skip(uint64_t count);
  // Nothing was read beyond the message: the connection may be reused.
  bool empty() const { return begin_ == end_; }
  // Gives a body's room back, unless it holds something: the connection is
  // kept for later. Ends the life of ReadBody's last block.
  void Rest();
  size_t room() const { return capacity_; }

 private:
  absl::string_view held() const {
    return absl::string_view(buffer_.get() + begin_, end_ - begin_);
  }
  // Room behind what is held, at least a byte.
  absl::Span<char> Reserve(size_t capacity);
  void MakeRoom(size_t capacity);
  absl::string_view TakeUncoded(size_t most);
  StatusOr<absl::string_view> TakeChunked();

  Stream& stream_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;  // of what is held
  size_t end_ = 0;
  Framing framing_;
  uint64_t remaining_ = 0;  // of a body with a length
  uint64_t body_bytes_ = 0;
  ChunkDecoder chunks_;
  bool body_done_ = true;
  Status broken_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_MESSAGE_H_

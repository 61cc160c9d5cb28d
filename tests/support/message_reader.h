// Reads one request the way a connection does: in whatever pieces arrive,
// through scanner, parser, framing and chunk decoder.
#ifndef PLIMSOLL_TESTS_SUPPORT_MESSAGE_READER_H_
#define PLIMSOLL_TESTS_SUPPORT_MESSAGE_READER_H_

#include <optional>
#include <string>

#include "gateway/http/chunked.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"

namespace plimsoll {

class RequestReader {
 public:
  // Takes the next piece. Nothing is read past a refusal.
  void Feed(absl::string_view piece);

  const std::optional<HttpError>& refusal() const { return refusal_; }
  // The message has been read whole.
  bool done() const { return done_; }
  const std::optional<RequestHead>& head() const { return head_; }
  // The head as it came, with its empty line.
  const std::string& head_bytes() const { return head_bytes_; }
  const std::string& body() const { return body_; }
  // Bytes that are not read yet; those after the message once it is done().
  const std::string& rest() const { return buffer_; }

 private:
  void ReadHead();
  void ReadBody();
  void ReadChunks();

  HeadScanner scanner_;
  ChunkDecoder decoder_;
  std::optional<RequestHead> head_;
  Framing framing_;
  std::string head_bytes_;
  std::string buffer_;
  std::string body_;
  bool done_ = false;
  std::optional<HttpError> refusal_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_MESSAGE_READER_H_

// One request on a downstream connection, and the way to answer it.
#ifndef PLIMSOLL_GATEWAY_HTTP_EXCHANGE_H_
#define PLIMSOLL_GATEWAY_HTTP_EXCHANGE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/http/exchange_notes.h"
#include "gateway/http/framing.h"
#include "gateway/http/head.h"
#include "gateway/http/loop.h"
#include "gateway/http/message.h"
#include "gateway/http/stream.h"
#include "gateway/task.h"

namespace plimsoll {

// Deadlines of a downstream connection.
struct ServerTimeouts {
  std::chrono::seconds head{10};
  // Longer than the idle pools of Go clients, which cannot replay a body on a
  // connection closed under it.
  std::chrono::seconds keep_alive{180};
  // A body that is read whole: in all, and no slower than this once the grace
  // has passed.
  std::chrono::seconds held_body{30};
  std::chrono::seconds held_grace{5};
  int64_t held_bytes_a_second = 16 << 10;
  std::chrono::seconds write{60};  // an answer of our own
};

// Asked before bytes of a body are kept; its error ends the reading.
using BodyMeter = std::function<Status(size_t bytes)>;

// One request and the way to answer it. Lives while its handler runs.
class Exchange {
 public:
  Exchange(Loop& loop, Stream& stream, MessageReader& reader,
           const ServerTimeouts& timeouts)
      : loop_(loop), stream_(stream), reader_(reader), timeouts_(timeouts) {}

  RequestHead head;
  Framing framing;
  std::string peer;            // address of the client
  std::string proxy;           // that of a trusted proxy that speaks for it
  std::string client_name;     // by its verified certificate; "" without one
  bool secure = false;         // the client's side is TLS
  bool keep_alive = true;      // set false to close after this exchange
  std::string forwarded_host;  // the client's Host, by a trusted proxy
  ExchangeNotes notes;

  // The host under which the client reached the gateway. REQUIRES: a head.
  const std::string& authority() const {
    return forwarded_host.empty() ? *head.headers.Find("Host") : forwarded_host;
  }
  Loop& loop() { return loop_; }
  Stream& stream() { return stream_; }
  MessageReader& reader() { return reader_; }
  const MessageReader& reader() const { return reader_; }
  const Stream& stream() const { return stream_; }
  SteadyTime began() const { return began_; }
  bool answered() const { return status_ != 0; }
  int status() const { return status_; }  // of the answer; 0 for none
  // Of the answer's body, that were handed to the stream.
  uint64_t answer_bytes() const { return sent_bytes_ + relayed_out_; }
  // Of the bodies, what was moved by a relay, which counts it as it goes.
  uint64_t relayed_in() const { return relayed_in_; }
  uint64_t relayed_out() const { return relayed_out_; }
  void AddRelayedIn(uint64_t count) { relayed_in_ += count; }
  void AddRelayedOut(uint64_t count) { relayed_out_ += count; }
  // The first who ended it counts.
  void NoteEnd(EndedBy by) {
    if (notes.ended_by == EndedBy::kNobody) notes.ended_by = by;
  }

  // Must come before the body is read: answers "Expect: 100-continue".
  Task<Status> InviteBody();
  // The whole body. ResourceExhausted over `max_bytes`, DeadlineExceeded where
  // it is late or too slow, InvalidArgument or Unavailable as
  // MessageReader::ReadBody; and the errors of `meter`.
  Task<StatusOr<std::string>> ReadWholeBody(size_t max_bytes,
                                            const BodyMeter* meter = nullptr);

  // An answer of our own with its body; only once. A HEAD gets no body.
  Task<Status> Answer(ResponseHead response, std::string body);
  // The head of an answer, with what there is of its body already; the caller
  // writes the rest to stream().
  Task<Status> StartAnswer(ResponseHead response, absl::string_view body = "");

 private:
  Task<StatusOr<absl::string_view>> ReadBlock(SteadyTime due);
  // Of `bytes`, the last `body_bytes` are the body's.
  Task<Status> Send(StatusOr<std::string> bytes, size_t body_bytes);

  Loop& loop_;
  Stream& stream_;
  MessageReader& reader_;
  const ServerTimeouts& timeouts_;
  const SteadyTime began_ = std::chrono::steady_clock::now();
  bool invited_ = false;
  int status_ = 0;
  uint64_t sent_bytes_ = 0;  // of the answer's body, by this object
  uint64_t relayed_in_ = 0;
  uint64_t relayed_out_ = 0;
};

class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // Answers the exchange. One that is left unanswered is closed.
  virtual Task<> Handle(Exchange& exchange) = 0;
  // Answers bytes that are no acceptable request. The connection is closed
  // afterwards.
  virtual Task<> Refuse(Exchange& exchange, HttpError error) = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_EXCHANGE_H_

#include "gateway/http/forwarder.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/advice.h"
#include "gateway/http/answer.h"
#include "gateway/http/client_watch.h"
#include "gateway/http/forward.h"

namespace plimsoll {
namespace {

// A body that came with its head goes out with it, up to here.
constexpr size_t kJoinedBytes = 16 << 10;

// One forwarding under way.
class Forwarding {
 public:
  Forwarding(Exchange& exchange, UpstreamPool& pool, ForwardOptions options)
      : exchange_(exchange),
        pool_(pool),
        options_(std::move(options)),
        pumped_(exchange.loop().executor()),
        watch_(exchange.loop().deadlines(), exchange.stream()) {}

  Task<ForwardEnd> Run();

 private:
  bool has_body() const { return options_.framing.kind != BodyKind::kNone; }
  bool streams() const { return has_body() && options_.held == nullptr; }
  Task<StatusOr<ResponseHead>> Attempt(bool fresh);
  Task<StatusOr<ResponseHead>> AwaitAnswer();
  Task<Status> SendHead();
  Task<> Pump();
  Task<Status> RelayAnswer(ResponseHead head);
  Task<> StopPump();
  void BreakOff();
  bool client_broke() const { return pumped_.is_set() && !pump_end_.read.ok(); }
  Status ClientFailed(const Status& status);
  Status UpstreamFailed(const Status& status);

  Exchange& exchange_;
  UpstreamPool& pool_;
  const ForwardOptions options_;
  std::unique_ptr<UpstreamConnection> connection_;
  Event pumped_;  // the client's body is through, or never will be
  RelayEnd pump_end_;
  ClientWatch watch_;
  ForwardEnd end_;
};

Task<ForwardEnd> Forwarding::Run() {
  StatusOr<ResponseHead> head = co_await Attempt(has_body());
  if (absl::IsAborted(head.status()) && !has_body() && connection_->reused &&
      !watch_.gone()) {
    head = co_await Attempt(true);
  }
  if (!head.ok()) {
    // Before the pump is stopped, which ends the client's stream.
    if (connection_ == nullptr) {
      end_.status = head.status();
      exchange_.NoteEnd(UpstreamEnd(end_.status));
    } else {
      end_.status = UpstreamFailed(head.status());
    }
    if (!pumped_.is_set()) co_await StopPump();
    co_return end_;
  }
  exchange_.notes.upstream_status = head->status;
  end_.status = co_await RelayAnswer(*std::move(head));
  if (!pumped_.is_set()) co_await StopPump();
  co_return end_;
}

Task<StatusOr<ResponseHead>> Forwarding::Attempt(bool fresh) {
  connection_.reset();
  if (!fresh) connection_ = pool_.TakeIdle(options_.credential_class);
  if (connection_ == nullptr) {
    auto connected = co_await pool_.Connect();
    if (!connected.ok()) {
      pumped_.Set();
      co_return connected.status();
    }
    connection_ = *std::move(connected);
  }
  const Status sent = co_await SendHead();
  if (absl::IsInvalidArgument(sent)) {
    pumped_.Set();
    co_return sent;
  }
  if (streams() && sent.ok()) {
    asio::co_spawn(exchange_.loop().executor(), Pump(),
                   [this](const std::exception_ptr& thrown) {
                     if (thrown) BreakOff();
                     pumped_.Set();
                   });
  } else {
    pump_end_.write = sent;
    pumped_.Set();
    connection_->stream->ExpireAfter(options_.answer_wait);
    watch_.BodyIsThrough();
  }
  // Also where it was not sent whole: what can be read says why.
  co_return co_await AwaitAnswer();
}

// What is held needs its client no more.
Task<StatusOr<ResponseHead>> Forwarding::AwaitAnswer() {
  if (options_.held == nullptr) watch_.Start(*connection_->stream);
  StatusOr<ResponseHead> head = co_await ReadAnswerHead(connection_->reader);
  watch_.Stop();
  co_return head;
}

Task<Status> Forwarding::SendHead() {
  CO_ASSIGN_OR_RETURN(std::string bytes, WriteRequestHead(options_.head));
  end_.sent_any = true;
  connection_->stream->ExpireAfter(options_.send_head);
  if (options_.held == nullptr) {
    co_return co_await connection_->stream->Write(bytes);
  }
  co_return co_await connection_->stream->WriteJoined(bytes, *options_.held);
}

Task<> Forwarding::Pump() {
  const RelayOptions relay{.framing = options_.framing,
                           .idle = options_.body_idle,
                           .tap = options_.tap,
                           .direction = "in"};
  // From here on it is the client's time that counts.
  connection_->stream->ExpireAt(SteadyTime::max());
  pump_end_.read = co_await exchange_.InviteBody();
  if (pump_end_.read.ok()) {
    pump_end_ = co_await RelayBody(exchange_.stream(), exchange_.reader(),
                                   *connection_->stream, relay);
    exchange_.AddRelayedIn(pump_end_.bytes);
  }
  if (pump_end_.read.ok()) {
    watch_.BodyIsThrough();
    // Once the answer goes out, the deadlines are those of its relay.
    if (!exchange_.answered()) {
      exchange_.stream().ExpireAt(SteadyTime::max());
      connection_->stream->ExpireAfter(options_.answer_wait);
    }
  } else {
    connection_->stream->Close();  // the upstream sees that the client is gone
  }
}

// The pump ran out of memory, most likely: neither side must wait for it.
void Forwarding::BreakOff() {
  pump_end_.read = absl::InternalError("the relay of the body broke off");
  connection_->stream->Close();
}

Task<Status> Forwarding::RelayAnswer(ResponseHead head) {
  if (options_.accept) {
    const Status accepted = options_.accept(head);
    if (!accepted.ok()) {
      end_.answer = head.status;
      co_return UpstreamFailed(accepted);
    }
  }
  const HttpOr<Framing> framing = ResponseFraming(head, exchange_.head.method);
  if (!framing.ok()) {
    co_return UpstreamFailed(absl::UnavailableError(framing.error().message));
  }
  end_.answer = head.status;
  connection_->reader.StartBody(*framing);
  const bool early = !pumped_.is_set() || !pump_end_.ok();
  if (early || framing->kind == BodyKind::kUntilClose) {
    exchange_.keep_alive = false;
  }
  if (!early && head.status / 100 == 2 && options_.taken) {
    co_await options_.taken();
  }
  const bool may_be_reused = KeepsAlive(head);
  ResponseHead out = ForwardedResponse(std::move(head), *framing);
  if (options_.edit) options_.edit(out);
  const absl::string_view begun = connection_->reader.TakeHeld(kJoinedBytes);
  Status written = co_await exchange_.StartAnswer(std::move(out), begun);
  if (!written.ok()) {
    exchange_.keep_alive = false;
    co_return absl::CancelledError("the client went away");
  }
  RelayEnd end;
  if (!connection_->reader.body_done()) {
    const RelayOptions relay{.framing = *framing,
                             .idle = options_.body_idle,
                             .tap = nullptr,
                             .fast_rooms = options_.fast_rooms,
                             .direction = "out"};
    end = co_await RelayBody(*connection_->stream, connection_->reader,
                             exchange_.stream(), relay);
  }
  exchange_.AddRelayedOut(end.bytes);
  if (!end.ok()) {
    exchange_.keep_alive = false;
    // A short body must not look whole.
    if (framing->kind == BodyKind::kUntilClose) exchange_.stream().Abort();
    exchange_.stream().Close();
    co_return end.write.ok() ? UpstreamFailed(end.read)
                             : ClientFailed(end.write);
  }
  exchange_.stream().ExpireAt(SteadyTime::max());
  if (!early && may_be_reused && framing->kind != BodyKind::kUntilClose &&
      connection_->reader.empty()) {
    pool_.Release(options_.credential_class, std::move(connection_));
  }
  co_return absl::OkStatus();
}

// The pump borrows what this object holds: it must have ended before us. The
// client may still be waiting for an answer, or be reading it.
Task<> Forwarding::StopPump() {
  connection_->stream->Close();
  exchange_.keep_alive = false;
  exchange_.stream().SetReading(false);
  co_await pumped_.Wait();
  exchange_.stream().SetReading(true);
}

Status Forwarding::ClientFailed(const Status& status) {
  exchange_.NoteEnd(ClientEnd(status));
  return absl::CancelledError("the client went away");
}

Status Forwarding::UpstreamFailed(const Status& status) {
  if (client_broke()) return ClientFailed(pump_end_.read);
  if (watch_.gone()) return ClientFailed(absl::UnavailableError("it is gone"));
  exchange_.NoteEnd(UpstreamEnd(status));
  return Annotate(WithCode(absl::StatusCode::kUnavailable, status),
                  absl::StrCat("upstream ", pool_.address().Authority()));
}

}  // namespace

Task<ForwardEnd> Forward(Exchange& exchange, UpstreamPool& pool,
                         ForwardOptions options) {
  Forwarding forwarding(exchange, pool, std::move(options));
  co_return co_await forwarding.Run();
}

}  // namespace plimsoll

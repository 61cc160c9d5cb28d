// What is served on a connection: one request after another.
#include <algorithm>
#include <functional>
#include <utility>

#include "gateway/http/proxied_client.h"
#include "gateway/http/read_deadline.h"
#include "gateway/http/server.h"

namespace plimsoll {
namespace {

// A body that its handler did not read is read and dropped up to here; past it
// the connection is closed instead.
constexpr size_t kMaxDropped = 256 << 10;
// How often a closing connection reads what still comes: more than a manifest
// that is too large.
constexpr int kLingerReads = 4096;

Task<bool> DropBody(MessageReader& reader) {
  size_t dropped = 0;
  while (!reader.body_done() && dropped < kMaxDropped) {
    const StatusOr<absl::string_view> block =
        co_await reader.ReadBody(MessageReader::kCopiedBufferBytes);
    if (!block.ok()) co_return false;
    dropped += block->size();
  }
  co_return reader.body_done();
}

// Reads a request's head and framing into `exchange`; status 0 where they are
// acceptable.
HttpError TakeHead(const std::string& bytes, Exchange& exchange) {
  HttpOr<RequestHead> head = ParseRequestHead(bytes);
  if (!head.ok()) return head.error();
  exchange.head = *std::move(head);
  const HttpOr<Framing> framing = RequestFraming(exchange.head);
  if (!framing.ok()) return framing.error();
  exchange.framing = *framing;
  return {0, ""};
}

}  // namespace

// Closing with unread bytes would reset the connection and take the answer from
// the client's hands: say that no more comes and read for a while.
Task<> HttpServer::Linger(Stream& stream) {
  stream.FinishWriting();
  stream.ExpireAfter(kLinger);
  char dropped[16 << 10];
  const absl::Span<char> room(dropped);
  for (int i = 0; i < kLingerReads; ++i) {
    const StatusOr<size_t> count = co_await stream.Read(room);
    if (!count.ok() || *count == 0) co_return;
  }
}

// The request is read first: an answer to none confuses clients.
Task<> HttpServer::RefuseNext(Connection& connection, HttpError refused) {
  const HttpOr<std::string> bytes = co_await connection.reader.ReadHead();
  const bool none =
      !bytes.ok() && (bytes.error().status == 0 || bytes.error().status == 408);
  if (none) co_return;
  Exchange exchange(loop_, *connection.stream, connection.reader,
                    options_.timeouts);
  const std::optional<ExchangeWatch> watch = WatchOver(exchange);
  exchange.peer = connection.peer;
  exchange.keep_alive = false;
  // A HEAD is answered without a body, whatever else is wrong with it.
  if (bytes.ok()) (void)TakeHead(*bytes, exchange);
  co_await handler_.Refuse(exchange, std::move(refused));
}

Task<> HttpServer::ServeAll(Connection& connection) {
  bool first = true;
  while (co_await ServeOne(connection, first) && !draining_) first = false;
  co_await Linger(*connection.stream);
}

// The next head, or why there is none: 0 where there is nobody to answer.
Task<HttpOr<std::string>> HttpServer::AwaitHead(Connection& connection,
                                                bool first) {
  Stream& stream = *connection.stream;
  connection.idle = true;
  stream.ExpireAt(SteadyTime::max());
  const ServerTimeouts& timeouts = options_.timeouts;
  ReadDeadline deadline(loop_.deadlines(), stream,
                        first ? timeouts.head : timeouts.keep_alive);
  const std::function<void()> hurry = [&] {
    if (!first) deadline.ExpireAfter(timeouts.head);
  };
  HttpOr<std::string> bytes = co_await connection.reader.ReadHead(&hurry);
  connection.idle = false;
  const bool late =
      deadline.passed() && !bytes.ok() && bytes.error().status == 0;
  if (!late) co_return bytes;
  if (connection.reader.empty()) {  // it only kept the connection
    stream.Close();
    co_return bytes;
  }
  HttpError slow{408,
                 "the request's head did not arrive in time, send it again"};
  co_return slow;
}

Task<bool> HttpServer::ServeOne(Connection& connection, bool first) {
  const HttpOr<std::string> bytes = co_await AwaitHead(connection, first);
  if (!bytes.ok() && bytes.error().status == 0) co_return false;
  const bool late = !bytes.ok() && bytes.error().status == 408;

  Exchange exchange(loop_, *connection.stream, connection.reader,
                    late ? last_word_ : options_.timeouts);
  if (late) exchange.NoteEnd(EndedBy::kClientSlow);
  exchange.peer = connection.peer;
  exchange.secure = options_.tls != nullptr;
  exchange.client_name = connection.client_name;
  const std::optional<ExchangeWatch> watch = WatchOver(exchange);
  connection.exchange = &exchange;
  HttpError refused = bytes.ok() ? TakeHead(*bytes, exchange) : bytes.error();
  std::optional<ConnectionLimits::Place> place;
  if (refused.status == 0) refused = TakeClient(connection, exchange, place);
  bool goes_on = false;
  if (refused.status != 0) {
    exchange.keep_alive = false;
    co_await handler_.Refuse(exchange, refused);
  } else {
    goes_on = co_await ServeExchange(exchange);
  }
  connection.exchange = nullptr;
  co_return goes_on;
}

std::optional<ExchangeWatch> HttpServer::WatchOver(Exchange& exchange) const {
  if (options_.quiet) return std::nullopt;
  return std::make_optional<ExchangeWatch>(exchange, options_.name,
                                           options_.access_log);
}

// Whose request it is where a trusted proxy says so, who then has a place of
// its own; status 0 where there is one.
HttpError HttpServer::TakeClient(
    const Connection& connection, Exchange& exchange,
    std::optional<ConnectionLimits::Place>& place) const {
  if (!limits_->IsTrusted(connection.address)) return {0, ""};
  HttpOr<ProxiedClient> client = ReadForwarded(
      exchange.head.headers, connection.address, limits_->trusted());
  if (!client.ok()) return client.error();
  exchange.proxy = connection.peer;
  // The certificate is the proxy's.
  if (client->address != connection.address) exchange.client_name.clear();
  exchange.peer = client->address.to_string();
  exchange.secure = client->secure.value_or(exchange.secure);
  exchange.forwarded_host = std::move(client->authority);
  place.emplace(limits_->EnterRequest(client->address));
  if (place->ok()) return {0, ""};
  return {503, std::string(place->refusal())};
}

Task<bool> HttpServer::ServeExchange(Exchange& exchange) {
  exchange.reader().StartBody(exchange.framing);
  exchange.keep_alive = KeepsAlive(exchange.head) && !draining_;
  co_await handler_.Handle(exchange);
  if (!exchange.answered() || !exchange.keep_alive) co_return false;
  if (exchange.reader().body_done()) co_return true;
  exchange.stream().ExpireAfter(options_.timeouts.write);
  co_return co_await DropBody(exchange.reader());
}

}  // namespace plimsoll

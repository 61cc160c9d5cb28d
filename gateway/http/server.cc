#include "gateway/http/server.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// A body that its handler did not read is read and dropped up to here; past it
// the connection is closed instead.
constexpr size_t kMaxDropped = 256 << 10;
// How long a closing connection waits for the client to read its answer, and
// how often it reads what still comes: more than a manifest that is too large.
constexpr std::chrono::seconds kLinger{2};
constexpr int kLingerReads = 4096;

Task<bool> DropBody(MessageReader& reader) {
  size_t dropped = 0;
  while (!reader.body_done() && dropped < kMaxDropped) {
    const StatusOr<absl::string_view> block = co_await reader.ReadBody();
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

// Closing with unread bytes would reset the connection and take the answer from
// the client's hands: say that no more comes and read for a while.
Task<> Linger(Stream& stream) {
  stream.FinishWriting();
  stream.ExpireAfter(kLinger);
  char dropped[16 << 10];
  const absl::Span<char> room(dropped);
  for (int i = 0; i < kLingerReads; ++i) {
    const StatusOr<size_t> count = co_await stream.Read(room);
    if (!count.ok() || *count == 0) co_return;
  }
}

}  // namespace

struct HttpServer::Connection {
  explicit Connection(std::unique_ptr<Stream> connected)
      : stream(std::move(connected)),
        reader(*stream),
        peer(stream->PeerAddress()) {}
  std::unique_ptr<Stream> stream;
  MessageReader reader;
  const std::string peer;
  bool idle = true;              // waits for a head
  Exchange* exchange = nullptr;  // under way
};

HttpServer::HttpServer(Loop& loop, HttpHandler& handler, Options options)
    : loop_(loop),
      handler_(handler),
      options_(std::move(options)),
      acceptor_(loop.io()) {}

HttpServer::~HttpServer() = default;

Status HttpServer::Listen() {
  boost::system::error_code error;
  asio::ip::tcp::resolver resolver(loop_.io());
  const auto found = resolver.resolve(options_.host, options_.port,
                                      asio::ip::tcp::resolver::passive, error);
  const auto where = absl::StrCat("listen on ", options_.host, ":",
                                  options_.port, " (", options_.name, "): ");
  if (error) return absl::UnavailableError(where + error.message());
  const asio::ip::tcp::endpoint endpoint = found.begin()->endpoint();
  using ReusePort =
      asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) {
    acceptor_.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  }
  if (!error) acceptor_.set_option(ReusePort(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(1024, error);
  if (error) return absl::UnavailableError(where + error.message());
  return absl::OkStatus();
}

unsigned short HttpServer::port() const {
  boost::system::error_code error;
  return acceptor_.local_endpoint(error).port();
}

void HttpServer::Start() {
  asio::co_spawn(loop_.executor(), AcceptAll(), [](std::exception_ptr) {});
}

Task<> HttpServer::AcceptAll() {
  while (acceptor_.is_open()) {
    auto [error, socket] =
        co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted) co_return;
    if (error) {  // no descriptors left, most likely: let some be given back
      asio::steady_timer pause(loop_.io(), std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    if (connections_.size() >= options_.max_connections) continue;
    asio::co_spawn(loop_.executor(), Serve(std::move(socket)),
                   [](std::exception_ptr) {});
  }
}

Task<> HttpServer::Serve(asio::ip::tcp::socket socket) {
  std::unique_ptr<Stream> stream;
  TlsStream* secured = nullptr;
  if (options_.tls == nullptr) {
    stream = std::make_unique<TcpStream>(std::move(socket), loop_.deadlines());
  } else {
    auto made = std::make_unique<TlsStream>(std::move(socket),
                                            loop_.deadlines(), options_.tls);
    secured = made.get();
    stream = std::move(made);
  }
  Connection connection(std::move(stream));
  connections_.insert(&connection);
  ++open_;
  Status ready;
  if (secured != nullptr) {
    secured->ExpireAfter(options_.timeouts.head);
    ready = co_await secured->Accept();
  }
  if (ready.ok()) co_await ServeAll(connection);
  connections_.erase(&connection);
  --open_;
}

Task<> HttpServer::ServeAll(Connection& connection) {
  bool first = true;
  while (co_await ServeOne(connection, first) && !draining_) first = false;
  co_await Linger(*connection.stream);
}

Task<bool> HttpServer::ServeOne(Connection& connection, bool first) {
  Stream& stream = *connection.stream;
  connection.idle = true;
  stream.ExpireAfter(first ? options_.timeouts.head
                           : options_.timeouts.keep_alive);
  const HttpOr<std::string> bytes = co_await connection.reader.ReadHead();
  connection.idle = false;
  stream.ExpireAt(SteadyTime::max());
  const bool ended =
      !bytes.ok() && (bytes.error().status == 0 || connection.reader.empty());
  if (ended) co_return false;

  Exchange exchange(loop_, stream, connection.reader, options_.timeouts);
  exchange.peer = connection.peer;
  exchange.secure = options_.tls != nullptr;
  connection.exchange = &exchange;
  const HttpError refused =
      bytes.ok() ? TakeHead(*bytes, exchange) : bytes.error();
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

Task<bool> HttpServer::ServeExchange(Exchange& exchange) {
  exchange.reader().StartBody(exchange.framing);
  exchange.keep_alive = KeepsAlive(exchange.head) && !draining_;
  co_await handler_.Handle(exchange);
  if (!exchange.answered() || !exchange.keep_alive) co_return false;
  exchange.stream().ExpireAfter(options_.timeouts.write);
  co_return co_await DropBody(exchange.reader());
}

void HttpServer::Drain() {
  draining_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (Connection* connection : connections_) {
    if (connection->exchange != nullptr) {
      connection->exchange->keep_alive = false;
    } else if (connection->idle && connection->reader.empty()) {
      connection->stream->Close();
    }
  }
}

void HttpServer::CloseAll() {
  for (Connection* connection : connections_) connection->stream->Close();
}

}  // namespace plimsoll

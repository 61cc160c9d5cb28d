#include "gateway/http/server.h"

#include <sys/socket.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/exchange_watch.h"
#include "gateway/http/spawn.h"
#include "gateway/http/tls.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"

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
  std::string client_name;       // by its certificate
  bool idle = true;              // waits for a head
  Exchange* exchange = nullptr;  // under way
};

// Those that are open, up to the limit; says when that begins and ends to bind.
class HttpServer::Connections {
 public:
  Connections(std::string name, size_t limit)
      : name_(std::move(name)), limit_(limit) {}

  const std::string& name() const { return name_; }
  // Whether there is room for one more.
  bool HaveRoom() {
    if (all_.size() < limit_) return true;
    metrics::refused_connections.Add({name_, "limit"});
    if (!full_) {
      LogError("connections", {{"server", name_},
                               {"limit", absl::StrCat(limit_)},
                               {"effect", "more are closed as they come"}});
    }
    full_ = true;
    return false;
  }
  void Add(Connection* connection) {
    all_.insert(connection);
    ++open_;
  }
  void Remove(Connection* connection) {
    all_.erase(connection);
    --open_;
    // Not at the first that ends, or each at the limit would have its lines.
    if (!full_ || all_.size() > limit_ / 4 * 3) return;
    full_ = false;
    LogInfo("connections", {{"server", name_},
                            {"limit", absl::StrCat(limit_)},
                            {"open", absl::StrCat(all_.size())}});
  }
  const absl::flat_hash_set<Connection*>& all() const { return all_; }
  size_t open() const { return open_.load(); }

 private:
  const std::string name_;
  const size_t limit_;
  absl::flat_hash_set<Connection*> all_;
  std::atomic<size_t> open_{0};  // the same number, for other threads
  bool full_ = false;
};

// A connection is listed for as long as this lives, whatever ends it.
class HttpServer::Listed {
 public:
  Listed(std::shared_ptr<Connections> list, Connection& connection)
      : list_(std::move(list)),
        connection_(connection),
        counted_(metrics::connections, list_->name()) {
    list_->Add(&connection_);
  }
  ~Listed() { list_->Remove(&connection_); }
  Listed(const Listed&) = delete;
  Listed& operator=(const Listed&) = delete;

 private:
  const std::shared_ptr<Connections> list_;
  Connection& connection_;
  const metrics::Counted counted_;
};

HttpServer::HttpServer(Loop& loop, HttpHandler& handler, Options options)
    : loop_(loop),
      handler_(handler),
      options_(std::move(options)),
      acceptor_(loop.io()),
      connections_(std::make_shared<Connections>(options_.name,
                                                 options_.max_connections)),
      handshakes_(options_.name) {}

HttpServer::~HttpServer() = default;

using ReusePort =
    asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

Status HttpServer::Listen() {
  boost::system::error_code error;
  asio::ip::tcp::resolver resolver(loop_.io());
  const auto found = resolver.resolve(options_.host, options_.port,
                                      asio::ip::tcp::resolver::passive, error);
  if (error) return Failed(error);
  return Bind(found.begin()->endpoint(), false);
}

// Only a socket without SO_REUSEPORT is refused an address that another process
// has shared. So the first is bound without it, and opens its address to the
// others of this process once it listens.
Status HttpServer::ListenBeside(HttpServer& first) {
  boost::system::error_code error;
  first.acceptor_.set_option(ReusePort(true), error);
  if (error) return Failed(error);
  const auto endpoint = first.acceptor_.local_endpoint(error);
  if (error) return Failed(error);
  return Bind(endpoint, true);
}

Status HttpServer::Bind(const asio::ip::tcp::endpoint& endpoint, bool shared) {
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) {
    acceptor_.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  }
  if (!error && shared) acceptor_.set_option(ReusePort(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(1024, error);
  return error ? Failed(error) : absl::OkStatus();
}

Status HttpServer::Failed(const boost::system::error_code& error) const {
  std::string where = absl::StrCat("listen on ", options_.host, ":",
                                   options_.port, " (", options_.name, "): ");
  if (error == asio::error::address_in_use) {
    return absl::UnavailableError(
        absl::StrCat(where,
                     "address already in use; end what listens there, or write "
                     "another address"));
  }
  return absl::UnavailableError(absl::StrCat(where, error.message()));
}

unsigned short HttpServer::port() const {
  boost::system::error_code error;
  return acceptor_.local_endpoint(error).port();
}

size_t HttpServer::connections() const { return connections_->open(); }

void HttpServer::Start() {
  Spawn(loop_.executor(), "accepting connections", AcceptAll());
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
    if (!connections_->HaveRoom()) continue;
    Spawn(loop_.executor(), "serving a connection", Serve(std::move(socket)));
  }
}

Task<> HttpServer::Serve(asio::ip::tcp::socket socket) {
  if (options_.tls != nullptr) co_return co_await ServeTls(std::move(socket));
  Connection connection(
      std::make_unique<TcpStream>(std::move(socket), loop_.deadlines()));
  const Listed listed(connections_, connection);
  co_await ServeAll(connection);
}

Task<> HttpServer::ServeTls(asio::ip::tcp::socket socket) {
  bool plain = false;
  {
    auto made = std::make_unique<TlsStream>(
        std::move(socket), loop_.deadlines(), options_.tls->Get());
    TlsStream& stream = *made;
    Connection connection(std::move(made));
    const Listed listed(connections_, connection);
    stream.ExpireAfter(options_.timeouts.head);
    const StatusOr<bool> begun = co_await stream.AwaitHandshake();
    if (!begun.ok()) co_return;  // nothing came: a check of health, say
    plain = !*begun;
    Status shaken = absl::InvalidArgumentError("no TLS, but plain HTTP");
    if (!plain) shaken = co_await stream.Accept();
    handshakes_.Ended(connection.peer, shaken);
    if (shaken.ok()) {
      connection.client_name = stream.ClientName();
      co_return co_await ServeAll(connection);
    }
    socket = stream.TakeSocket();
  }
  co_await LeaveTls(std::move(socket), plain);
}

Task<> HttpServer::LeaveTls(asio::ip::tcp::socket socket, bool plain) {
  if (!socket.is_open()) co_return;
  Connection connection(
      std::make_unique<TcpStream>(std::move(socket), loop_.deadlines()));
  const Listed listed(connections_, connection);
  Stream& stream = *connection.stream;
  if (plain) {
    stream.ExpireAfter(options_.timeouts.head);
    const HttpOr<std::string> bytes = co_await connection.reader.ReadHead();
    Exchange exchange(loop_, stream, connection.reader, options_.timeouts);
    exchange.peer = connection.peer;
    exchange.keep_alive = false;
    // A HEAD is answered without a body, whatever else is wrong with it.
    if (bytes.ok()) (void)TakeHead(*bytes, exchange);
    HttpError refused{400, "this port speaks TLS: write https:// in the URL"};
    co_await handler_.Refuse(exchange, std::move(refused));
  }
  co_await Linger(stream);
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
  exchange.client_name = connection.client_name;
  std::optional<ExchangeWatch> watch;
  if (!options_.quiet) {
    watch.emplace(exchange, options_.name, options_.access_log);
  }
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
  if (exchange.reader().body_done()) co_return true;
  exchange.stream().ExpireAfter(options_.timeouts.write);
  co_return co_await DropBody(exchange.reader());
}

void HttpServer::Drain() {
  draining_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (Connection* connection : connections_->all()) {
    if (connection->exchange != nullptr) {
      connection->exchange->keep_alive = false;
    } else if (connection->idle && connection->reader.empty()) {
      connection->stream->Close();
    }
  }
}

void HttpServer::CloseAll() {
  for (Connection* connection : connections_->all())
    connection->stream->Close();
}

}  // namespace plimsoll

#include "gateway/http/server.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/sockets.h"
#include "gateway/http/spawn.h"
#include "gateway/http/tls.h"

namespace plimsoll {

// Where a connection comes from, and its place among the others.
struct HttpServer::Accepted {
  Accepted(asio::ip::tcp::socket connected, asio::ip::address from,
           ConnectionLimits::Place taken)
      : socket(std::move(connected)),
        address(std::move(from)),
        place(std::move(taken)) {}
  asio::ip::tcp::socket socket;
  asio::ip::address address;
  ConnectionLimits::Place place;
};

HttpServer::HttpServer(Loop& loop, HttpHandler& handler, Options options)
    : loop_(loop),
      handler_(handler),
      options_(std::move(options)),
      last_word_(LastWord(options_.timeouts)),
      acceptor_(loop.io()),
      limits_(options_.limits
                  ? options_.limits
                  : ConnectionLimits::New(
                        {options_.name, options_.max_connections, 0, {}})),
      connections_(std::make_shared<ConnectionList>(options_.name)),
      handshakes_(options_.name) {}

HttpServer::~HttpServer() = default;

// Those of an answer to a client that is too slow.
ServerTimeouts HttpServer::LastWord(ServerTimeouts timeouts) {
  timeouts.write = std::min(timeouts.write, kLinger);
  return timeouts;
}

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
  if (!error) SetUpSocket(acceptor_.native_handle(), options_.socket_buffers);
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
    const auto peer = socket.remote_endpoint(error);
    if (error) continue;  // it is gone again
    const asio::ip::address address = Unmapped(peer.address());
    Take({std::move(socket), address, limits_->Enter(address)});
  }
}

void HttpServer::Take(Accepted accepted) {
  if (accepted.place.ok()) {
    Spawn(loop_.executor(), "serving a connection", Serve(std::move(accepted)));
    return;
  }
  // Others are closed: that must stay cheap, and before a handshake no words
  // can be said.
  const bool told =
      options_.tls == nullptr &&
      connections_->turned_away() < ConnectionList::TurnedAway::kMost;
  if (!told) return;
  Spawn(loop_.executor(), "turning a connection away",
        TurnAway(std::move(accepted)));
}

Task<> HttpServer::Serve(Accepted accepted) {
  if (options_.tls != nullptr) co_return co_await ServeTls(accepted);
  Connection connection(std::make_unique<TcpStream>(std::move(accepted.socket),
                                                    loop_.deadlines()),
                        accepted.address);
  const ConnectionList::Listed listed(connections_, connection);
  co_await ServeAll(connection);
}

Task<> HttpServer::ServeTls(Accepted& accepted) {
  bool plain = false;
  {
    auto made = std::make_unique<TlsStream>(
        std::move(accepted.socket), loop_.deadlines(), options_.tls->Get());
    TlsStream& stream = *made;
    Connection connection(std::move(made), accepted.address);
    const ConnectionList::Listed listed(connections_, connection);
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
    accepted.socket = stream.TakeSocket();
  }
  co_await LeaveTls(accepted, plain);
}

Task<> HttpServer::LeaveTls(Accepted& accepted, bool plain) {
  if (!accepted.socket.is_open()) co_return;
  Connection connection(std::make_unique<TcpStream>(std::move(accepted.socket),
                                                    loop_.deadlines()),
                        accepted.address);
  const ConnectionList::Listed listed(connections_, connection);
  if (plain) {
    connection.stream->ExpireAfter(options_.timeouts.head);
    HttpError refused{400, "this port speaks TLS: write https:// in the URL"};
    co_await RefuseNext(connection, std::move(refused));
  }
  co_await Linger(*connection.stream);
}

Task<> HttpServer::TurnAway(Accepted accepted) {
  const ConnectionList::TurnedAway counted(connections_);
  Connection connection(std::make_unique<TcpStream>(std::move(accepted.socket),
                                                    loop_.deadlines()),
                        accepted.address);
  connection.stream->ExpireAfter(kLinger);
  HttpError refused{503, std::string(accepted.place.refusal())};
  co_await RefuseNext(connection, std::move(refused));
  co_await Linger(*connection.stream);
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

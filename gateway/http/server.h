// The server side of HTTP/1.1: a listener and its connections. One handler
// serves every exchange of a listener; each connection lives on one loop.
#ifndef PLIMSOLL_GATEWAY_HTTP_SERVER_H_
#define PLIMSOLL_GATEWAY_HTTP_SERVER_H_

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "gateway/http/access_log.h"
#include "gateway/http/connection.h"
#include "gateway/http/connection_limits.h"
#include "gateway/http/exchange.h"
#include "gateway/http/exchange_watch.h"
#include "gateway/http/handshake_log.h"
#include "gateway/http/loop.h"
#include "gateway/http/sockets.h"
#include "gateway/http/tls_holder.h"
#include "gateway/task.h"

namespace plimsoll {

// Accepts connections on one loop and serves them. All calls on that loop.
class HttpServer {
 public:
  struct Options {
    std::string name;  // for the log: "registry", "admin"
    std::string host;
    std::string port;                      // "0" for any
    std::shared_ptr<const TlsHolder> tls;  // null for plain
    size_t max_connections = 10'000;
    // Shared with the servers of other loops; in place of max_connections.
    std::shared_ptr<ConnectionLimits> limits;
    SocketBuffers socket_buffers;
    ServerTimeouts timeouts;
    AccessLog* access_log = nullptr;  // borrowed; null for none
    bool quiet = false;  // its exchanges are neither counted nor logged
  };
  HttpServer(Loop& loop, HttpHandler& handler, Options options);
  ~HttpServer();

  // Binds the address for this server alone: Unavailable where another socket,
  // of whatever process, has it.
  Status Listen();
  // Shares the address that `first` listens on; the system divides new
  // connections between them. REQUIRES: the same name, host and port, and none
  // has started.
  Status ListenBeside(HttpServer& first);
  // Starts to accept.
  void Start();
  // The port that was bound.
  unsigned short port() const;

  // Stops accepting and ends idle connections; those with an exchange under way
  // end with it, and their answers say so.
  void Drain();
  // Ends all connections.
  void CloseAll();
  // Connections that are open, TLS handshakes included; from any thread.
  size_t connections() const;

 private:
  struct Accepted;
  // How long a closing connection waits for the client to read its answer.
  static constexpr std::chrono::seconds kLinger{2};

  // Listening, and what becomes of a connection (server.cc).
  static ServerTimeouts LastWord(ServerTimeouts timeouts);
  Status Bind(const asio::ip::tcp::endpoint& endpoint, bool shared);
  Status Failed(const boost::system::error_code& error) const;
  Task<> AcceptAll();
  // Serves a connection, or turns it away where it has no place.
  void Take(Accepted accepted);
  Task<> Serve(Accepted accepted);
  Task<> ServeTls(Accepted& accepted);
  // Answers plain HTTP that came where TLS is spoken; others have time to read
  // the alert.
  Task<> LeaveTls(Accepted& accepted, bool plain);
  // Answers 503 and closes.
  Task<> TurnAway(Accepted accepted);

  // The requests of a connection (server_requests.cc).
  static Task<> Linger(Stream& stream);
  // Reads a request and answers `refused`, whatever it asks for.
  Task<> RefuseNext(Connection& connection, HttpError refused);
  Task<> ServeAll(Connection& connection);
  Task<HttpOr<std::string>> AwaitHead(Connection& connection, bool first);
  // False where the connection must end.
  Task<bool> ServeOne(Connection& connection, bool first);
  Task<bool> ServeExchange(Exchange& exchange);
  std::optional<ExchangeWatch> WatchOver(Exchange& exchange) const;
  HttpError TakeClient(const Connection& connection, Exchange& exchange,
                       std::optional<ConnectionLimits::Place>& place) const;

  Loop& loop_;
  HttpHandler& handler_;
  const Options options_;
  const ServerTimeouts last_word_;
  asio::ip::tcp::acceptor acceptor_;
  const std::shared_ptr<ConnectionLimits> limits_;
  // Shared with the coroutines that serve: what is left of them when their loop
  // ends may end after this.
  const std::shared_ptr<ConnectionList> connections_;
  HandshakeLog handshakes_;
  bool draining_ = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_SERVER_H_

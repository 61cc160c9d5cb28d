// The server side of HTTP/1.1: a listener and its connections. One handler
// serves every exchange of a listener; each connection lives on one loop.
#ifndef PLIMSOLL_GATEWAY_HTTP_SERVER_H_
#define PLIMSOLL_GATEWAY_HTTP_SERVER_H_

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "gateway/http/access_log.h"
#include "gateway/http/exchange.h"
#include "gateway/http/handshake_log.h"
#include "gateway/http/loop.h"
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
    size_t max_connections = 10'000;       // more are closed as they come
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
  struct Connection;
  class Connections;
  class Listed;
  Status Bind(const asio::ip::tcp::endpoint& endpoint, bool shared);
  Status Failed(const boost::system::error_code& error) const;
  Task<> AcceptAll();
  Task<> Serve(asio::ip::tcp::socket socket);
  Task<> ServeTls(asio::ip::tcp::socket socket);
  // Answers plain HTTP that came where TLS is spoken; others have time to read
  // the alert.
  Task<> LeaveTls(asio::ip::tcp::socket socket, bool plain);
  Task<> ServeAll(Connection& connection);
  // False where the connection must end.
  Task<bool> ServeOne(Connection& connection, bool first);
  Task<bool> ServeExchange(Exchange& exchange);

  Loop& loop_;
  HttpHandler& handler_;
  const Options options_;
  asio::ip::tcp::acceptor acceptor_;
  // Shared with the coroutines that serve: what is left of them when their loop
  // ends may end after this.
  const std::shared_ptr<Connections> connections_;
  HandshakeLog handshakes_;
  bool draining_ = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_SERVER_H_

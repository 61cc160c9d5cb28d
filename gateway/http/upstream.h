// Connections to one upstream, per loop: made on demand, kept for reuse. A
// connection carries one credential class only, so that nothing of one client
// can reach another through a confused upstream. All calls on the pool's loop.
#ifndef PLIMSOLL_GATEWAY_HTTP_UPSTREAM_H_
#define PLIMSOLL_GATEWAY_HTTP_UPSTREAM_H_

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "gateway/http/address_kind.h"
#include "gateway/http/loop.h"
#include "gateway/http/message.h"
#include "gateway/http/sockets.h"
#include "gateway/http/stream.h"
#include "gateway/http/tls.h"
#include "gateway/http/tls_source.h"
#include "gateway/observe/metrics.h"
#include "policy/status.h"

namespace plimsoll {

class ReadTokens;

// Where an upstream listens: "http://host[:port]" or "https://host[:port]".
struct UpstreamAddress {
  bool tls = false;
  std::string host;  // without brackets for IPv6
  std::string port;  // "443"

  // InvalidArgument for another scheme, a path, a query or user information.
  static StatusOr<UpstreamAddress> Parse(absl::string_view url);
  // "host" or "host:port" where the port is not the scheme's: as in a URL.
  std::string Authority() const;
};

// Scheme, host and port are the same; hosts have no case.
bool IsSameOrigin(const UpstreamAddress& a, const UpstreamAddress& b);

// One connection with what has been read ahead on it.
struct UpstreamConnection {
  explicit UpstreamConnection(std::unique_ptr<Stream> connected)
      : stream(std::move(connected)), reader(*stream) {}
  std::unique_ptr<Stream> stream;
  MessageReader reader;
  bool reused = false;
  metrics::Counted counted{metrics::upstream_connections, "busy"};
};

class UpstreamPool {
 public:
  static constexpr std::chrono::seconds kConnectTimeout{3};
  static constexpr std::chrono::seconds kIdleTimeout{30};
  static constexpr size_t kMaxIdlePerClass = 128;
  static constexpr size_t kMaxIdle = 256;

  // `tls` is needed where the address says so.
  UpstreamPool(Loop& loop, UpstreamAddress address,
               std::shared_ptr<const TlsHolder> tls);
  // Of new connections; see sockets.h.
  void SetSocketBuffers(SocketBuffers buffers) { socket_buffers_ = buffers; }
  // A pool for an address that this upstream named: connects only to where an
  // upstream at this one's addresses may lead (see MayLeadTo), and is
  // Unavailable where it is elsewhere. Unavailable, too, where this upstream's
  // own name cannot be resolved.
  Task<StatusOr<std::unique_ptr<UpstreamPool>>> LeadTo(
      UpstreamAddress address, std::shared_ptr<const TlsHolder> tls);

  // An idle connection of the class that is still alive; null where there is
  // none.
  std::unique_ptr<UpstreamConnection> TakeIdle(
      const std::string& credential_class);
  // A new connection: also for requests with a body, which cannot be retried.
  // Unavailable where none can be made within kConnectTimeout.
  Task<StatusOr<std::unique_ptr<UpstreamConnection>>> Connect();
  // Keeps a connection on which the last exchange ended cleanly.
  void Release(std::string credential_class,
               std::unique_ptr<UpstreamConnection> connection);
  // Drops all idle connections.
  void Clear();

  const UpstreamAddress& address() const { return address_; }

 private:
  struct Idle {
    std::unique_ptr<UpstreamConnection> connection;
    SteadyTime until;
  };
  Task<StatusOr<std::vector<asio::ip::tcp::endpoint>>> Resolve();
  bool MayConnectTo(const asio::ip::address& address) const;
  void DropStale();

  Loop& loop_;
  const UpstreamAddress address_;
  const std::shared_ptr<const TlsHolder> tls_;
  SocketBuffers socket_buffers_;
  std::vector<AddressKind> led_by_;  // who named this address; empty: nobody
  absl::flat_hash_map<std::string, std::vector<Idle>> idle_;
  size_t idle_count_ = 0;
  std::vector<asio::ip::tcp::endpoint> resolved_;
  SteadyTime resolved_until_{};
};

// Whom the gateway trusts as a client of TLS, and what it shows.
struct UpstreamTls {
  std::shared_ptr<TlsSource> upstream;   // null where it is plain
  std::shared_ptr<TlsSource> elsewhere;  // where the upstream leads to

  // The settings' authorities vouch for the upstream, or the system's where
  // there are none; elsewhere both do, and no certificate of ours is shown. The
  // log calls it by `name`. Errors as TlsContext's.
  static StatusOr<UpstreamTls> New(absl::string_view name,
                                   const UpstreamAddress& upstream,
                                   const ClientTlsSettings& settings);
};

// The pools of one upstream, one a loop. Made before the loops run; safe for
// concurrent use afterwards.
class UpstreamPools {
 public:
  UpstreamPools(std::string name, UpstreamAddress address, UpstreamTls tls)
      : name_(std::move(name)),
        address_(std::move(address)),
        tls_(std::move(tls)) {}
  // As UpstreamPool's, of the pools of loops that are added later.
  void SetSocketBuffers(SocketBuffers buffers) { socket_buffers_ = buffers; }
  void AddLoop(Loop& loop);
  // How reads through these pools are authorised when the upstream asks for a
  // token; null where they are a client's own and a challenge is the client's
  // to answer. Borrowed. REQUIRES: no loop runs.
  void SetReadTokens(ReadTokens* tokens) { tokens_ = tokens; }
  ReadTokens* read_tokens() const { return tokens_; }
  // The pool of the loop that `executor` runs on. REQUIRES: it was added.
  UpstreamPool& For(const asio::any_io_executor& executor) const;
  // A pool on the awaiter's loop for an address that the upstream named; its
  // connections are shared with nobody. Fails as UpstreamPool::LeadTo.
  Task<StatusOr<std::unique_ptr<UpstreamPool>>> LeadTo(
      UpstreamAddress address) const;
  // Drops all pools. REQUIRES: no loop runs.
  void Clear() { by_loop_.clear(); }
  const std::string& name() const { return name_; }
  const UpstreamAddress& address() const { return address_; }

 private:
  const std::string name_;
  const UpstreamAddress address_;
  const UpstreamTls tls_;
  SocketBuffers socket_buffers_;
  ReadTokens* tokens_ = nullptr;
  absl::flat_hash_map<const asio::execution_context*,
                      std::unique_ptr<UpstreamPool>>
      by_loop_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_UPSTREAM_H_

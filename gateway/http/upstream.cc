#include "gateway/http/upstream.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "gateway/http/sockets.h"

namespace plimsoll {
namespace {

constexpr std::chrono::seconds kResolvedFor{5};

// Counts what came of connecting.
struct ConnectCount {
  ~ConnectCount() { metrics::upstream_connects.Add({result}); }
  absl::string_view result = "unresolved";
};

}  // namespace

StatusOr<UpstreamAddress> UpstreamAddress::Parse(absl::string_view url) {
  UpstreamAddress address;
  absl::string_view rest = url;
  if (absl::ConsumePrefix(&rest, "https://")) {
    address.tls = true;
  } else if (!absl::ConsumePrefix(&rest, "http://")) {
    return absl::InvalidArgumentError(
        "the upstream's URL: write http://HOST[:PORT] or https://HOST[:PORT]");
  }
  absl::ConsumeSuffix(&rest, "/");
  if (!IsAuthority(rest)) {
    // Not repeated: it may hold a password.
    return absl::InvalidArgumentError(
        "the upstream's URL: write http://HOST[:PORT] or https://HOST[:PORT], "
        "without user, path or query");
  }
  address.port = address.tls ? "443" : "80";
  const bool bracketed = absl::ConsumePrefix(&rest, "[");
  const size_t end = bracketed ? rest.find(']') : rest.find(':');
  address.host = std::string(rest.substr(0, end));
  absl::string_view port =
      end == absl::string_view::npos ? "" : rest.substr(end);
  absl::ConsumePrefix(&port, "]");
  if (absl::ConsumePrefix(&port, ":")) address.port = std::string(port);
  return address;
}

std::string UpstreamAddress::Authority() const {
  const std::string name =
      host.find(':') == std::string::npos ? host : absl::StrCat("[", host, "]");
  const bool usual = port == (tls ? "443" : "80");
  return usual ? name : absl::StrCat(name, ":", port);
}

bool IsSameOrigin(const UpstreamAddress& a, const UpstreamAddress& b) {
  return a.tls == b.tls && absl::EqualsIgnoreCase(a.host, b.host) &&
         a.port == b.port;
}

UpstreamPool::UpstreamPool(Loop& loop, UpstreamAddress address,
                           std::shared_ptr<const TlsHolder> tls)
    : loop_(loop), address_(std::move(address)), tls_(std::move(tls)) {}

std::unique_ptr<UpstreamConnection> UpstreamPool::TakeIdle(
    const std::string& credential_class) {
  DropStale();
  const auto found = idle_.find(credential_class);
  while (found != idle_.end() && !found->second.empty()) {
    std::unique_ptr<UpstreamConnection> connection =
        std::move(found->second.back().connection);
    found->second.pop_back();
    --idle_count_;
    if (!connection->stream->IsQuiet()) continue;
    connection->reused = true;
    connection->counted.MoveTo("busy");
    metrics::upstream_reuses.Add({});
    return connection;
  }
  return nullptr;
}

Task<StatusOr<std::unique_ptr<UpstreamConnection>>> UpstreamPool::Connect() {
  ConnectCount count;
  CO_ASSIGN_OR_RETURN(const auto endpoints, co_await Resolve());
  asio::ip::tcp::socket socket(loop_.io());
  const auto error = co_await ConnectToAny(socket, endpoints, socket_buffers_,
                                           kConnectTimeout);
  if (error) {
    resolved_until_ = {};
    const bool timed_out = error == asio::error::timed_out;
    count.result = timed_out ? "timed_out" : "failed";
    co_return absl::UnavailableError(absl::StrCat(
        "upstream ", address_.Authority(),
        ": cannot connect: ", timed_out ? "timed out" : error.message()));
  }
  count.result = address_.tls ? "tls" : "connected";
  if (!address_.tls) {
    auto plain =
        std::make_unique<TcpStream>(std::move(socket), loop_.deadlines());
    co_return std::make_unique<UpstreamConnection>(std::move(plain));
  }
  auto secured = std::make_unique<TlsStream>(std::move(socket),
                                             loop_.deadlines(), tls_->Get());
  secured->ExpireAfter(kConnectTimeout);
  CO_RETURN_IF_ERROR(co_await secured->Connect(address_.host),
                     absl::StrCat("upstream ", address_.Authority()));
  secured->ExpireAt(SteadyTime::max());
  count.result = "connected";
  co_return std::make_unique<UpstreamConnection>(std::move(secured));
}

Task<StatusOr<std::vector<asio::ip::tcp::endpoint>>> UpstreamPool::Resolve() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (now < resolved_until_) co_return resolved_;
  asio::ip::tcp::resolver resolver(loop_.io());
  auto [error, results] = co_await resolver.async_resolve(
      address_.host, address_.port, asio::as_tuple(asio::use_awaitable));
  if (error) {
    co_return absl::UnavailableError(
        absl::StrCat("upstream ", address_.host, ": ", error.message()));
  }
  resolved_.clear();
  for (const auto& entry : results) {
    if (MayConnectTo(entry.endpoint().address())) {
      resolved_.push_back(entry.endpoint());
    }
  }
  if (resolved_.empty()) {
    co_return absl::UnavailableError(absl::StrCat(
        address_.Authority(),
        ": the upstream leads to an address of this network or machine, where "
        "it is not itself"));
  }
  resolved_until_ = now + kResolvedFor;
  co_return resolved_;
}

bool UpstreamPool::MayConnectTo(const asio::ip::address& address) const {
  const AddressKind kind = KindOf(address);
  return led_by_.empty() || std::any_of(led_by_.begin(), led_by_.end(),
                                        [kind](AddressKind upstream) {
                                          return MayLeadTo(upstream, kind);
                                        });
}

Task<StatusOr<std::unique_ptr<UpstreamPool>>> UpstreamPool::LeadTo(
    UpstreamAddress address, std::shared_ptr<const TlsHolder> tls) {
  CO_ASSIGN_OR_RETURN(const auto mine, co_await Resolve());
  auto pool =
      std::make_unique<UpstreamPool>(loop_, std::move(address), std::move(tls));
  pool->SetSocketBuffers(socket_buffers_);
  for (const asio::ip::tcp::endpoint& endpoint : mine) {
    pool->led_by_.push_back(KindOf(endpoint.address()));
  }
  co_return pool;
}

void UpstreamPool::Release(std::string credential_class,
                           std::unique_ptr<UpstreamConnection> connection) {
  DropStale();
  std::vector<Idle>& kept = idle_[std::move(credential_class)];
  if (kept.size() >= kMaxIdlePerClass || idle_count_ >= kMaxIdle) return;
  connection->stream->ExpireAt(SteadyTime::max());
  connection->reader.Rest();
  connection->counted.MoveTo("idle");
  kept.push_back(
      {std::move(connection), std::chrono::steady_clock::now() + kIdleTimeout});
  ++idle_count_;
}

void UpstreamPool::Clear() {
  idle_.clear();
  idle_count_ = 0;
}

void UpstreamPool::DropStale() {
  const SteadyTime now = std::chrono::steady_clock::now();
  for (auto entry = idle_.begin(); entry != idle_.end();) {
    std::vector<Idle>& kept = entry->second;
    const size_t before = kept.size();
    std::erase_if(kept, [now](const Idle& idle) { return idle.until < now; });
    idle_count_ -= before - kept.size();
    if (kept.empty()) {
      idle_.erase(entry++);
    } else {
      ++entry;
    }
  }
}

StatusOr<UpstreamTls> UpstreamTls::New(absl::string_view name,
                                       const UpstreamAddress& upstream,
                                       const ClientTlsSettings& settings) {
  const absl::Time now = absl::Now();
  UpstreamTls tls;
  if (upstream.tls) {
    ASSIGN_OR_RETURN(
        tls.upstream,
        TlsSource::Client(absl::StrCat("upstream ", name), settings, now));
  }
  ClientTlsSettings elsewhere;
  elsewhere.ca_file = settings.ca_file;
  elsewhere.trusts_system_too = true;
  ASSIGN_OR_RETURN(
      tls.elsewhere,
      TlsSource::Client(absl::StrCat("where upstream ", name, " leads to"),
                        elsewhere, now));
  return tls;
}

void UpstreamPools::AddLoop(Loop& loop) {
  by_loop_[&loop.io()] = std::make_unique<UpstreamPool>(
      loop, address_, tls_.upstream ? tls_.upstream->holder() : nullptr);
  by_loop_[&loop.io()]->SetSocketBuffers(socket_buffers_);
}

UpstreamPool& UpstreamPools::For(const asio::any_io_executor& executor) const {
  return *by_loop_.at(&asio::query(executor, asio::execution::context));
}

Task<StatusOr<std::unique_ptr<UpstreamPool>>> UpstreamPools::LeadTo(
    UpstreamAddress address) const {
  UpstreamPool& mine = For(co_await asio::this_coro::executor);
  // What vouches for the upstream vouches for it alone, also here.
  const std::shared_ptr<TlsSource>& tls =
      IsSameOrigin(address, address_) ? tls_.upstream : tls_.elsewhere;
  std::shared_ptr<const TlsHolder> holder = tls ? tls->holder() : nullptr;
  co_return co_await mine.LeadTo(std::move(address), std::move(holder));
}

}  // namespace plimsoll

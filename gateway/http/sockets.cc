#include "gateway/http/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

namespace plimsoll {
namespace {

using boost::system::error_code;

void Set(int socket, int level, int option, int value) {
  (void)::setsockopt(socket, level, option, &value, sizeof(value));
}

// timed_out where it takes longer.
Task<error_code> ConnectWithin(asio::ip::tcp::socket& socket,
                               const asio::ip::tcp::endpoint& endpoint,
                               SteadyDuration time) {
  enum class Attempt { kUnderWay, kEnded, kTimedOut };
  // Of its own: the timer may already have gone off when the attempt ends.
  const auto attempt = std::make_shared<Attempt>(Attempt::kUnderWay);
  asio::steady_timer timer(socket.get_executor(), time);
  timer.async_wait([&socket, attempt](error_code stopped) {
    if (stopped || *attempt == Attempt::kEnded) return;
    *attempt = Attempt::kTimedOut;
    error_code ignored;
    socket.cancel(ignored);
  });
  const auto [error] = co_await socket.async_connect(
      endpoint, asio::as_tuple(asio::use_awaitable));
  const bool late = error && *attempt == Attempt::kTimedOut;
  *attempt = Attempt::kEnded;
  co_return late ? make_error_code(asio::error::timed_out) : error;
}

}  // namespace

void SetUpSocket(int socket, SocketBuffers buffers) {
  Set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  Set(socket, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(kProbeAfter.count()));
  Set(socket, IPPROTO_TCP, TCP_KEEPINTVL,
      static_cast<int>(kProbeEvery.count()));
  Set(socket, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  if (buffers.receive > 0) Set(socket, SOL_SOCKET, SO_RCVBUF, buffers.receive);
  if (buffers.send > 0) Set(socket, SOL_SOCKET, SO_SNDBUF, buffers.send);
}

PeerEnd PeerEndOf(int socket) {
  pollfd asked{socket, POLLRDHUP, 0};  // the others are always told
  if (::poll(&asked, 1, 0) <= 0) return PeerEnd::kNone;
  if ((asked.revents & (POLLERR | POLLHUP)) != 0) return PeerEnd::kBroken;
  return (asked.revents & POLLRDHUP) != 0 ? PeerEnd::kFinished : PeerEnd::kNone;
}

SteadyDuration ConnectShare(SteadyDuration left, size_t addresses) {
  const SteadyDuration part = left / static_cast<int64_t>(addresses);
  return std::min(left, std::max<SteadyDuration>(part, kLeastShare));
}

Task<error_code> ConnectToAny(
    asio::ip::tcp::socket& socket,
    const std::vector<asio::ip::tcp::endpoint>& endpoints,
    SocketBuffers buffers, SteadyDuration within) {
  const auto until = std::chrono::steady_clock::now() + within;
  error_code error = asio::error::not_found;
  for (size_t i = 0; i < endpoints.size(); ++i) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= SteadyDuration::zero()) co_return asio::error::timed_out;
    error_code ignored;
    socket.close(ignored);
    socket.open(endpoints[i].protocol(), error);
    if (error) continue;
    SetUpSocket(socket.native_handle(), buffers);
    error = co_await ConnectWithin(socket, endpoints[i],
                                   ConnectShare(left, endpoints.size() - i));
    if (!error) break;
  }
  co_return error;
}

}  // namespace plimsoll

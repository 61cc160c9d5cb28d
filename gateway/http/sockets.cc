#include "gateway/http/sockets.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>

namespace plimsoll {
namespace {

void Set(int socket, int level, int option, int value) {
  (void)::setsockopt(socket, level, option, &value, sizeof(value));
}

}  // namespace

void SetUpSocket(int socket, int buffer) {
  Set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  Set(socket, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(kProbeAfter.count()));
  Set(socket, IPPROTO_TCP, TCP_KEEPINTVL,
      static_cast<int>(kProbeEvery.count()));
  Set(socket, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  if (buffer <= 0) return;
  Set(socket, SOL_SOCKET, SO_RCVBUF, buffer);
  Set(socket, SOL_SOCKET, SO_SNDBUF, buffer);
}

PeerEnd PeerEndOf(int socket) {
  pollfd asked{socket, POLLRDHUP, 0};  // the others are always told
  if (::poll(&asked, 1, 0) <= 0) return PeerEnd::kNone;
  if ((asked.revents & (POLLERR | POLLHUP)) != 0) return PeerEnd::kBroken;
  return (asked.revents & POLLRDHUP) != 0 ? PeerEnd::kFinished : PeerEnd::kNone;
}

Task<boost::system::error_code> ConnectToAny(
    asio::ip::tcp::socket& socket,
    const std::vector<asio::ip::tcp::endpoint>& endpoints, int buffer) {
  boost::system::error_code error = asio::error::not_found;
  for (const asio::ip::tcp::endpoint& endpoint : endpoints) {
    boost::system::error_code ignored;
    socket.close(ignored);
    socket.open(endpoint.protocol(), error);
    if (error) continue;
    SetUpSocket(socket.native_handle(), buffer);
    const auto [failed] = co_await socket.async_connect(
        endpoint, asio::as_tuple(asio::use_awaitable));
    error = failed;
    if (!socket.is_open()) co_return asio::error::operation_aborted;
    if (!error) break;
  }
  co_return error;
}

}  // namespace plimsoll

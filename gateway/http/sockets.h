// How sockets of both legs are set up before they listen or connect: the window
// of a connection is agreed on as it begins, and what an acceptor has its
// connections inherit. A setting that the system does not take stays as it is.
#ifndef PLIMSOLL_GATEWAY_HTTP_SOCKETS_H_
#define PLIMSOLL_GATEWAY_HTTP_SOCKETS_H_

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <vector>

#include "gateway/task.h"

namespace plimsoll {

// A peer that is gone without a word is asked for after so long a silence, so
// often, and then given up: also where nothing is to be sent, and hours before
// the system's own two.
inline constexpr std::chrono::seconds kProbeAfter{60};
inline constexpr std::chrono::seconds kProbeEvery{15};
inline constexpr int kProbes = 4;

// What the kernel keeps of a connection at most, in bytes, and with it the
// window; 0 leaves that to the system, which gives the more the faster the
// bytes go.
struct SocketBuffers {
  int receive = 0;
  int send = 0;
};

void SetUpSocket(int socket, SocketBuffers buffers);

// What the other side has said of its connection, read or not: what it sent
// before may still be unread.
enum class PeerEnd {
  kNone,
  kFinished,  // it sends no more, and may have closed
  kBroken,    // it is gone: reset, or given up after its silence
};
PeerEnd PeerEndOf(int socket);

using SteadyDuration = std::chrono::steady_clock::duration;

// What an address may take of the time `left` while `addresses` are to be
// tried, itself included: its part, or kLeastShare where that is more. Never
// more than is left.
inline constexpr std::chrono::milliseconds kLeastShare{250};
SteadyDuration ConnectShare(SteadyDuration left, size_t addresses);

// Connects `socket` to the first of `endpoints` that takes it, `within` that
// time in all; none of them uses up the time of those after it. The error is
// the last one's: timed_out where it did not answer. Nobody else touches the
// socket meanwhile.
Task<boost::system::error_code> ConnectToAny(
    asio::ip::tcp::socket& socket,
    const std::vector<asio::ip::tcp::endpoint>& endpoints,
    SocketBuffers buffers, SteadyDuration within);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_SOCKETS_H_

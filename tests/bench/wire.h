// Wire: one end of an HTTP/1.1 connection of the benchmarks' client and
// upstream. Knows just enough of HTTP to move bodies cheaply: what is dropped
// is never copied out of the kernel where its length is known. It is not the
// gateway's codec on purpose: what measures must not share the faults of what
// is measured.
//
// With TLS it is a client that trusts any certificate; OpenSSL has the socket.
//
// Calls answer false, or an empty head, once the connection has ended or says
// what is not understood; the wire is of no more use then. One loop, one
// coroutine at a time.
#ifndef PLIMSOLL_TESTS_BENCH_WIRE_H_
#define PLIMSOLL_TESTS_BENCH_WIRE_H_

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

struct ssl_ctx_st;
struct ssl_st;

namespace plimsoll::bench {

namespace asio = boost::asio;

// The value of a header, without blanks around it; nullopt where there is none.
std::optional<absl::string_view> FindHeader(absl::string_view head,
                                            absl::string_view name);
// Content-Length; nullopt where there is none or it is no number.
std::optional<uint64_t> ContentLength(absl::string_view head);

class Wire {
 public:
  // Plain without a context.
  explicit Wire(asio::ip::tcp::socket socket, ssl_ctx_st* context = nullptr);
  ~Wire();

  // The TLS handshake; nothing where it is plain.
  asio::awaitable<bool> Begin();

  // The next head, its empty line included.
  asio::awaitable<std::string> ReadHead();
  // Drops so many bytes of a body.
  asio::awaitable<bool> Discard(uint64_t bytes);
  // Drops a chunked body, reading its framing only. No trailers.
  asio::awaitable<bool> DiscardChunks();

  asio::awaitable<bool> Send(absl::string_view bytes);
  // Sends so many bytes of filler.
  asio::awaitable<bool> SendFiller(uint64_t bytes);
  // The same as a chunked body, in chunks of `chunk_bytes`.
  asio::awaitable<bool> SendChunks(uint64_t bytes, size_t chunk_bytes);

 private:
  // The bytes of one read or write; 0 once the connection has ended.
  asio::awaitable<size_t> ReadSome(char* room, size_t size);
  asio::awaitable<size_t> WriteSome(const char* bytes, size_t size);
  // Waits for what OpenSSL asked for after `result`.
  asio::awaitable<bool> WaitFor(int result);
  // Reads once, behind what is held; false at the end.
  asio::awaitable<bool> Fill();
  // The next line, without its end; nullopt at the connection's end.
  asio::awaitable<std::optional<std::string>> ReadLine();

  asio::ip::tcp::socket socket_;
  ssl_st* ssl_ = nullptr;
  std::string held_;  // read ahead; [begin_, end_) is not used up
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace plimsoll::bench

#endif  // PLIMSOLL_TESTS_BENCH_WIRE_H_

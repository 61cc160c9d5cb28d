// bench_sink PORT BLOB_BYTES: an upstream that costs next to nothing. It serves
// every blob as BLOB_BYTES of filler, every manifest as 2 KiB, and swallows
// every body that is sent to it. On 127.0.0.1, one thread, until it is ended.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/wire.h"

namespace plimsoll::bench {
namespace {

constexpr uint64_t kManifestBytes = 2048;

asio::awaitable<bool> TakeBody(Wire& wire, absl::string_view head) {
  if (FindHeader(head, "Transfer-Encoding")) {
    co_return co_await wire.DiscardChunks();
  }
  co_return co_await wire.Discard(ContentLength(head).value_or(0));
}

// The answer to what stored something; "" for the methods that read.
std::string Stored(absl::string_view method) {
  if (method == "PUT")
    return "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
  if (method != "POST" && method != "PATCH") return "";
  return "HTTP/1.1 202 Accepted\r\nLocation: /v2/bench/blobs/uploads/1\r\n"
         "Content-Length: 0\r\n\r\n";
}

asio::awaitable<bool> Serve(Wire& wire, absl::string_view target,
                            uint64_t blob_bytes) {
  const bool blob = absl::StrContains(target, "/blobs/");
  const bool manifest = absl::StrContains(target, "/manifests/");
  const uint64_t size = blob ? blob_bytes : manifest ? kManifestBytes : 2;
  const absl::string_view type =
      manifest ? "application/vnd.oci.image.manifest.v1+json"
               : "application/octet-stream";
  const std::string head =
      absl::StrCat("HTTP/1.1 200 OK\r\nContent-Type: ", type,
                   "\r\nContent-Length: ", size, "\r\n\r\n");
  if (blob) {
    if (!co_await wire.Send(head)) co_return false;
    co_return co_await wire.SendFiller(size);
  }
  const std::string answer = absl::StrCat(head, std::string(size, '~'));
  co_return co_await wire.Send(answer);
}

asio::awaitable<void> Converse(asio::ip::tcp::socket socket,
                               uint64_t blob_bytes) {
  Wire wire(std::move(socket));
  for (;;) {
    const std::string head = co_await wire.ReadHead();
    if (head.empty() || !co_await TakeBody(wire, head)) co_return;
    const size_t blank = head.find(' ');
    const std::string stored = Stored(head.substr(0, blank));
    const absl::string_view rest = absl::string_view(head).substr(blank + 1);
    const absl::string_view target = rest.substr(0, rest.find(' '));
    bool answered = false;
    if (stored.empty()) {
      answered = co_await Serve(wire, target, blob_bytes);
    } else {
      answered = co_await wire.Send(stored);
    }
    if (!answered) co_return;
  }
}

asio::awaitable<void> Accept(asio::ip::tcp::acceptor& acceptor,
                             uint64_t blob_bytes) {
  for (;;) {
    auto [error, socket] =
        co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    asio::co_spawn(acceptor.get_executor(),
                   Converse(std::move(socket), blob_bytes), asio::detached);
  }
}

int Run(uint16_t port, uint64_t blob_bytes) {
  asio::io_context loop(1);
  asio::ip::tcp::acceptor acceptor(loop, asio::ip::tcp::v4());
  boost::system::error_code error;
  acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true));
  acceptor.bind({asio::ip::address_v4::loopback(), port}, error);
  if (!error) acceptor.listen(1024, error);
  if (error) {
    std::fprintf(stderr, "bench_sink: %s\n", error.message().c_str());
    return 1;
  }
  asio::co_spawn(loop, Accept(acceptor, blob_bytes), asio::detached);
  loop.run();
  return 0;
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  int port = 0;
  uint64_t blob_bytes = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[1], &port) || port < 1 ||
      port > 65535 || !absl::SimpleAtoi(argv[2], &blob_bytes)) {
    std::fprintf(stderr, "usage: bench_sink PORT BLOB_BYTES\n");
    return 2;
  }
  return plimsoll::bench::Run(static_cast<uint16_t>(port), blob_bytes);
}

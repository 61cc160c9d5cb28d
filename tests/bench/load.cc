// bench_load PORT CLIENTS TOTAL BODY_BYTES CHUNK_BYTES FORM HEADER: sends the
// requests on its standard input to 127.0.0.1:PORT and tells how each went.
//
// Input: requests, each as "LENGTH\n" and so many bytes that go out as they
// are; where there are fewer than TOTAL they are sent again in turn. To each,
// BODY_BYTES of filler are added (0: none), in chunks of CHUNK_BYTES (0: not
// chunked). CLIENTS connections stay open and take the next request as soon as
// they have the whole answer to their last. Answers must have a length. FORM is
// "plain" or "tls", or "tls-new" for a new connection for each request.
// Output: "SECONDS BODY_BYTES_RECEIVED", then a line for each request in its
// order: "STATUS MICROSECONDS [value of HEADER in the answer]".
// Exit 1 as soon as any connection fails: a load with holes measures nothing.
#include <openssl/ssl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "tests/bench/wire.h"

namespace plimsoll::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  uint16_t port = 0;
  size_t clients = 0;
  size_t total = 0;
  uint64_t body_bytes = 0;
  size_t chunk_bytes = 0;
  std::string form;
  std::string header;
};

struct Answer {
  int status = 0;
  int64_t micros = 0;
  std::string kept;
};

struct Load {
  Options options;
  std::vector<std::string> requests;
  std::vector<Answer> answers;
  size_t next = 0;
  uint64_t received = 0;
};

[[noreturn]] void Fail(absl::string_view why) {
  absl::FPrintF(stderr, "bench_load: %s\n", why);
  // The loop's coroutines are left where they are.
  std::_Exit(1);
}

asio::awaitable<bool> SendRequest(const Load& load, Wire& wire, size_t index) {
  const Options& options = load.options;
  if (!co_await wire.Send(load.requests[index % load.requests.size()])) {
    co_return false;
  }
  if (options.body_bytes == 0) co_return true;
  if (options.chunk_bytes == 0) {
    co_return co_await wire.SendFiller(options.body_bytes);
  }
  co_return co_await wire.SendChunks(options.body_bytes, options.chunk_bytes);
}

asio::awaitable<bool> ReadAnswer(Load& load, Wire& wire, Answer& answer) {
  const std::string head = co_await wire.ReadHead();
  const std::optional<uint64_t> length = ContentLength(head);
  if (head.size() < 12 || !length ||
      !absl::SimpleAtoi(head.substr(9, 3), &answer.status)) {
    co_return false;
  }
  if (!load.options.header.empty()) {
    answer.kept =
        std::string(FindHeader(head, load.options.header).value_or(""));
  }
  load.received += *length;
  co_return co_await wire.Discard(*length);
}

asio::ip::tcp::socket Connect(asio::io_context& loop, uint16_t port) {
  asio::ip::tcp::socket socket(loop);
  boost::system::error_code error;
  socket.connect({asio::ip::address_v4::loopback(), port}, error);
  if (error) Fail(absl::StrCat("connect: ", error.message()));
  return socket;
}

asio::awaitable<void> Drive(Load& load, asio::io_context& loop,
                            ssl_ctx_st* context) {
  auto wire = std::make_unique<Wire>(Connect(loop, load.options.port), context);
  if (!co_await wire->Begin()) Fail("no TLS handshake");
  const bool renews = load.options.form == "tls-new";
  for (bool first = true; load.next < load.answers.size(); first = false) {
    const size_t index = load.next++;
    const Clock::time_point begun = Clock::now();
    if (renews && !first) {
      wire = std::make_unique<Wire>(Connect(loop, load.options.port), context);
      if (!co_await wire->Begin()) Fail("no TLS handshake");
    }
    if (!co_await SendRequest(load, *wire, index)) {
      Fail(absl::StrCat("request ", index, ": the connection ended"));
    }
    Answer& answer = load.answers[index];
    if (!co_await ReadAnswer(load, *wire, answer)) {
      Fail(absl::StrCat("request ", index, ": no whole answer with a length"));
    }
    answer.micros = std::chrono::duration_cast<std::chrono::microseconds>(
                        Clock::now() - begun)
                        .count();
  }
}

// Returns seconds.
double Run(Load& load) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(nullptr,
                                                            &SSL_CTX_free);
  if (load.options.form != "plain") {
    context.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  asio::io_context loop(1);
  for (size_t i = 0; i < load.options.clients; ++i) {
    asio::co_spawn(loop, Drive(load, loop, context.get()), asio::detached);
  }
  const Clock::time_point begun = Clock::now();
  loop.run();
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

std::vector<std::string> ReadRequests(std::istream& input) {
  std::vector<std::string> requests;
  std::string line;
  while (std::getline(input, line)) {
    size_t length = 0;
    if (!absl::SimpleAtoi(line, &length) || length > (16 << 20)) {
      Fail("input: a length, a line end and so many bytes are expected");
    }
    std::string& request = requests.emplace_back(length, '\0');
    input.read(request.data(), static_cast<std::streamsize>(length));
    if (!input) Fail("input: it ends within a request");
  }
  return requests;
}

bool ReadOptions(absl::Span<char* const> arguments, Options& options) {
  int port = 0;
  if (arguments.size() != 8 || !absl::SimpleAtoi(arguments[1], &port) ||
      !absl::SimpleAtoi(arguments[2], &options.clients) ||
      !absl::SimpleAtoi(arguments[3], &options.total) ||
      !absl::SimpleAtoi(arguments[4], &options.body_bytes) ||
      !absl::SimpleAtoi(arguments[5], &options.chunk_bytes)) {
    return false;
  }
  options.port = static_cast<uint16_t>(port);
  options.form = arguments[6];
  options.header = arguments[7];
  const bool known = options.form == "plain" || options.form == "tls" ||
                     options.form == "tls-new";
  return known && port > 0 && port < 65536 && options.clients > 0;
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  using namespace plimsoll::bench;
  std::ios::sync_with_stdio(false);
  Load load;
  if (!ReadOptions(absl::MakeConstSpan(argv, static_cast<size_t>(argc)),
                   load.options)) {
    std::cerr << "usage: bench_load PORT CLIENTS TOTAL BODY_BYTES CHUNK_BYTES "
                 "FORM HEADER\n";
    return 2;
  }
  load.requests = ReadRequests(std::cin);
  if (load.requests.empty()) Fail("input: no request");
  load.answers.resize(load.options.total);
  const double seconds = Run(load);
  std::cout << absl::StrFormat("%.6f %u\n", seconds, load.received);
  for (const Answer& answer : load.answers) {
    std::cout << answer.status << ' ' << answer.micros << ' ' << answer.kept
              << '\n';
  }
  return 0;
}

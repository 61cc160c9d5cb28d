// TLS on both sides: our server, and our client to it.
#include "gateway/http/tls.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/observe/metrics.h"
#include "tests/gateway/http/tls_fixture.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(TlsTest, ServesAndAsksOverTls) {
  Start(
      [](Exchange& exchange) -> Task<> {
        EXPECT_TRUE(exchange.secure);
        co_await ScriptedHandler::SayTarget(exchange);
      },
      Secure());
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const auto answer = Get(host, "/a", Trusting(certificate_));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->body, "GET /a");
  }
}

TEST_F(TlsTest, MovesLargeBodies) {
  const std::string large(900'000, 'x');
  Start(
      [&large](Exchange& exchange) -> Task<> {
        ResponseHead head;
        head.status = 200;
        (void)co_await exchange.Answer(std::move(head), large);
      },
      Secure());
  const auto answer = Get("localhost", "/", Trusting(certificate_));
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body, large);
}

// A record is 16 KiB at most, and each block is a call of the kernel's
// upstream.
TEST_F(TlsTest, ReadsTheRecordsThatAreThereTogether) {
  const std::string body(600'000, 'x');
  size_t largest = 0;
  size_t total = 0;
  Start(
      [&](Exchange& exchange) -> Task<> {
        asio::steady_timer timer(exchange.loop().io());
        timer.expires_after(std::chrono::milliseconds(200));
        co_await timer.async_wait(asio::use_awaitable);
        for (;;) {
          const auto block = co_await exchange.reader().ReadBody();
          EXPECT_THAT(block, IsOk());
          if (!block.ok() || block->empty()) break;
          largest = std::max(largest, block->size());
          total += block->size();
        }
        co_await ScriptedHandler::SayTarget(exchange);
      },
      Secure());
  TlsClient client(port_);
  ASSERT_THAT(client.Handshake(), IsOk());
  EXPECT_THAT(client.AskOnce(absl::StrCat(
                  "PUT /a HTTP/1.1\r\nHost: r\r\nContent-Length: ", body.size(),
                  "\r\n\r\n", body)),
              IsOkAndHolds(HasSubstr("PUT /a")));
  EXPECT_EQ(total, body.size());
  EXPECT_GT(largest, size_t{16 << 10});
}

TEST_F(TlsTest, SpeaksBothVersionsAndHttp11Alone) {
  Start(Secure());
  constexpr absl::string_view kBoth("\x02h2\x08http/1.1", 12);
  for (const bool tls12 : {true, false}) {
    TlsClient::Options options;
    options.tls12 = tls12;
    TlsClient silent(port_, options);
    ASSERT_THAT(silent.Handshake(), IsOk());
    EXPECT_EQ(silent.version(), tls12 ? "TLSv1.2" : "TLSv1.3");
    EXPECT_EQ(silent.protocol(), "") << "a client that offers nothing";
    EXPECT_THAT(silent.Ask(kGet), IsOkAndHolds(HasSubstr("GET /a")));
    options.protocols = std::string(kBoth);
    TlsClient offering(port_, options);
    ASSERT_THAT(offering.Handshake(), IsOk());
    EXPECT_EQ(offering.protocol(), "http/1.1");
    options.protocols = "\x02h2";
    EXPECT_THAT(TlsClient(port_, options).Handshake(),
                StatusIs(absl::StatusCode::kUnavailable,
                         HasSubstr("alert no application protocol")));
  }
}

// As docker tries a registry that it is told is insecure, and as curl does
// where somebody forgot the s of https.
TEST_F(TlsTest, AnswersPlainHttpOnTheTlsPortInPlainHttp) {
  Start(Secure());
  for (const absl::string_view method : {"GET", "HEAD", "PATCH"}) {
    RawClient client = Connected();
    ASSERT_THAT(client.Send(absl::StrCat(method,
                                         " /v2/ HTTP/1.1\r\nHost: r\r\n"
                                         "\r\n")),
                IsOk());
    const RawResponse answer = Answered(client, method);
    EXPECT_EQ(answer.head.status, 400) << method;
    EXPECT_EQ(HeaderOf(answer, "Connection"), "close");
    EXPECT_EQ(answer.body, method == "HEAD"
                               ? ""
                               : "this port speaks TLS: write https:// in "
                                 "the URL");
    EXPECT_TRUE(client.AtEnd());
  }
}

TEST_F(TlsTest, AnswersPlainHttpWhoseHeadIsWrong) {
  Start(Secure());
  EXPECT_THAT(SendOnce(port_, "GET nowhere\r\n\r\n"),
              IsOkAndHolds(HasSubstr("this port speaks TLS")));
}

TEST_F(TlsTest, SendsAnAlertToWhatIsNeither) {
  Start(Secure());
  const auto answer =
      SendOnce(port_, absl::string_view("\x16\x03\x01\x00\x05hello", 10));
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->front(), 0x15);
}

// A hello of 517 bytes is what docker sends; 0x16 starts it.
std::string ClientHello() {
  std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  hello.resize(517, 'x');
  return hello;
}

// Silence costs docker 10 s for every push, and a bare end makes others fail.
TEST_F(TlsTest, AnswersTlsOnThePlainPortInPlainHttp) {
  Start();
  const auto answer = SendOnce(port_, ClientHello());
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(*answer, AllOf(StartsWith("HTTP/1.1 400 "),
                             HasSubstr("TLS came to a port that speaks plain "
                                       "HTTP: write http://")));
}

// The answer does not wait for the rest of a hello, and outlives it.
TEST_F(TlsTest, AnswersTlsOfSeveralSegmentsAtItsFirst) {
  Start();
  RawClient client = Connected();
  const std::string hello = ClientHello();
  ASSERT_THAT(client.Send(hello.substr(0, 1)), IsOk());
  const RawResponse answer = Answered(client, "GET");
  EXPECT_EQ(answer.head.status, 400);
  for (const size_t at : {size_t{1}, size_t{100}, size_t{300}}) {
    EXPECT_THAT(client.Send(hello.substr(at, 100)), IsOk());
  }
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(TlsTest, EndsAHandshakeThatDoesNotCome) {
  HttpServer::Options options = Secure();
  options.timeouts.head = std::chrono::seconds(0);
  Start(options);
  RawClient client = Connected();
  EXPECT_TRUE(client.AtEnd());
}

// Handshakes are connections: nobody gets any number of them.
TEST_F(TlsTest, CountsHandshakesAgainstTheLimit) {
  HttpServer::Options options = Secure();
  options.max_connections = 1;
  options.timeouts.head = std::chrono::hours(1);
  Start(options);
  RawClient silent = Connected();
  RawClient second = Connected();
  EXPECT_TRUE(second.AtEnd());
  loop_.Do([this] { server_->Drain(); });
  EXPECT_TRUE(silent.AtEnd());
}

TEST_F(TlsTest, CountsHowHandshakesEnd) {
  HttpServer::Options options = Secure();
  options.name = "webhook";
  const auto ended = [](absl::string_view how) {
    return metrics::tls_handshakes.Get({"webhook", how});
  };
  const int64_t fine = ended("ok");
  const int64_t failed = ended("failed");
  Start(options);
  TlsClient client(port_);
  ASSERT_THAT(client.Handshake(), IsOk());
  ASSERT_THAT(client.Ask(kGet), IsOk());
  { RawClient check_of_health = Connected(); }
  (void)SendOnce(port_, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(ended("ok"), fine + 1);
  EXPECT_EQ(ended("failed"), failed + 1);
}

// OpenSSL keeps the number of the descriptor, which may be another's by then: a
// file, or the connection of another client.
TEST_F(TlsTest, WritesNothingToADescriptorThatItHasClosed) {
  Start(Secure());
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe2(pipe_ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  const auto run = [&]() -> Task<bool> {
    asio::ip::tcp::socket socket(loop_.loop().io());
    const asio::ip::tcp::endpoint server(asio::ip::address_v4::loopback(),
                                         port_);
    co_await socket.async_connect(server, asio::use_awaitable);
    const int descriptor = socket.native_handle();
    TlsStream stream(std::move(socket), loop_.loop().deadlines(),
                     Holding(Trusting(certificate_))->Get());
    const Status shaken = co_await stream.Connect("localhost");
    EXPECT_THAT(shaken, IsOk());
    stream.Close();
    EXPECT_EQ(dup2(pipe_ends[1], descriptor), descriptor);
    stream.FinishWriting();
    EXPECT_FALSE(stream.IsQuiet());
    close(descriptor);
    co_return shaken.ok();
  };
  ASSERT_TRUE(loop_.Wait<bool>(run));
  char byte = 0;
  EXPECT_LT(read(pipe_ends[0], &byte, 1), 0) << "it wrote to the pipe";
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

}  // namespace
}  // namespace plimsoll

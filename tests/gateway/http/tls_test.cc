// TLS on both sides: our server, and our client to it.
#include "gateway/http/tls.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "gateway/http/client.h"
#include "tests/gateway/http/server_fixture.h"
#include "tests/support/test_certificate.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

class TlsTest : public ServerTest {
 protected:
  TlsTest() { std::signal(SIGPIPE, SIG_IGN); }  // as main() does

  HttpServer::Options Secure() {
    auto context = TlsContext::Server(certificate_.certificate_file(),
                                      certificate_.key_file());
    EXPECT_THAT(context, IsOk());
    HttpServer::Options options;
    options.tls = *std::move(context);
    return options;
  }

  std::shared_ptr<TlsContext> Trusting(const std::string& ca_file) {
    auto context = TlsContext::Client(ca_file);
    EXPECT_THAT(context, IsOk());
    return *std::move(context);
  }

  // GETs `target` of `host` at the server's port.
  StatusOr<HttpAnswer> Get(const std::string& host, const std::string& target,
                           const std::string& ca_file) {
    const UpstreamAddress address{true, host, absl::StrCat(port_)};
    auto pool = std::make_shared<UpstreamPool>(loop_.loop(), address,
                                               Trusting(ca_file));
    ClientRequest request;
    request.head.method = "GET";
    request.head.target = target;
    StatusOr<HttpAnswer> answer = loop_.Wait<StatusOr<HttpAnswer>>(
        [&] { return Fetch(*pool, request, 1 << 20); });
    loop_.Do([&] { pool->Clear(); });
    return answer;
  }

  TestCertificate certificate_;
};

TEST_F(TlsTest, ServesAndAsksOverTls) {
  Start(
      [](Exchange& exchange) -> Task<> {
        EXPECT_TRUE(exchange.secure);
        co_await ScriptedHandler::SayTarget(exchange);
      },
      Secure());
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const auto answer = Get(host, "/a", certificate_.certificate_file());
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
  const auto answer = Get("localhost", "/", certificate_.certificate_file());
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body, large);
}

TEST_F(TlsTest, TrustsNobodyElse) {
  Start(Secure());
  const TestCertificate other;
  EXPECT_THAT(
      Get("localhost", "/", other.certificate_file()),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("certificate")));
}

TEST_F(TlsTest, TakesNoCertificateOfAnotherName) {
  const TestCertificate elsewhere("DNS:elsewhere.example,IP:127.0.0.9");
  HttpServer::Options options;
  auto context =
      TlsContext::Server(elsewhere.certificate_file(), elsewhere.key_file());
  ASSERT_THAT(context, IsOk());
  options.tls = *context;
  Start(options);
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    EXPECT_THAT(
        Get(host, "/", elsewhere.certificate_file()),
        StatusIs(absl::StatusCode::kUnavailable, HasSubstr("mismatch")));
  }
}

TEST_F(TlsTest, EndsAPlainRequestOnTheTlsPort) {
  Start(Secure());
  RawClient client = Connected();
  ASSERT_THAT(client.Send("GET / HTTP/1.1\r\nHost: r\r\n\r\n"), IsOk());
  (void)client.ReadAll();  // an alert, or a reset
  EXPECT_THAT(Get("localhost", "/a", certificate_.certificate_file()), IsOk());
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

TEST(TlsContext, SaysWhichFileIsWrong) {
  const TestCertificate certificate;
  EXPECT_THAT(TlsContext::Server("/nowhere/cert.pem", certificate.key_file()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/nowhere/cert.pem")));
  EXPECT_THAT(
      TlsContext::Server(certificate.certificate_file(), "/nowhere/key.pem"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("/nowhere/key.pem")));
  EXPECT_THAT(TlsContext::Client("/nowhere/ca.pem"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/nowhere/ca.pem")));
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
                     Trusting(certificate_.certificate_file()));
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

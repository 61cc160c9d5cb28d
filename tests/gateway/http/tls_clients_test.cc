// Clients that show certificates: who is let in, what they are called, and what
// is said to and of those that are not.
#include "tests/gateway/http/tls_fixture.h"
#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Code = absl::StatusCode;

class TlsClientsTest : public TlsTest {
 protected:
  // Serves whom `authority_` vouches for; the answer is the client's name.
  void Ask(ClientAuth demand, AddressRanges trusted = {}) {
    ServerTlsSettings settings = Showing(certificate_);
    settings.client_ca_file = authority_.certificate_file();
    settings.client_auth = demand;
    HttpServer::Options options = Secure(settings);
    options.limits =
        ConnectionLimits::New({"test", 100, 0, std::move(trusted)});
    Start(
        [](Exchange& exchange) -> Task<> {
          ResponseHead head;
          head.status = 200;
          std::string name = absl::StrCat("<", exchange.client_name, ">");
          (void)co_await exchange.Answer(std::move(head), std::move(name));
        },
        options);
  }
  TestCertificate Client(TestCertificate::Options options) const {
    options.issuer = &authority_;
    return TestCertificate(options);
  }
  // What a client with that certificate gets for its request.
  StatusOr<std::string> Answer(const TestCertificate* shown, bool tls12 = false,
                               absl::string_view request = kGet) const {
    TlsClient::Options options;
    options.tls12 = tls12;
    if (shown != nullptr) {
      options.certificate_file = shown->certificate_file();
      options.key_file = shown->key_file();
    }
    TlsClient client(port_, options);
    RETURN_IF_ERROR(client.Handshake());
    return client.Ask(request);
  }

  // What was logged: the server's line comes after its alert.
  std::string Log() {
    loop_.Do([] {});
    return CapturedLog();
  }

  const TestCertificate authority_ = TestCertificate::Authority();
};

// Its certificate proves who the proxy is, and nothing of its clients.
TEST_F(TlsClientsTest, AreNotCalledByTheCertificateOfTheirProxy) {
  Ask(ClientAuth::kRequired, {*AddressRange::Parse("127.0.0.0/8")});
  TestCertificate::Options options;
  options.names = "DNS:proxy.example";
  const TestCertificate proxy = Client(options);
  EXPECT_THAT(Answer(&proxy), IsOkAndHolds(HasSubstr("<proxy.example>")));
  EXPECT_THAT(Answer(&proxy, false,
                     "GET / HTTP/1.1\r\nHost: r\r\nConnection: close\r\n"
                     "X-Forwarded-For: 192.0.2.7\r\n\r\n"),
              IsOkAndHolds(HasSubstr("<>")));
}

TEST_F(TlsClientsTest, AreCalledByTheirCertificate) {
  Ask(ClientAuth::kRequired);
  struct Case {
    std::string names;
    std::string common_name;
    std::string called;
  };
  const std::string longest = absl::StrCat("a:", std::string(510, 'x'));
  const Case cases[] = {
      {"DNS:a.example,URI:spiffe://corp/ci,URI:spiffe://corp/x", "cn",
       "<spiffe://corp/ci>"},
      {"IP:10.0.0.1,DNS:a.example,DNS:b.example", "cn", "<a.example>"},
      {"IP:10.0.0.1", "build bot \xc3\xa4", "<build bot \xc3\xa4>"},
      {"", "cn", "<cn>"},
      {"", "", "<sha256:"},
      {absl::StrCat("URI:", longest), "", absl::StrCat("<", longest, ">")},
      {absl::StrCat("URI:", longest, "x"), "cn", "<sha256:"},
      {"", "two\nlines", "<sha256:"},
  };
  for (const Case& c : cases) {
    TestCertificate::Options options;
    options.names = c.names;
    options.common_name = c.common_name;
    const TestCertificate client = Client(options);
    EXPECT_THAT(Answer(&client), IsOkAndHolds(HasSubstr(c.called)));
  }
}

TEST_F(TlsClientsTest, MayShowNoneWhereItIsOptional) {
  Ask(ClientAuth::kOptional);
  EXPECT_THAT(Answer(nullptr), IsOkAndHolds(HasSubstr("<>")));
  const TestCertificate client = Client({});
  EXPECT_THAT(Answer(&client), IsOkAndHolds(HasSubstr("<localhost>")));
}

TEST_F(TlsClientsTest, AreRefusedWithAnAlertAndALine) {
  for (const bool tls12 : {false, true}) {
    SCOPED_TRACE(tls12);
    CaptureLog();
    Ask(ClientAuth::kRequired);
    EXPECT_THAT(Answer(nullptr, tls12),
                StatusIs(Code::kUnavailable,
                         HasSubstr(tls12 ? "alert handshake failure"
                                         : "alert certificate required")));
    EXPECT_THAT(Log(),
                AllOf(HasSubstr(R"("event":"tls handshake failed")"),
                      HasSubstr(R"("server":"test","client":"127.0.0.1")"),
                      HasSubstr("the other side shows no certificate")));
    loop_.Do([this] { server_->CloseAll(); });
  }
}

TEST_F(TlsClientsTest, AreRefusedForACertificateThatIsNotGood) {
  const TestCertificate stranger;
  TestCertificate::Options options;
  options.begins = -absl::Hours(48);
  options.ends = -absl::Hours(24);
  const TestCertificate expired = Client(options);
  for (const ClientAuth demand :
       {ClientAuth::kOptional, ClientAuth::kRequired}) {
    CaptureLog();
    Ask(demand);
    EXPECT_THAT(Answer(&expired),
                StatusIs(Code::kUnavailable, HasSubstr("certificate expired")));
    EXPECT_THAT(Log(), HasSubstr("client certificate: expired at 2"));
    EXPECT_THAT(Answer(&stranger),
                StatusIs(Code::kUnavailable, HasSubstr("unknown ca")));
    loop_.Do([this] { server_->CloseAll(); });
  }
}

// A client that goes on to send would otherwise say that its connection was
// reset, rather than what the alert says.
TEST_F(TlsClientsTest, AreNotCutOffWhileTheySend) {
  Ask(ClientAuth::kRequired);
  TlsClient client(port_);
  ASSERT_THAT(client.Handshake(), IsOk());
  EXPECT_THAT(client.Ask(kGet),
              StatusIs(Code::kUnavailable, HasSubstr("certificate required")));
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(client.raw().Send(std::string(1 << 20, 'x')), IsOk());
  }
  EXPECT_TRUE(client.raw().AtEnd());
}

TEST_F(TlsClientsTest, AreNotAskedWhereNobodyWantsToKnow) {
  Start(
      [](Exchange& exchange) -> Task<> {
        EXPECT_EQ(exchange.client_name, "");
        co_await ScriptedHandler::SayTarget(exchange);
      },
      Secure());
  const TestCertificate client = Client({});
  EXPECT_THAT(Answer(&client), IsOkAndHolds(HasSubstr("GET /a")));
}

}  // namespace
}  // namespace plimsoll

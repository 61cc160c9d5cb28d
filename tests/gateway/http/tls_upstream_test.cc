// TLS on the way to an upstream: whom our client trusts, what it shows, and
// what it says where that fails.
#include "gateway/http/advice.h"
#include "tests/gateway/http/tls_fixture.h"
#include "tests/support/script_server.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Code = absl::StatusCode;

class TlsUpstreamTest : public TlsTest {
 protected:
  // Its message is for clients, which learn of no file.
  static Status Shown(const StatusOr<HttpAnswer>& answer) {
    EXPECT_THAT(std::string(answer.status().message()), Not(HasSubstr(".pem")));
    return answer.status();
  }

  const TestCertificate authority_ = TestCertificate::Authority();
};

TEST_F(TlsUpstreamTest, TrustsNobodyElse) {
  Start(Secure());
  const TestCertificate other;
  const Status status = Shown(Get("localhost", "/", Trusting(other)));
  EXPECT_THAT(status,
              StatusIs(Code::kUnavailable,
                       HasSubstr("certificate of localhost: self-signed, and "
                                 "not trusted here")));
  EXPECT_EQ(AdviceOf(status), absl::StrCat("look at upstream.tls.ca: ",
                                           other.certificate_file()));
}

TEST_F(TlsUpstreamTest, SaysWhichAuthorityItDoesNotTrust) {
  TestCertificate::Options options;
  options.issuer = &authority_;
  Start(Secure(Showing(TestCertificate(options))));
  const Status status = Shown(Get("localhost", "/", {}));
  EXPECT_THAT(status,
              StatusIs(Code::kUnavailable,
                       HasSubstr("its authority is not trusted here: CN=test "
                                 "authority")));
  EXPECT_EQ(AdviceOf(status), "look at upstream.tls.ca, which is not set");
  EXPECT_THAT(Get("localhost", "/", Trusting(authority_)), IsOk());
}

TEST_F(TlsUpstreamTest, SaysWhenACertificateExpired) {
  TestCertificate::Options options;
  options.issuer = &authority_;
  options.begins = -absl::Hours(48);
  options.ends = -absl::Hours(24);
  Start(Secure(Showing(TestCertificate(options))));
  const Status status = Shown(Get("localhost", "/", Trusting(authority_)));
  EXPECT_THAT(status, StatusIs(Code::kUnavailable,
                               HasSubstr("certificate of localhost: expired at "
                                         "2")));
  EXPECT_THAT(AdviceOf(status), HasSubstr("renew the certificate"));
}

TEST_F(TlsUpstreamTest, SaysThatACertificateIsNotValidYet) {
  TestCertificate::Options options;
  options.issuer = &authority_;
  options.begins = absl::Hours(24);
  options.ends = absl::Hours(48);
  Start(Secure(Showing(TestCertificate(options))));
  EXPECT_THAT(Get("localhost", "/", Trusting(authority_)),
              StatusIs(Code::kUnavailable, HasSubstr("not valid before 2")));
}

TEST_F(TlsUpstreamTest, TakesNoCertificateOfAnotherName) {
  TestCertificate::Options options;
  options.names = "DNS:elsewhere.example,IP:127.0.0.9,IP:::1";
  const TestCertificate elsewhere(options);
  Start(Secure(Showing(elsewhere)));
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    const Status status = Shown(Get(host, "/", Trusting(elsewhere)));
    EXPECT_THAT(
        status,
        StatusIs(Code::kUnavailable,
                 HasSubstr(absl::StrCat("certificate of ", host,
                                        ": name mismatch: it is for "
                                        "elsewhere.example, 127.0.0.9"))));
    EXPECT_THAT(AdviceOf(status), HasSubstr("upstream.tls.serverName"));
  }
  ClientTlsSettings settings = Trusting(elsewhere);
  settings.server_name = "elsewhere.example";
  EXPECT_THAT(Get("127.0.0.1", "/", settings), IsOk());
  settings.server_name = "localhost";
  EXPECT_THAT(Get("127.0.0.1", "/", settings),
              StatusIs(Code::kUnavailable, HasSubstr("name mismatch")));
}

// What a file of authorities holds is trusted, also where that is no root.
TEST_F(TlsUpstreamTest, TrustsAnAuthorityBelowTheRoot) {
  TestCertificate::Options below;
  below.names = "";
  below.common_name = "intermediate";
  below.is_authority = true;
  below.issuer = &authority_;
  const TestCertificate intermediate(below);
  TestCertificate::Options options;
  options.issuer = &intermediate;
  const TestCertificate leaf(options);
  Start(Secure(Showing(leaf)));
  EXPECT_THAT(Get("localhost", "/", Trusting(intermediate)), IsOk());
  EXPECT_THAT(Get("localhost", "/", Trusting(leaf)), IsOk());
  EXPECT_THAT(Get("localhost", "/", Trusting(authority_)),
              StatusIs(Code::kUnavailable, HasSubstr("CN=intermediate")));
}

TEST_F(TlsUpstreamTest, ShowsItsCertificateWhereTheServerAsksForOne) {
  ServerTlsSettings server = Showing(certificate_);
  server.client_ca_file = authority_.certificate_file();
  server.client_auth = ClientAuth::kRequired;
  Start(
      [](Exchange& exchange) -> Task<> {
        ResponseHead head;
        head.status = 200;
        std::string name = exchange.client_name;
        (void)co_await exchange.Answer(std::move(head), std::move(name));
      },
      Secure(server));
  TestCertificate::Options options;
  options.names = "DNS:gateway.example";
  options.issuer = &authority_;
  const TestCertificate own(options);
  ClientTlsSettings settings = Trusting(certificate_);
  settings.certificate_file = own.certificate_file();
  settings.key_file = own.key_file();
  const auto answer = Get("localhost", "/", settings);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body, "gateway.example");
}

// In TLS 1.3 the alert comes after the handshake, in place of the answer: it
// was taken for a connection that ended.
TEST_F(TlsUpstreamTest, SaysThatTheServerWantsAnotherCertificate) {
  ServerTlsSettings server = Showing(certificate_);
  server.client_ca_file = authority_.certificate_file();
  server.client_auth = ClientAuth::kRequired;
  Start(Secure(server));
  ClientTlsSettings settings = Trusting(certificate_);
  Status status = Shown(Get("localhost", "/", settings));
  EXPECT_THAT(status, StatusIs(Code::kUnavailable,
                               HasSubstr("the TLS alert \"certificate "
                                         "required\"")));
  EXPECT_THAT(AdviceOf(status),
              AllOf(HasSubstr("the server wants a client certificate"),
                    HasSubstr("upstream.tls.certificate, which is not set")));
  const TestCertificate stranger;
  settings.certificate_file = stranger.certificate_file();
  settings.key_file = stranger.key_file();
  status = Shown(Get("localhost", "/", settings));
  EXPECT_THAT(status, StatusIs(Code::kUnavailable, HasSubstr("alert")));
  EXPECT_THAT(AdviceOf(status), HasSubstr(stranger.certificate_file()));
}

TEST_F(TlsUpstreamTest, SaysThatAServerDoesNotSpeakTls) {
  Start();
  EXPECT_THAT(Get("localhost", "/", Trusting(certificate_)),
              StatusIs(Code::kUnavailable, HasSubstr("does not speak TLS")));
}

TEST_F(TlsUpstreamTest, SaysThatAServerSpeaksTlsWhereItIsToldPlainHttp) {
  const ScriptServer server("\x15\x03\x01\x02\x02\x0a");
  const UpstreamAddress address{false, "127.0.0.1",
                                absl::StrCat(server.port())};
  UpstreamPool pool(loop_.loop(), address, nullptr);
  ClientRequest request;
  request.head.method = "GET";
  request.head.target = "/";
  EXPECT_THAT(loop_.Wait<StatusOr<HttpAnswer>>(
                  [&] { return Fetch(pool, request, 100); }),
              StatusIs(Code::kUnavailable, HasSubstr("write https://")));
}

// Names alone may stand there (RFC 6066): some servers end the handshake.
TEST_F(TlsUpstreamTest, NamesNoAddressInItsHello) {
  const ScriptServer server("");
  port_ = server.port();
  for (const std::string host : {"localhost", "127.0.0.1"}) {
    EXPECT_FALSE(Get(host, "/", Trusting(certificate_)).ok());
  }
  const std::vector<SeenRequest> hellos = server.requests();
  ASSERT_EQ(hellos.size(), 2u);
  EXPECT_THAT(hellos[0].head_bytes, HasSubstr("localhost"));
  EXPECT_THAT(hellos[1].head_bytes, Not(HasSubstr("127.0.0.1")));
}

}  // namespace
}  // namespace plimsoll

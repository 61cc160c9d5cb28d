// Sessions that are resumed by their tickets: on every loop of a listener, and
// never past what its clients were let in by.
#include <openssl/ssl.h>

#include "gateway/http/tls_source.h"
#include "tests/gateway/http/tls_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

class TlsResumeTest : public TlsTest {
 protected:
  ~TlsResumeTest() override {
    other_.Stop();
    beside_.reset();
  }

  void Serve(const std::shared_ptr<TlsSource>& source) {
    handler_.script = [](Exchange& exchange) -> Task<> {
      ResponseHead head;
      head.status = 200;
      std::string name = absl::StrCat("<", exchange.client_name, ">");
      (void)co_await exchange.Answer(std::move(head), std::move(name));
    };
    HttpServer::Options options;
    options.tls = source->holder(0);
    Start(options);
    options.tls = source->holder(1);
    options.name = "beside";
    options.host = "127.0.0.1";
    options.port = "0";
    beside_ = std::make_unique<HttpServer>(other_.loop(), handler_, options);
    ASSERT_THAT(beside_->Listen(), IsOk());
    other_.Do([this] { beside_->Start(); });
  }
  std::shared_ptr<TlsSource> Source(const ServerTlsSettings& settings) const {
    auto source = TlsSource::Server("test", settings, 2, now_);
    EXPECT_THAT(source, IsOk());
    return *std::move(source);
  }
  // The session of a first connection, to the first loop.
  std::shared_ptr<ssl_session_st> First(const TlsClient::Options& options) {
    TlsClient client(port_, options);
    EXPECT_THAT(client.Handshake(), IsOk());
    EXPECT_THAT(client.Ask(kGet), IsOk());
    EXPECT_FALSE(client.resumed());
    return client.session();
  }
  static bool Resumes(uint16_t port, TlsClient::Options options,
                      std::shared_ptr<ssl_session_st> session) {
    options.session = std::move(session);
    TlsClient client(port, options);
    EXPECT_THAT(client.Handshake(), IsOk());
    EXPECT_THAT(client.Ask(kGet), IsOk());
    return client.resumed();
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  LoopThread other_;
  std::unique_ptr<HttpServer> beside_;
};

TEST_F(TlsResumeTest, IsTheSameForEveryLoop) {
  Serve(Source(Showing(certificate_)));
  for (const bool tls12 : {true, false}) {
    SCOPED_TRACE(tls12);
    TlsClient::Options options;
    options.tls12 = tls12;
    const auto session = First(options);
    EXPECT_TRUE(Resumes(port_, options, session));
    EXPECT_TRUE(Resumes(beside_->port(), options, session));
  }
}

TEST_F(TlsResumeTest, OutlivesARenewalAndEndsWithItsKeys) {
  const auto source = Source(Showing(certificate_));
  Serve(source);
  const TlsClient::Options options;
  const auto session = First(options);
  source->Renew(now_);
  EXPECT_TRUE(Resumes(port_, options, session));
  source->RenewIfChanged(now_ + TlsSource::kTicketKeysLast);
  EXPECT_FALSE(Resumes(port_, options, session));
  EXPECT_FALSE(Resumes(beside_->port(), options, session));
  const auto renewed = First(options);
  EXPECT_TRUE(Resumes(beside_->port(), options, renewed));
}

TEST_F(TlsResumeTest, KeepsTheClientsName) {
  const TestCertificate client;
  ServerTlsSettings settings = Showing(certificate_);
  settings.client_ca_file = client.certificate_file();
  settings.client_auth = ClientAuth::kRequired;
  Serve(Source(settings));
  TlsClient::Options options;
  options.certificate_file = client.certificate_file();
  options.key_file = client.key_file();
  options.session = First(options);
  TlsClient again(port_, options);
  ASSERT_THAT(again.Handshake(), IsOk());
  EXPECT_THAT(again.Ask(kGet), IsOkAndHolds(HasSubstr("<localhost>")));
  EXPECT_TRUE(again.resumed());
}

// Its authority is not asked again when a session is resumed.
TEST_F(TlsResumeTest, EndsWhereItsAuthorityIsTrustedNoMore) {
  const TestCertificate client;
  const TestCertificate other;
  const ScratchDir directory;
  ServerTlsSettings settings = Showing(certificate_);
  settings.client_ca_file = directory.Write("ca.pem", client.certificate());
  settings.client_auth = ClientAuth::kRequired;
  const auto source = Source(settings);
  Serve(source);
  TlsClient::Options options;
  options.certificate_file = client.certificate_file();
  options.key_file = client.key_file();
  options.session = First(options);
  directory.Write("ca.pem", other.certificate());
  source->Renew(now_);
  TlsClient again(port_, options);
  (void)again.Handshake();
  EXPECT_THAT(again.Ask(kGet), StatusIs(absl::StatusCode::kUnavailable,
                                        HasSubstr("alert unknown ca")));
}

// The first server takes the certificate although it has expired: that stands
// for one that expires between the two.
TEST_F(TlsResumeTest, EndsWhereTheClientsCertificateDoes) {
  TestCertificate::Options past;
  past.begins = -absl::Hours(48);
  past.ends = -absl::Hours(24);
  const TestCertificate client(past);
  ServerTlsSettings settings = Showing(certificate_);
  settings.client_ca_file = client.certificate_file();
  settings.client_auth = ClientAuth::kRequired;
  const auto source = Source(settings);
  X509_VERIFY_PARAM_set_flags(
      SSL_CTX_get0_param(source->holder(0)->Get()->get()),
      X509_V_FLAG_NO_CHECK_TIME);
  Serve(source);
  TlsClient::Options options;
  options.certificate_file = client.certificate_file();
  options.key_file = client.key_file();
  options.session = First(options);
  TlsClient again(beside_->port(), options);
  (void)again.Handshake();
  EXPECT_THAT(again.Ask(kGet), StatusIs(absl::StatusCode::kUnavailable,
                                        HasSubstr("certificate expired")));
}

}  // namespace
}  // namespace plimsoll

// What the tests of TLS share: a server of ours that speaks it, our client to
// that, and how both are told whom to trust.
#ifndef PLIMSOLL_TESTS_GATEWAY_HTTP_TLS_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_HTTP_TLS_FIXTURE_H_

#include <csignal>
#include <memory>
#include <string>

#include "gateway/http/client.h"
#include "tests/gateway/http/server_fixture.h"
#include "tests/support/test_certificate.h"
#include "tests/support/tls_client.h"

namespace plimsoll {

class TlsTest : public ServerTest {
 protected:
  static constexpr absl::string_view kGet =
      "GET /a HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n";

  TlsTest() { std::signal(SIGPIPE, SIG_IGN); }  // as main() does

  static std::shared_ptr<TlsHolder> Holding(const ServerTlsSettings& settings) {
    auto context = TlsContext::Server(settings, *TicketKeys::New());
    EXPECT_THAT(context, IsOk());
    return std::make_shared<TlsHolder>(*std::move(context));
  }
  static std::shared_ptr<TlsHolder> Holding(const ClientTlsSettings& settings) {
    auto context = TlsContext::Client(settings);
    EXPECT_THAT(context, IsOk());
    return std::make_shared<TlsHolder>(*std::move(context));
  }
  static ServerTlsSettings Showing(const TestCertificate& certificate) {
    ServerTlsSettings settings;
    settings.certificate_file = certificate.certificate_file();
    settings.key_file = certificate.key_file();
    return settings;
  }
  static ClientTlsSettings Trusting(const TestCertificate& certificate) {
    ClientTlsSettings settings;
    settings.ca_file = certificate.certificate_file();
    return settings;
  }

  HttpServer::Options Secure() { return Secure(Showing(certificate_)); }
  static HttpServer::Options Secure(const ServerTlsSettings& settings) {
    HttpServer::Options options;
    options.tls = Holding(settings);
    return options;
  }

  // GETs `target` of `host` at the server's port with our own client.
  StatusOr<HttpAnswer> Get(const std::string& host, const std::string& target,
                           const ClientTlsSettings& settings) {
    const UpstreamAddress address{true, host, absl::StrCat(port_)};
    auto pool = std::make_shared<UpstreamPool>(loop_.loop(), address,
                                               Holding(settings));
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

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_HTTP_TLS_FIXTURE_H_

// The registry door over TLS: what decisions know of a client's certificate,
// and what clients hear that speak the wrong protocol.
#include <csignal>

#include "tests/gateway/registry/door_fixture.h"
#include "tests/support/test_certificate.h"
#include "tests/support/tls_client.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class DoorTlsTest : public DoorTest {
 protected:
  DoorTlsTest() { std::signal(SIGPIPE, SIG_IGN); }  // as main() does

  void StartTls(ClientAuth demand) {
    ServerTlsSettings settings;
    settings.certificate_file = certificate_.certificate_file();
    settings.key_file = certificate_.key_file();
    settings.client_ca_file = certificate_.certificate_file();
    settings.client_auth = demand;
    const auto context = TlsContext::Server(settings, *TicketKeys::New());
    ASSERT_THAT(context, IsOk());
    tls_ = std::make_shared<TlsHolder>(*context);
    Start(kAdmitAll);
  }
  // Pushes an image as a client that shows that certificate or none.
  v1::Client Pushes(bool with_certificate) {
    const StoredImage image = Image();
    Upload(image);
    TlsClient::Options options;
    if (with_certificate) {
      options.certificate_file = certificate_.certificate_file();
      options.key_file = certificate_.key_file();
    }
    TlsClient client(port_, options);
    EXPECT_THAT(client.Handshake(), IsOk());
    EXPECT_THAT(
        client.Ask(PutRequest("v1", image.manifest, "Connection: close\r\n")),
        IsOkAndHolds(HasSubstr("201")));
    return OnlyDecision().decision.client();
  }

  const TestCertificate certificate_;
};

TEST_F(DoorTlsTest, RecordsWhoTheClientIsByItsCertificate) {
  StartTls(ClientAuth::kRequired);
  const v1::Client client = Pushes(true);
  EXPECT_EQ(client.name(), "localhost");
  EXPECT_EQ(client.proof(), "mtls");
  EXPECT_EQ(client.address(), "127.0.0.1");
}

TEST_F(DoorTlsTest, RecordsNobodyWhereNoCertificateWasShown) {
  StartTls(ClientAuth::kOptional);
  const v1::Client client = Pushes(false);
  EXPECT_EQ(client.name(), "");
  EXPECT_EQ(client.proof(), "none");
}

TEST_F(DoorTlsTest, ForwardsThatItCameOverTls) {
  StartTls(ClientAuth::kNone);
  (void)Pushes(false);
  const std::vector<SeenRequest> puts = Seen("PUT");
  ASSERT_EQ(puts.size(), 1u);
  const std::string* scheme =
      puts.front().head.headers.Find("X-Forwarded-Proto");
  ASSERT_NE(scheme, nullptr);
  EXPECT_EQ(*scheme, "https");
}

TEST_F(DoorTlsTest, TellsAClientThatItsHeadCameTooSlowly) {
  timeouts_.keep_alive = std::chrono::seconds(0);
  StartTls(ClientAuth::kNone);
  TlsClient client(port_);
  ASSERT_THAT(client.Handshake(), IsOk());
  EXPECT_THAT(client.Ask("GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\nGET /v2/team"),
              IsOkAndHolds(HasSubstr("HTTP/1.1 408 ")));
}

// Also the end of its bytes is no end of a record's.
TEST_F(DoorTlsTest, NoticesAClientThatGoesWhileTheUpstreamIsSilent) {
  StartTls(ClientAuth::kNone);
  SetOverride([](const RequestHead&) { return ScriptReply{}; });
  const std::string get = "GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n";
  {
    TlsClient client(port_);
    ASSERT_THAT(client.Handshake(), IsOk());
    ASSERT_THAT(client.Send(absl::StrCat(get, get)), IsOk());
    ASSERT_TRUE(Eventually([this] { return !Seen("GET").empty(); }));
  }
  EXPECT_EQ(FieldOf(accesses_.Next(), "endedBy"), "client gone");
}

TEST_F(DoorTlsTest, AnswersPlainHttpAsRegistriesAnswer) {
  StartTls(ClientAuth::kNone);
  const RawResponse answer = Ask("GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n", "GET");
  EXPECT_EQ(answer.head.status, 400);
  EXPECT_EQ(HeaderOf(answer, "Content-Type"), "application/json");
  EXPECT_THAT(answer.head.reason, HasSubstr("this port speaks TLS"));
  EXPECT_THAT(answer.body,
              AllOf(StartsWith(R"({"errors":[{"code":"UNSUPPORTED")"),
                    HasSubstr("this port speaks TLS: write https://")));
}

TEST_F(DoorTlsTest, AnswersTlsOnAPlainPortAsRegistriesAnswer) {
  Start(kAdmitAll);
  const RawResponse answer = Ask("\x16\x03\x01", "GET");
  EXPECT_EQ(answer.head.status, 400);
  EXPECT_THAT(answer.body,
              AllOf(StartsWith(R"({"errors":[{"code":"UNSUPPORTED")"),
                    HasSubstr("a port that speaks plain HTTP")));
}

// The pause of a body must not cost the client its answer.
TEST_F(DoorTlsTest, AnswersAnUploadThatTheUpstreamBreaksOff) {
  StartTls(ClientAuth::kOptional);
  SetOverride([](const RequestHead&) {
    ScriptReply reply;
    reply.read_first = 2;
    reply.then = Then::kReset;
    return reply;
  });
  TlsClient client(port_, {});
  ASSERT_THAT(client.Handshake(), IsOk());
  EXPECT_THAT(client.Ask("PATCH /v2/team/app/blobs/uploads/1 HTTP/1.1\r\n"
                         "Host: r\r\nContent-Length: 99\r\n\r\nhello"),
              IsOkAndHolds(AllOf(StartsWith("HTTP/1.1 502 "),
                                 HasSubstr("UNAVAILABLE"))));
}

}  // namespace
}  // namespace plimsoll

// Whose request it is where a proxy speaks for the client.
#include "tests/gateway/http/server_fixture.h"
#include "tests/support/kept_accesses.h"

namespace plimsoll {
namespace {

class TrustedProxyTest : public ServerTest {
 protected:
  // A server that trusts `proxies` and says whom it serves.
  void StartTrusting(absl::string_view proxies, size_t of_address = 0) {
    HttpServer::Options options;
    options.access_log = &accesses_;
    limits_ = ConnectionLimits::New(
        {"test", 100, of_address, {*AddressRange::Parse(proxies)}});
    options.limits = limits_;
    Start(
        [](Exchange& exchange) -> Task<> {
          ResponseHead head;
          head.status = 200;
          std::string body = absl::StrCat(
              exchange.peer, " by ", exchange.proxy, " at ",
              exchange.secure ? "https" : "http", "://", exchange.authority());
          (void)co_await exchange.Answer(std::move(head), std::move(body));
        },
        options);
  }
  RawResponse Ask(absl::string_view fields) {
    RawClient client = Connected();
    EXPECT_THAT(client.Send(absl::StrCat("GET / HTTP/1.1\r\nHost: gateway:5000",
                                         "\r\n", fields, "\r\n")),
                IsOk());
    return Answered(client, "GET");
  }

  std::shared_ptr<ConnectionLimits> limits_;
};

constexpr absl::string_view kForwarded =
    "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"
    "X-Forwarded-Proto: https\r\nX-Forwarded-Host: registry.example\r\n";

TEST_F(TrustedProxyTest, IsBelieved) {
  StartTrusting("127.0.0.0/8");
  EXPECT_EQ(Ask(kForwarded).body,
            "192.0.2.7 by 127.0.0.1 at https://registry.example");
  const std::string line = accesses_.Next();
  EXPECT_EQ(FieldOf(line, "client"), "192.0.2.7");
  EXPECT_EQ(FieldOf(line, "proxy"), "127.0.0.1");
}

TEST_F(TrustedProxyTest, IsTheClientWhereItSpeaksForNobody) {
  StartTrusting("127.0.0.0/8");
  EXPECT_EQ(Ask("").body, "127.0.0.1 by 127.0.0.1 at http://gateway:5000");
}

TEST_F(TrustedProxyTest, IsNobodyElse) {
  StartTrusting("10.0.0.0/8");
  EXPECT_EQ(Ask(kForwarded).body, "127.0.0.1 by  at http://gateway:5000");
  EXPECT_EQ(Ask("X-Forwarded-For: nonsense\r\n").head.status, 200);
}

TEST_F(TrustedProxyTest, IsRefusedWhatCanBeReadInTwoWays) {
  StartTrusting("127.0.0.0/8");
  const RawResponse refused = Ask("X-Forwarded-Proto: https, http\r\n");
  EXPECT_EQ(refused.head.status, 400);
  EXPECT_THAT(refused.body, testing::HasSubstr("X-Forwarded-Proto"));
}

TEST_F(TrustedProxyTest, SpeaksForNoMoreOfAClientThanItsShare) {
  StartTrusting("127.0.0.0/8", 1);
  // The proxy's own connections are not counted.
  RawClient first = Connected();
  RawClient second = Connected();
  for (RawClient* client : {&first, &second}) {
    ASSERT_THAT(client->Send("GET / HTTP/1.1\r\nHost: r\r\n\r\n"), IsOk());
    EXPECT_EQ(Answered(*client, "GET").head.status, 200);
  }
  const auto held = limits_->EnterRequest(*ParseAddress("192.0.2.7"));
  ASSERT_TRUE(held.ok());
  const RawResponse refused = Ask(kForwarded);
  EXPECT_EQ(refused.head.status, 503);
  EXPECT_EQ(Ask("X-Forwarded-For: 192.0.2.8\r\n").head.status, 200);
}

}  // namespace
}  // namespace plimsoll

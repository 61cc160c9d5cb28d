// Who has an address: one server, or the loops of one that share it.
#include <thread>

#include "tests/gateway/http/server_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

class ListenTest : public ServerTest {
 protected:
  HttpServer::Options On(uint16_t port) {
    HttpServer::Options options;
    options.name = "registry";
    options.host = "127.0.0.1";
    options.port = absl::StrCat(port);
    return options;
  }
  // What another gateway, here of the same user, hears.
  Status SecondListens(uint16_t port) {
    HttpServer second(other_.loop(), handler_, On(port));
    return second.Listen();
  }

  LoopThread other_;
};

TEST_F(ListenTest, RefusesAnAddressThatAnotherServerHas) {
  Start();
  const std::string said = absl::StrCat("listen on 127.0.0.1:", port_,
                                        " (registry): address already in use");
  EXPECT_THAT(SecondListens(port_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(said)));
}

TEST_F(ListenTest, RefusesAnAddressThatTheLoopsOfAnotherServerShare) {
  Start();
  HttpServer beside(other_.loop(), handler_, On(port_));
  ASSERT_THAT(beside.ListenBeside(*server_), IsOk());
  EXPECT_THAT(SecondListens(port_),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("address already in use")));
}

TEST_F(ListenTest, SharesAnyPortAmongLoopsThatAllServe) {
  Start();
  HttpServer beside(other_.loop(), handler_, On(0));
  ASSERT_THAT(beside.ListenBeside(*server_), IsOk());
  EXPECT_EQ(beside.port(), port_);
  other_.Do([&] { beside.Start(); });
  // The system divides them; that one of two gets none of so many is no chance.
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(Connected());
    ASSERT_THAT(clients.back().Send("GET /a HTTP/1.1\r\nHost: r\r\n\r\n"),
                IsOk());
    EXPECT_EQ(Answered(clients.back(), "GET").body, "GET /a");
  }
  EXPECT_EQ(server_->connections() + beside.connections(), 200u);
  EXPECT_GT(server_->connections(), 0u);
  EXPECT_GT(beside.connections(), 0u);
  other_.Stop();
}

TEST_F(ListenTest, GivesItsAddressBack) {
  Start();
  loop_.Do([this] { server_->Drain(); });
  EXPECT_THAT(SecondListens(port_), IsOk());
}

}  // namespace
}  // namespace plimsoll

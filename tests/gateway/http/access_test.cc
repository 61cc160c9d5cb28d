// What the server side tells of each exchange when it has ended.
#include <future>
#include <new>

#include "gateway/http/forwarder.h"
#include "tests/gateway/http/forwarder_fixture.h"
#include "tests/support/captured_log.h"
#include "tests/support/kept_accesses.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kGet = "GET /a?b=c HTTP/1.1\r\nHost: r\r\n\r\n";

class AccessTest : public ForwarderTest {
 protected:
  HttpServer::Options Logged() {
    HttpServer::Options options;
    options.access_log = &accesses_;
    return options;
  }
  std::string NextLine(std::initializer_list<absl::string_view> fields) {
    return accesses_.NextFields(fields);
  }
};

TEST_F(AccessTest, TellsOfEachExchangeOfAConnection) {
  Start(ScriptedHandler::SayBody, Logged());
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT /a HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 5\r\n\r\nhello"
                          "PUT /b HTTP/1.1\r\nHost: r\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n"
                          "3\r\nwor\r\n2\r\nld\r\n0\r\n\r\n"
                          "HEAD /c HTTP/1.1\r\nHost: r\r\n\r\n"),
              IsOk());
  const auto next = [this] {
    return NextLine({"listener", "client", "method", "path", "status",
                     "requestBytes", "answerBytes", "endedBy"});
  };
  EXPECT_EQ(next(),
            "listener=test client=127.0.0.1 method=PUT path=/a status=200 "
            "requestBytes=5 answerBytes=5 endedBy=(none)");
  EXPECT_EQ(next(),
            "listener=test client=127.0.0.1 method=PUT path=/b status=200 "
            "requestBytes=5 answerBytes=5 endedBy=(none)");
  EXPECT_EQ(next(),
            "listener=test client=127.0.0.1 method=HEAD path=/c status=200 "
            "requestBytes=0 answerBytes=0 endedBy=(none)");
}

// Nobody knows what the rest of its connection is.
TEST_F(AccessTest, TellsOfWhatIsNoRequest) {
  Start(Logged());
  RawClient client = Connected();
  ASSERT_THAT(client.Send(absl::StrCat(kGet, "GET /b HTTP/1.0\r\n\r\n")),
              IsOk());
  EXPECT_EQ(NextLine({"path", "status"}), "path=/a status=200");
  EXPECT_EQ(NextLine({"client", "method", "path", "status", "requestBytes"}),
            "client=127.0.0.1 method=(none) path=(none) status=505 "
            "requestBytes=0");
}

TEST_F(AccessTest, TellsOfAnExchangeWhoseHandlerThrew) {
  CaptureLog();
  Start([](Exchange&) -> Task<> { throw std::bad_alloc(); }, Logged());
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(NextLine({"path", "status"}), "path=/a status=0");
  EXPECT_TRUE(client.AtEnd());
  loop_.Do([] {});
  EXPECT_THAT(CapturedLog(), testing::HasSubstr("serving a connection"));
}

TEST_F(AccessTest, TellsNothingOfAConnectionThatAskedNothing) {
  Start(Logged());
  { const RawClient silent = Connected(); }
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(NextLine({"path"}), "path=/a");
}

TEST_F(AccessTest, SaysWhatTheUpstreamAnsweredAndHowMuchOfItCame) {
  for (const size_t size : {size_t{4}, size_t{40'000}, size_t{4} << 20}) {
    SCOPED_TRACE(size);
    ScriptServer upstream(
        CannedAnswer("206 Partial Content", std::string(size, 'x')));
    ForwardTo(upstream.port(), Logged());
    EXPECT_EQ(Ask(kGet).body.size(), size);
    EXPECT_EQ(NextLine({"status", "upstreamStatus", "answerBytes"}),
              absl::StrCat("status=206 upstreamStatus=206 answerBytes=", size));
    NextEnd();
  }
}

TEST_F(AccessTest, CountsABodyThatIsForwarded) {
  StartWith(
      [](const RequestHead&) {
        ScriptReply reply;
        reply.bytes = CannedAnswer("201 Created", "");
        return reply;
      },
      Logged());
  const std::string body(1 << 20, 'x');
  Ask(absl::StrCat("PUT /a HTTP/1.1\r\nHost: r\r\nContent-Length: ",
                   body.size(), "\r\n\r\n", body),
      "PUT");
  EXPECT_EQ(NextLine({"status", "requestBytes", "answerBytes"}),
            "status=201 requestBytes=1048576 answerBytes=0");
}

TEST_F(AccessTest, SaysThatTheUpstreamCannotBeReached) {
  uint16_t port = 0;
  {
    const ScriptServer gone("");
    port = gone.port();
  }
  ForwardTo(port, Logged());
  Ask(kGet);
  EXPECT_EQ(NextLine({"status", "upstreamStatus", "endedBy"}),
            "status=502 upstreamStatus=(none) endedBy=upstream failed");
}

TEST_F(AccessTest, SaysThatTheUpstreamDidNotAnswerInTime) {
  base_.answer_wait = std::chrono::seconds(0);
  ScriptReply stall;
  stall.then = Then::kStall;
  StartWith([stall](const RequestHead&) { return stall; }, Logged());
  Ask(kGet);
  EXPECT_EQ(NextLine({"status", "endedBy"}),
            "status=502 endedBy=upstream slow");
}

TEST_F(AccessTest, SaysThatTheUpstreamBrokeOff) {
  ScriptReply half;
  half.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
  half.then = Then::kClose;
  StartWith([half](const RequestHead&) { return half; }, Logged());
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(NextLine({"status", "answerBytes", "endedBy"}),
            "status=200 answerBytes=4 endedBy=upstream failed");
}

TEST_F(AccessTest, SaysThatTheClientWentAwayWithinItsBody) {
  StartWith(
      [](const RequestHead&) {
        ScriptReply reply;
        reply.bytes = CannedAnswer("201 Created", "");
        return reply;
      },
      Logged());
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT /x HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 9\r\n\r\nhalf"),
              IsOk());
  client.CloseWrite();
  EXPECT_EQ(NextLine({"requestBytes", "endedBy"}),
            "requestBytes=4 endedBy=client gone");
}

TEST_F(AccessTest, SaysThatTheClientWentAwayWithinTheAnswer) {
  StartWith(
      [](const RequestHead&) {
        ScriptReply reply;
        reply.bytes = CannedAnswer("200 OK", std::string(64 << 20, 'x'));
        return reply;
      },
      Logged());
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  ASSERT_THAT(client.ReadSome(), IsOk());
  client.Reset();
  EXPECT_EQ(NextLine({"status", "endedBy"}), "status=200 endedBy=client gone");
}

TEST_F(AccessTest, SaysThatTheClientsChunksAreMalformed) {
  StartWith(
      [](const RequestHead&) {
        ScriptReply reply;
        reply.bytes = CannedAnswer("201 Created", "");
        return reply;
      },
      Logged());
  RawClient client = Connected();
  ASSERT_THAT(
      client.Send("PUT /x HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked"
                  "\r\n\r\n2\r\nhi\r\n2;x=y\r\nhi\r\n0\r\n\r\n"),
      IsOk());
  EXPECT_EQ(NextLine({"requestBytes", "endedBy"}),
            "requestBytes=2 endedBy=client malformed");
}

TEST_F(AccessTest, SaysThatAHeldBodyCameTooSlowly) {
  HttpServer::Options options = Logged();
  options.timeouts.held_body = std::chrono::seconds(0);
  Start(
      [](Exchange& exchange) -> Task<> {
        (void)co_await exchange.ReadWholeBody(100);
      },
      options);
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT /x HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 9\r\n\r\n"),
              IsOk());
  EXPECT_EQ(NextLine({"status", "endedBy"}), "status=0 endedBy=client slow");
}

// At the end of a drain, say: what was left under way told of itself under a
// name that was gone.
TEST(ServerAccess, TellsOfAnExchangeThatOutlivesItsServer) {
  constexpr absl::string_view kName = "a listener whose name takes memory";
  KeptAccesses accesses;
  ScriptedHandler handler;
  {
    LoopThread loop;
    std::promise<void> under_way;
    handler.script = [&under_way](Exchange& exchange) -> Task<> {
      under_way.set_value();
      asio::steady_timer never(exchange.loop().io(), SteadyTime::max());
      co_await never.async_wait(asio::use_awaitable);
    };
    HttpServer::Options options;
    options.name = std::string(kName);
    options.host = "127.0.0.1";
    options.port = "0";
    options.access_log = &accesses;
    auto server = std::make_unique<HttpServer>(loop.loop(), handler, options);
    ASSERT_THAT(server->Listen(), IsOk());
    loop.Do([&server] { server->Start(); });
    StatusOr<RawClient> client = RawClient::Connect(server->port());
    ASSERT_THAT(client, IsOk());
    ASSERT_THAT(client->Send(kGet), IsOk());
    under_way.get_future().wait();
    loop.Stop();
    server.reset();
  }
  EXPECT_EQ(FieldOf(accesses.Next(), "listener"), kName);
}

}  // namespace
}  // namespace plimsoll

// What ends a connection that the client does not: deadlines, the limit of
// connections, and draining.
#include <future>
#include <new>
#include <thread>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/gateway/http/server_fixture.h"
#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kGet = "GET /a HTTP/1.1\r\nHost: r\r\n\r\n";
// Up at the next look at the deadlines.
constexpr std::chrono::seconds kAtOnce{0};

// Holds a handler until the test lets it go on.
class Gate {
 public:
  explicit Gate(LoopThread& loop)
      : loop_(loop), event_(loop.loop().executor()) {}
  Task<> Pass() {
    entered_.set_value();
    co_await event_.Wait();
  }
  void WaitUntilEntered() { entered_.get_future().wait(); }
  void Open() {
    loop_.Do([this] { event_.Set(); });
  }

 private:
  LoopThread& loop_;
  Event event_;
  std::promise<void> entered_;
};

class ServerLimitsTest : public ServerTest {
 protected:
  // Whether the server has at most `count` connections, now or soon.
  bool FallsTo(size_t count) const {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (server_->connections() > count) {
      if (absl::Now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  static bool IsTurnedAway(RawClient client) {
    return client.Send(kGet).ok() && Answered(client, "GET").head.status == 503;
  }
  // Answered after `gate` lets it.
  ScriptedHandler::Script Behind(Gate& gate) {
    return [&gate](Exchange& exchange) -> Task<> {
      co_await gate.Pass();
      co_await ScriptedHandler::SayTarget(exchange);
    };
  }
};

TEST_F(ServerLimitsTest, EndsAHeadThatDoesNotCome) {
  HttpServer::Options options;
  options.timeouts.head = kAtOnce;
  Start(options);
  EXPECT_TRUE(Connected().AtEnd());
  EXPECT_TRUE(FallsTo(0));
}

// It was closed without a word, as by a broken network.
TEST_F(ServerLimitsTest, TellsAClientThatItsHeadCameTooSlowly) {
  HttpServer::Options options;
  options.timeouts.head = std::chrono::seconds(1);  // not what a kept one idles
  options.access_log = &accesses_;
  Start(options);
  for (absl::string_view begun :
       {"G", "GET /b HTTP/1.1\r\nHos", "GET /b HTTP/1.1\r\nHost: r\r\n"}) {
    SCOPED_TRACE(begun);
    RawClient client = Connected();
    ASSERT_THAT(client.Send(kGet), IsOk());
    EXPECT_EQ(Answered(client, "GET").body, "GET /a");
    ASSERT_THAT(client.Send(begun), IsOk());
    const RawResponse late = Answered(client, "GET");
    EXPECT_EQ(late.head.status, 408);
    EXPECT_EQ(HeaderOf(late, "Connection"), "close");
    EXPECT_THAT(late.body, testing::HasSubstr("did not arrive in time"));
    EXPECT_TRUE(client.AtEnd());
    (void)accesses_.Next();
    EXPECT_EQ(accesses_.NextFields({"status", "endedBy"}),
              "status=408 endedBy=client slow");
  }
  EXPECT_TRUE(FallsTo(0));
}

// The rest of that head is no request either.
TEST_F(ServerLimitsTest, ReadsNoRequestBehindAHeadThatCameTooSlowly) {
  HttpServer::Options options;
  options.timeouts.head = std::chrono::seconds(1);
  Start(options);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet.substr(0, 9)), IsOk());
  EXPECT_EQ(Answered(client, "GET").head.status, 408);
  (void)client.Send(absl::StrCat(kGet.substr(9), kGet));
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerLimitsTest, EndsAnIdleConnection) {
  HttpServer::Options options;
  options.timeouts.keep_alive = kAtOnce;
  Start(options);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(Answered(client, "GET").body, "GET /a");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerLimitsTest, EndsAHeldBodyThatDoesNotCome) {
  HttpServer::Options options;
  options.timeouts.held_body = kAtOnce;
  std::promise<Status> read;
  Start(
      [&read](Exchange& exchange) -> Task<> {
        read.set_value((co_await exchange.ReadWholeBody(100)).status());
      },
      options);
  RawClient client = Connected();
  ASSERT_THAT(
      client.Send("PUT /a HTTP/1.1\r\nHost: r\r\nContent-Length: 9\r\n\r\nhal"),
      IsOk());
  EXPECT_THAT(read.get_future().get(),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerLimitsTest, EndsAnAnswerThatNobodyReads) {
  HttpServer::Options options;
  options.timeouts.write = kAtOnce;
  std::promise<Status> written;
  Start(
      [&written](Exchange& exchange) -> Task<> {
        ResponseHead head;
        head.status = 200;
        std::string body(64 << 20, 'x');
        written.set_value(
            co_await exchange.Answer(std::move(head), std::move(body)));
      },
      options);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_THAT(written.get_future().get(),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST_F(ServerLimitsTest, ReadsABodyToItsLimitAndNoFurther) {
  Start([](Exchange& exchange) -> Task<> {
    const auto body = co_await exchange.ReadWholeBody(5);
    ResponseHead head;
    head.status = body.ok() ? 200 : 413;
    (void)co_await exchange.Answer(std::move(head), "");
  });
  const struct {
    absl::string_view framed;
    int status;
    bool whole;  // all of it was read, and the connection goes on
  } cases[] = {
      {"Content-Length: 5\r\n\r\n12345", 200, true},
      {"Content-Length: 6\r\n\r\n123456", 413, false},
      {"Content-Length: 9223372036854775807\r\n\r\n1", 413, false},
      {"Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n", 200, true},
      {"Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n0\r\n\r\n", 413, true},
      {"Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n", 413, false},
      {"Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\n123456", 413,
       false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.framed);
    RawClient client = Connected();
    ASSERT_THAT(
        client.Send(absl::StrCat("PUT / HTTP/1.1\r\nHost: r\r\n", c.framed)),
        IsOk());
    const RawResponse response = Answered(client, "PUT");
    EXPECT_EQ(response.head.status, c.status);
    EXPECT_EQ(HeaderOf(response, "Connection"), c.whole ? "(none)" : "close");
  }
}

TEST_F(ServerLimitsTest, TakesNoMoreConnectionsThanItsLimit) {
  HttpServer::Options options;
  options.max_connections = 2;
  Start(options);
  RawClient first = Connected();
  RawClient second = Connected();
  for (RawClient* client : {&first, &second}) {
    ASSERT_THAT(client->Send(kGet), IsOk());
    Answered(*client, "GET");
  }
  RawClient third = Connected();
  ASSERT_THAT(third.Send(kGet), IsOk());
  const RawResponse away = Answered(third, "GET");
  EXPECT_EQ(away.head.status, 503);
  EXPECT_EQ(HeaderOf(away, "Connection"), "close");
  EXPECT_THAT(away.body, testing::HasSubstr("too many connections"));
  EXPECT_TRUE(third.AtEnd());
  EXPECT_EQ(server_->connections(), 2u);
  first.Reset();
  ASSERT_TRUE(FallsTo(1));
  RawClient fourth = Connected();
  ASSERT_THAT(fourth.Send(kGet), IsOk());
  EXPECT_EQ(Answered(fourth, "GET").body, "GET /a");
}

TEST_F(ServerLimitsTest, TakesNoMoreOfOneAddressThanItsShare) {
  HttpServer::Options options;
  options.limits = ConnectionLimits::New({"test", 100, 1, {}});
  Start(options);
  RawClient first = Connected();
  ASSERT_THAT(first.Send(kGet), IsOk());
  Answered(first, "GET");
  EXPECT_TRUE(IsTurnedAway(Connected()));
  first.Reset();
  ASSERT_TRUE(FallsTo(0));
  EXPECT_FALSE(IsTurnedAway(Connected()));
}

TEST_F(ServerLimitsTest, WaitsForNoRequestOfWhomItTurnsAway) {
  HttpServer::Options options;
  options.max_connections = 0;
  Start(options);
  RawClient silent = Connected();
  EXPECT_TRUE(silent.AtEnd());
}

// Answering those would cost what is to be saved.
TEST_F(ServerLimitsTest, ClosesAtOnceWhereManyAreBeingTurnedAway) {
  HttpServer::Options options;
  options.max_connections = 0;
  Start(options);
  std::vector<RawClient> many;
  for (size_t i = 0; i < ConnectionList::TurnedAway::kMost + 1; ++i) {
    many.push_back(Connected());
  }
  EXPECT_TRUE(many.back().AtEnd());
}

TEST_F(ServerLimitsTest, SharesItsLimitsWithTheServersOfOtherLoops) {
  HttpServer::Options options;
  options.limits = ConnectionLimits::New({"test", 1, 0, {}});
  const ConnectionLimits::Place elsewhere =
      options.limits->Enter(*ParseAddress("192.0.2.1"));
  ASSERT_TRUE(elsewhere.ok());
  Start(options);
  EXPECT_TRUE(IsTurnedAway(Connected()));
}

// One line when the limit begins to bind and one when it ends, however many
// connections come to it.
TEST_F(ServerLimitsTest, SaysOnceThatItsLimitBindsAndOnceThatItEnds) {
  HttpServer::Options options;
  options.max_connections = 8;
  CaptureLog();
  Start(options);
  std::vector<RawClient> open;
  for (int i = 0; i < 8; ++i) {
    open.push_back(Connected());
    ASSERT_THAT(open.back().Send(kGet), IsOk());
    Answered(open.back(), "GET");
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(IsTurnedAway(Connected()));
  // One that ends at the limit is not the end of it.
  open.pop_back();
  ASSERT_TRUE(FallsTo(7));
  open.push_back(Connected());
  ASSERT_THAT(open.back().Send(kGet), IsOk());
  Answered(open.back(), "GET");
  EXPECT_TRUE(IsTurnedAway(Connected()));
  open.clear();
  ASSERT_TRUE(FallsTo(0));
  loop_.Do([] {});
  const std::string log = CapturedLog();
  const std::vector<std::string> lines =
      absl::StrSplit(log, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 2u) << log;
  EXPECT_THAT(lines[0], testing::HasSubstr(R"("level":"error")"));
  EXPECT_THAT(lines[0], testing::HasSubstr(R"("server":"test","limit":"8")"));
  EXPECT_THAT(lines[1], testing::HasSubstr(R"("level":"info")"));
}

// As where memory runs out.
TEST_F(ServerLimitsTest, ForgetsAConnectionWhoseHandlerThrowsAndSaysSo) {
  HttpServer::Options options;
  options.max_connections = 1;
  CaptureLog();
  Start([](Exchange&) -> Task<> { throw std::bad_alloc(); }, options);
  for (int i = 0; i < 2; ++i) {
    RawClient client = Connected();
    ASSERT_THAT(client.Send(kGet), IsOk());
    EXPECT_TRUE(client.AtEnd());
    EXPECT_TRUE(FallsTo(0));
  }
  loop_.Do([] {});
  EXPECT_THAT(CapturedLog(), testing::HasSubstr("serving a connection"));
}

TEST_F(ServerLimitsTest, DrainsIdleConnectionsAtOnce) {
  Start();
  RawClient silent = Connected();
  RawClient idle = Connected();
  ASSERT_THAT(idle.Send(kGet), IsOk());
  Answered(idle, "GET");
  loop_.Do([this] { server_->Drain(); });
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_TRUE(silent.AtEnd());
  EXPECT_TRUE(FallsTo(0));
  EXPECT_THAT(RawClient::Connect(port_), testing::Not(IsOk()));
}

// A client that was not told would send its next request into the close.
TEST_F(ServerLimitsTest, TellsAClientUnderWayThatItDrains) {
  Gate gate(loop_);
  Start(Behind(gate));
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  gate.WaitUntilEntered();
  loop_.Do([this] { server_->Drain(); });
  gate.Open();
  const RawResponse response = Answered(client, "GET");
  EXPECT_EQ(response.body, "GET /a");
  EXPECT_EQ(HeaderOf(response, "Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
  EXPECT_TRUE(FallsTo(0));
}

TEST_F(ServerLimitsTest, EndsEverythingWhereItMust) {
  Gate gate(loop_);
  Start(Behind(gate));
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  gate.WaitUntilEntered();
  loop_.Do([this] { server_->CloseAll(); });
  EXPECT_TRUE(client.AtEnd());
  gate.Open();
  EXPECT_TRUE(FallsTo(0));
}

}  // namespace
}  // namespace plimsoll

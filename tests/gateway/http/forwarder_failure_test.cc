// What goes wrong while forwarding, and what each side sees of it.
#include <algorithm>
#include <future>

#include "gateway/http/forwarder.h"
#include "tests/gateway/http/forwarder_fixture.h"
#include "tests/support/fake_stream.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

constexpr absl::string_view kGet = "GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n";
constexpr absl::string_view kPut =
    "PUT /x HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\n\r\nhello";

// Answers the first request and does `then` with the second, all others.
ScriptServer::Script AnswerThen(ScriptReply second) {
  auto count = std::make_shared<int>(0);
  return [count, second](const RequestHead&) {
    ScriptReply fine;
    fine.bytes = CannedAnswer("200 OK", "fine");
    return ++*count == 2 ? second : fine;
  };
}

TEST_F(ForwarderTest, AnswersWhereTheUpstreamCannotBeReached) {
  uint16_t port = 0;
  {
    const ScriptServer gone("");
    port = gone.port();
  }
  ForwardTo(port);
  const RawResponse response = Ask(kPut, "PUT");
  EXPECT_EQ(response.head.status, 502);
  EXPECT_THAT(response.body, HasSubstr("cannot connect"));
  const ForwardEnd end = NextEnd();
  EXPECT_THAT(end.status, StatusIs(StatusCode::kUnavailable));
  EXPECT_FALSE(end.sent_any);
  EXPECT_EQ(end.answer, 0);
}

TEST_F(ForwarderTest, RefusesAnswersThatTwoCouldReadDifferently) {
  for (absl::string_view sent : {
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
           "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n"
           "abc",
           "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab",
           "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",
           "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
           "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\nab",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nab",
           "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
           "HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n",
           "HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n",
           "HTTP/2 200 OK\r\n\r\n",
           "ICY 200 OK\r\n\r\n",
       }) {
    SCOPED_TRACE(sent);
    const ScriptServer upstream{std::string(sent)};
    ForwardTo(upstream.port());
    const RawResponse response = Ask(kGet);
    EXPECT_EQ(response.head.status, 502);
    EXPECT_THAT(NextEnd().status, StatusIs(StatusCode::kUnavailable));
  }
}

TEST_F(ForwarderTest, HasNoPatienceForInterimAnswersWithoutEnd) {
  std::string many;
  for (int i = 0; i < 20; ++i) many += "HTTP/1.1 102 Wait\r\n\r\n";
  StartWith(many + CannedAnswer("200 OK", ""));
  EXPECT_EQ(Ask(kGet).head.status, 502);
}

// Whichever way the body is delimited, half of it must not look whole.
TEST_F(ForwarderTest, NeverLetsABrokenAnswerLookWhole) {
  for (absl::string_view head : {"Content-Length: 9\r\n\r\nhalf",
                                 "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf",
                                 "Server: until-close\r\n\r\nhalf"}) {
    SCOPED_TRACE(head);
    ScriptReply reply;
    reply.bytes = absl::StrCat("HTTP/1.1 200 OK\r\n", head);
    reply.after_release = "more";
    reply.then = Then::kReset;
    const ScriptServer::Script script = [reply](const RequestHead&) {
      return reply;
    };
    ScriptServer upstream(script);
    ForwardTo(upstream.port());
    RawClient client = Connected();
    ASSERT_THAT(client.Send(kGet), IsOk());
    ASSERT_TRUE(upstream.WaitForRequests(1));
    upstream.Release();
    EXPECT_THAT(client.ReadResponse("GET"), testing::Not(IsOk()));
    EXPECT_THAT(NextEnd().status, StatusIs(StatusCode::kUnavailable));
  }
}

TEST_F(ForwarderTest, ShowsTheUpstreamThatTheClientIsGone) {
  auto asked = std::make_shared<std::promise<void>>();
  StartWith([asked](const RequestHead&) {
    asked->set_value();
    ScriptReply reply;
    reply.bytes = CannedAnswer("201 Created", "");
    return reply;
  });
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kPut.substr(0, kPut.size() - 2)), IsOk());
  // A reset takes with it what nobody has read yet.
  ASSERT_EQ(asked->get_future().wait_for(std::chrono::seconds(20)),
            std::future_status::ready);
  client.Reset();
  const ForwardEnd end = NextEnd();
  EXPECT_THAT(end.status, StatusIs(StatusCode::kCancelled));
  EXPECT_TRUE(end.sent_any);
  ASSERT_TRUE(upstream_->WaitForRequests(1));
  EXPECT_FALSE(upstream_->requests()[0].whole);
}

TEST_F(ForwarderTest, ForwardsNoMalformedChunk) {
  StartWith(CannedAnswer("201 Created", ""));
  RawClient client = Connected();
  ASSERT_THAT(
      client.Send("PUT /x HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked"
                  "\r\n\r\n2\r\nhi\r\n2;x=y\r\nhi\r\n0\r\n\r\n"),
      IsOk());
  EXPECT_FALSE(NextEnd().status.ok());
  ASSERT_TRUE(upstream_->WaitForRequests(1));
  EXPECT_FALSE(upstream_->requests()[0].whole);
  EXPECT_EQ(upstream_->requests()[0].body, "hi");
}

TEST_F(ForwarderTest, StopsReadingAnAnswerThatNobodyTakes) {
  StartWith(CannedAnswer("200 OK", std::string(64 << 20, 'x')));
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  ASSERT_THAT(client.ReadSome(), IsOk());
  client.Reset();
  EXPECT_THAT(NextEnd().status, StatusIs(StatusCode::kCancelled));
}

// The write of an early answer keeps its deadline when the body is through.
TEST_F(ForwarderTest, EndsAnEarlyAnswerThatNobodyReads) {
  ScriptReply early;
  early.read_first = 2;
  // More than goes out together with the head.
  early.bytes = CannedAnswer("403 Denied", std::string(64 << 10, 'n'));
  StartWith(early);
  FakeStream client(loop_.loop());
  Event answering(loop_.loop().executor());
  int writes = 0;
  client.on_write = [&](absl::string_view) -> Task<Status> {
    if (++writes == 1) co_return absl::OkStatus();  // the head
    answering.Set();
    co_return co_await client.Hang();
  };
  int reads = 0;
  client.on_read = [&](absl::Span<char> buffer) -> Task<StatusOr<size_t>> {
    if (++reads == 2) co_await answering.Wait();
    const absl::string_view piece = reads == 1 ? "he" : "llo";
    std::copy(piece.begin(), piece.end(), buffer.begin());
    co_return piece.size();
  };
  MessageReader reader(client);
  const ServerTimeouts timeouts;
  Exchange exchange(loop_.loop(), client, reader, timeouts);
  exchange.head.method = "PUT";
  exchange.framing = {BodyKind::kLength, 5};
  reader.StartBody(exchange.framing);
  ForwardOptions options;
  options.head = {"PUT", "/", 1, {}};
  options.head.headers.Add("Host", "r");
  options.framing = exchange.framing;
  SetFraming(options.framing, false, options.head.headers);
  options.body_idle = std::chrono::seconds(1);
  std::promise<StatusCode> end;
  asio::co_spawn(loop_.loop().executor(), Forward(exchange, *pool_, options),
                 [&end](std::exception_ptr, const ForwardEnd& ended) {
                   end.set_value(ended.status.code());
                 });
  std::future<StatusCode> ended = end.get_future();
  if (ended.wait_for(std::chrono::seconds(20)) != std::future_status::ready) {
    ADD_FAILURE() << "it waits for ever";
    loop_.Do([&client] { client.Close(); });
  }
  EXPECT_EQ(ended.get(), StatusCode::kCancelled);
  EXPECT_TRUE(client.expired);
}

TEST_F(ForwarderTest, TriesABodilessRequestOnceMoreOnANewConnection) {
  ScriptReply reset;
  reset.then = Then::kReset;
  StartWith(AnswerThen(reset));
  EXPECT_EQ(Ask(kGet).body, "fine");
  NextEnd();
  EXPECT_EQ(Ask(kGet).body, "fine");
  const std::vector<SeenRequest> seen = upstream_->requests();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[1].connection, 1u);
  EXPECT_EQ(seen[2].connection, 2u);
}

TEST_F(ForwarderTest, TriesNothingAgainOnANewConnection) {
  ScriptReply reset;
  reset.then = Then::kReset;
  StartWith(reset);
  EXPECT_EQ(Ask(kGet).head.status, 502);
  EXPECT_EQ(Ask(kPut, "PUT").head.status, 502);
  EXPECT_EQ(upstream_->requests().size(), 2u);
}

// Only what was closed under the request is tried again: an upstream that has
// said something, or nothing for a long time, may have acted.
TEST_F(ForwarderTest, TriesNothingAgainThatWasAnsweredWrongly) {
  ScriptReply wrong;
  wrong.bytes = "HTTP/1.1 20 OK\r\n\r\n";
  StartWith(AnswerThen(wrong));
  EXPECT_EQ(Ask(kGet).head.status, 200);
  NextEnd();
  EXPECT_EQ(Ask(kGet).head.status, 502);
  EXPECT_EQ(upstream_->requests().size(), 2u);
}

TEST_F(ForwarderTest, TriesNothingAgainThatBrokeOff) {
  ScriptReply half;
  half.bytes = "HTTP/1.1 200 OK\r\nContent-";
  half.then = Then::kClose;
  StartWith(AnswerThen(half));
  EXPECT_EQ(Ask(kGet).head.status, 200);
  NextEnd();
  EXPECT_EQ(Ask(kGet).head.status, 502);
  EXPECT_EQ(upstream_->requests().size(), 2u);
}

TEST_F(ForwarderTest, TriesNothingAgainThatWasNotAnsweredInTime) {
  base_.answer_wait = std::chrono::seconds(1);
  ScriptReply stall;
  stall.then = Then::kStall;
  StartWith(AnswerThen(stall));
  EXPECT_EQ(Ask(kGet).head.status, 200);
  NextEnd();
  const RawResponse response = Ask(kGet);
  EXPECT_EQ(response.head.status, 502);
  EXPECT_THAT(response.body, HasSubstr("no answer in time"));
  EXPECT_EQ(upstream_->requests().size(), 2u);
}

// Fires at a loop's next look at its deadlines.
class NextSweep : public Expiring {
 public:
  explicit NextSweep(Loop& loop) : Expiring(loop.deadlines()) {
    ExpireAfter(std::chrono::seconds(0));
  }
  void Wait() { swept_.get_future().wait(); }

 private:
  void OnExpired() override { swept_.set_value(); }
  std::promise<void> swept_;
};

// The time to send a head is none to wait for the client's first byte.
TEST_F(ForwarderTest, WaitsForABodyThatBeginsLate) {
  base_.send_head = std::chrono::seconds(0);
  std::promise<void> seen;
  StartWith([&seen](const RequestHead&) {
    seen.set_value();
    ScriptReply reply;
    reply.bytes = CannedAnswer("201 Created", "");
    return reply;
  });
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kPut.substr(0, kPut.size() - 5)), IsOk());
  seen.get_future().wait();
  std::unique_ptr<NextSweep> sweep;
  loop_.Do([&] { sweep = std::make_unique<NextSweep>(loop_.loop()); });
  sweep->Wait();
  loop_.Do([&] { sweep.reset(); });
  ASSERT_THAT(client.Send("hello"), IsOk());
  EXPECT_EQ(Answered(client, "PUT").head.status, 201);
}

}  // namespace
}  // namespace plimsoll

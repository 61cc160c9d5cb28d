// An upstream that stands still within a body, either way.
#include <algorithm>
#include <thread>
#include <vector>

#include "gateway/http/forwarder.h"
#include "tests/gateway/http/forwarder_fixture.h"
#include "tests/support/fake_stream.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

ScriptReply Stalling(size_t read_first, std::string bytes) {
  ScriptReply reply;
  reply.read_first = read_first;
  reply.bytes = std::move(bytes);
  reply.then = ScriptReply::Then::kStall;
  return reply;
}

// More than the kernel keeps for both legs. Spliced and not.
TEST_F(ForwarderTest, EndsABodyThatTheUpstreamStopsReading) {
  base_.body_idle = std::chrono::seconds(1);
  const size_t size = 64 << 20;
  for (const bool tapped : {false, true}) {
    SCOPED_TRACE(tapped);
    if (tapped) {
      base_.tap = [](absl::string_view) -> Task<bool> { co_return true; };
    }
    ScriptServer upstream([](const RequestHead&) { return Stalling(2, ""); });
    ForwardTo(upstream.port());
    RawClient client = Connected();
    const std::string request =
        absl::StrCat("PATCH /x HTTP/1.1\r\nHost: r\r\nContent-Length: ", size,
                     "\r\n\r\n", std::string(size, 'x'));
    std::thread sender([&client, &request] { (void)client.Send(request); });
    const RawResponse response = Answered(client, "PATCH");
    EXPECT_EQ(response.head.status, 502);
    EXPECT_THAT(NextEnd().status, StatusIs(StatusCode::kUnavailable));
    sender.join();
    ASSERT_TRUE(upstream.WaitForRequests(1));
    EXPECT_FALSE(upstream.requests()[0].whole);
  }
}

TEST_F(ForwarderTest, EndsAnAnswerThatTheUpstreamStopsSending) {
  base_.body_idle = std::chrono::seconds(1);
  for (const absl::string_view head :
       {"Content-Length: 9\r\n\r\nhalf", "Content-Length: 9000000\r\n\r\nhalf",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf"}) {
    SCOPED_TRACE(head);
    ScriptServer upstream([head](const RequestHead&) {
      return Stalling(ScriptReply::kWholeBody,
                      absl::StrCat("HTTP/1.1 200 OK\r\n", head));
    });
    ForwardTo(upstream.port());
    RawClient client = Connected();
    ASSERT_THAT(client.Send("GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n"), IsOk());
    EXPECT_THAT(client.ReadResponse("GET"), testing::Not(IsOk()));
    const ForwardEnd end = NextEnd();
    EXPECT_THAT(end.status, StatusIs(StatusCode::kUnavailable));
    EXPECT_EQ(end.answer, 200);
  }
}

class LeavingTest : public ForwarderTest {
 protected:
  // Forwards a body without end of a client that has gone so at each look.
  ForwardEnd Leave(std::vector<PeerEnd>& looks) {
    return loop_.Wait<ForwardEnd>([&] { return ForwardBody(looks); });
  }
  EndedBy ended_by_ = EndedBy::kNobody;

 private:
  Task<ForwardEnd> ForwardBody(std::vector<PeerEnd>& looks) {
    FakeStream client(loop_.loop());
    client.on_read = [](absl::Span<char> room) { return Fill(room); };
    client.on_look = [&looks] {
      const PeerEnd end = looks.front();
      looks.erase(looks.begin());
      return end;
    };
    MessageReader reader(client);
    const ServerTimeouts timeouts;
    Exchange exchange(loop_.loop(), client, reader, timeouts);
    exchange.head.method = "PATCH";
    exchange.head.target = "/x";
    exchange.framing.kind = BodyKind::kLength;
    exchange.framing.length = uint64_t{1} << 40;
    reader.StartBody(exchange.framing);
    const ForwardedBy by{"registry.example", "", "", ""};
    ForwardOptions options;
    options.framing = exchange.framing;
    options.head = ForwardedRequest(exchange.head, exchange.framing, by);
    ForwardEnd end = co_await Forward(exchange, *pool_, std::move(options));
    ended_by_ = exchange.notes.ended_by;
    co_return end;
  }
  static Task<StatusOr<size_t>> Fill(absl::Span<char> room) {
    std::fill(room.begin(), room.end(), 'x');
    co_return room.size();
  }
};

// Nothing is read of a client while the upstream reads nothing.
TEST_F(LeavingTest, LeavesAnUpstreamThatStopsReadingWhereTheClientIsReset) {
  StartWith(Stalling(2, ""));
  std::vector<PeerEnd> looks{PeerEnd::kNone, PeerEnd::kBroken};
  const ForwardEnd end = Leave(looks);
  EXPECT_THAT(end.status, StatusIs(StatusCode::kCancelled));
  EXPECT_EQ(ended_by_, EndedBy::kClientGone);
}

// What it sent before it ended its side goes upstream.
TEST_F(LeavingTest, SendsOnWhatAClientSentBeforeItsEnd) {
  StartWith(Stalling(2, ""));
  std::vector<PeerEnd> looks(2, PeerEnd::kFinished);
  looks.push_back(PeerEnd::kBroken);
  const ForwardEnd end = Leave(looks);
  EXPECT_THAT(end.status, StatusIs(StatusCode::kCancelled));
  EXPECT_TRUE(looks.empty()) << "it was left before the client was reset";
}

// The upstream, whose turn it is not, is not blamed.
TEST_F(ForwarderTest, EndsABodyThatTheClientStopsSending) {
  base_.body_idle = std::chrono::seconds(1);
  StartWith(CannedAnswer("201 Created", ""));
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PATCH /x HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 9\r\n\r\nhalf"),
              IsOk());
  EXPECT_THAT(client.ReadResponse("PATCH"), testing::Not(IsOk()));
  EXPECT_THAT(NextEnd().status, StatusIs(StatusCode::kCancelled));
  ASSERT_TRUE(upstream_->WaitForRequests(1));
  EXPECT_FALSE(upstream_->requests()[0].whole);
}

}  // namespace
}  // namespace plimsoll

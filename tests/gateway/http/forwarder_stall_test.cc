// An upstream that stands still within a body, either way.
#include <thread>

#include "gateway/http/forwarder.h"
#include "tests/gateway/http/forwarder_fixture.h"

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

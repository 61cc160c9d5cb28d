#include "tests/support/script_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using Then = ScriptReply::Then;

constexpr absl::string_view kGet = "GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n";
constexpr absl::string_view kPut =
    "PUT /x HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\n\r\nhello";

// Does the same with every request.
ScriptServer::Script Always(ScriptReply reply) {
  return [reply](const RequestHead&) { return reply; };
}

RawClient Connected(const ScriptServer& server) {
  StatusOr<RawClient> client = RawClient::Connect(server.port());
  EXPECT_THAT(client, IsOk());
  return *std::move(client);
}

RawResponse Answered(RawClient& client, absl::string_view method) {
  StatusOr<RawResponse> response = client.ReadResponse(method);
  EXPECT_THAT(response, IsOk());
  return response.ok() ? *std::move(response) : RawResponse{};
}

TEST(ScriptServer, AnswersRequestsOfOneConnectionAndKeepsThem) {
  ScriptServer server(CannedAnswer("200 OK", "{}", "A: b\r\n"));
  RawClient client = Connected(server);
  ASSERT_THAT(client.Send(kGet), IsOk());
  RawResponse response = Answered(client, "GET");
  EXPECT_EQ(response.head.status, 200);
  EXPECT_EQ(*response.head.headers.Find("a"), "b");
  EXPECT_EQ(response.body, "{}");
  ASSERT_THAT(client.Send(kPut), IsOk());
  EXPECT_EQ(Answered(client, "PUT").body, "{}");
  std::vector<SeenRequest> seen = server.requests();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].head_bytes, kGet);
  EXPECT_EQ(seen[1].head.target, "/x");
  EXPECT_EQ(seen[1].body, "hello");
  EXPECT_TRUE(seen[1].whole);
  EXPECT_EQ(seen[1].connection, 1u);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(ScriptServer, ReadsPipelinedRequestsAndChunks) {
  ScriptServer server(CannedAnswer("201 Created", ""));
  RawClient client = Connected(server);
  ASSERT_THAT(client.Send("PATCH /x HTTP/1.1\r\nHost: r\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n"
                          "5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: r"
                          "\r\n\r\n"),
              IsOk());
  Answered(client, "PATCH");
  Answered(client, "GET");
  std::vector<SeenRequest> seen = server.requests();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_EQ(seen[0].body, "hello");
  EXPECT_EQ(seen[1].head.method, "GET");
}

TEST(ScriptServer, AnswersBeforeTheBodyAndThenReadsIt) {
  ScriptReply reply;
  reply.read_first = 2;
  reply.bytes = CannedAnswer("403 Denied", "no");
  ScriptServer server(Always(reply));
  RawClient client = Connected(server);
  ASSERT_THAT(client.Send("PUT /x HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 5\r\n\r\nhe"),
              IsOk());
  EXPECT_EQ(Answered(client, "PUT").head.reason, "Denied");
  EXPECT_EQ(server.requests()[0].body, "he");
  EXPECT_FALSE(server.requests()[0].whole);
  ASSERT_THAT(client.Send("llo"), IsOk());
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(Answered(client, "GET").head.status, 403);
}

TEST(ScriptServer, SendsTheRestOfAnAnswerOnceItIsReleased) {
  ScriptReply reply;
  reply.bytes = "HTTP/1.1 200 OK\r\n";
  reply.after_release = "Content-Length: 0\r\n\r\n";
  ScriptServer server(Always(reply));
  RawClient client = Connected(server);
  ASSERT_THAT(client.Send(kGet), IsOk());
  ASSERT_TRUE(server.WaitForRequests(1));
  server.Release();
  EXPECT_EQ(Answered(client, "GET").head.status, 200);
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(Answered(client, "GET").head.status, 200);
}

TEST(ScriptServer, ClosesStallsAndResets) {
  ScriptReply reply;
  reply.bytes = "HTTP/1.1 200 OK\r\n\r\nhalf";
  reply.then = Then::kClose;
  ScriptServer closing(Always(reply));
  RawClient client = Connected(closing);
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(Answered(client, "GET").body, "half");
  EXPECT_TRUE(client.AtEnd());

  reply.then = Then::kReset;
  reply.bytes = "";
  ScriptServer resetting(Always(reply));
  client = Connected(resetting);
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_THAT(client.ReadAll(), StatusIs(absl::StatusCode::kUnavailable));

  reply.then = Then::kStall;
  ScriptServer stalling(Always(reply));
  client = Connected(stalling);
  ASSERT_THAT(client.Send(kGet), IsOk());
  ASSERT_TRUE(stalling.WaitForRequests(1));
  stalling.Release();
  EXPECT_TRUE(client.AtEnd());
}

TEST(ScriptServer, KeepsWhatIsMalformedAndCloses) {
  ScriptServer server(CannedAnswer("200 OK", ""));
  EXPECT_THAT(SendOnce(server.port(), "GET / HTTP/1.1\nHost: r\n\n"), IsOk());
  ASSERT_TRUE(server.WaitForRequests(1));
  EXPECT_TRUE(server.requests()[0].malformed);
}

TEST(ScriptServer, KeepsRequestsThatBreakOff) {
  ScriptServer server(CannedAnswer("200 OK", ""));
  RawClient client = Connected(server);
  ASSERT_THAT(client.Send(kPut.substr(0, kPut.size() - 2)), IsOk());
  client.CloseWrite();
  ASSERT_TRUE(server.WaitForRequests(1));
  EXPECT_FALSE(server.requests()[0].whole);
  EXPECT_EQ(server.requests()[0].body, "hel");
}

TEST(RawClient, ReportsASilentPeer) {
  ScriptReply reply;
  reply.then = Then::kStall;
  ScriptServer server(Always(reply));
  StatusOr<RawClient> client =
      RawClient::Connect(server.port(), absl::Milliseconds(20));
  ASSERT_THAT(client, IsOk());
  ASSERT_THAT(client->Send(kGet), IsOk());
  EXPECT_THAT(client->ReadSome(),
              StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(RawClient, ReadsChunkedAnswers) {
  ScriptServer server(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
  RawClient client = Connected(server);
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_EQ(Answered(client, "GET").body, "abc");
}

}  // namespace
}  // namespace plimsoll

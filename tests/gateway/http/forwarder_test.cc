// What passes the forwarder, and how it looks on the other side.
#include "gateway/http/forwarder.h"

#include "tests/gateway/http/forwarder_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

constexpr absl::string_view kGet = "GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n";

TEST_F(ForwarderTest, RebuildsTheHeadOfARequest) {
  StartWith(CannedAnswer("200 OK", "{}"));
  Ask("GET /v2/a/manifests/v1 HTTP/1.1\r\n"
      "Host: gateway.example:5000\r\n"
      "Accept: application/json\r\n"
      "Authorization: Basic QTpC\r\n"
      "Connection: keep-alive\r\n"
      "Cookie: session=1\r\n"
      "Forwarded: for=1.2.3.4\r\n"
      "X-Forwarded-For: 1.2.3.4\r\n"
      "X-Forwarded-Host: evil.example\r\n"
      "X-Original-URL: /admin\r\n"
      "OCI-Thing: kept\r\n"
      "TE: trailers\r\n\r\n");
  ASSERT_EQ(upstream_->requests().size(), 1u);
  EXPECT_EQ(upstream_->requests()[0].head_bytes,
            "GET /v2/a/manifests/v1 HTTP/1.1\r\n"
            "Host: registry.example\r\n"
            "Accept: application/json\r\n"
            "Authorization: Basic QTpC\r\n"
            "OCI-Thing: kept\r\n"
            "X-Forwarded-Proto: http\r\n"
            "X-Forwarded-Host: gateway.example:5000\r\n"
            "X-Forwarded-For: 127.0.0.1\r\n\r\n");
}

TEST_F(ForwarderTest, KeepsTheFramingOfARequest) {
  StartWith(CannedAnswer("202 Accepted", ""));
  Ask("PATCH /a HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\n\r\nhello");
  Ask("PATCH /b HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Trailer: t\r\n\r\n");
  Ask("POST /c HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\n\r\n");
  const std::vector<SeenRequest> seen = upstream_->requests();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(*seen[0].head.headers.Find("Content-Length"), "5");
  EXPECT_EQ(seen[0].body, "hello");
  EXPECT_EQ(*seen[1].head.headers.Find("Transfer-Encoding"), "chunked");
  EXPECT_EQ(seen[1].body, "hello");
  EXPECT_TRUE(seen[1].whole);
  EXPECT_EQ(*seen[2].head.headers.Find("Content-Length"), "0");
}

TEST_F(ForwarderTest, KeepsTheFramingOfAnAnswer) {
  const struct {
    std::string sent;
    std::string received;
  } cases[] = {
      {"HTTP/1.1 200 Fine\r\nContent-Length: 2\r\nKeep-Alive: 5\r\n"
       "Connection: X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n\r\nhi",
       "HTTP/1.1 200 Fine\r\nX-End: 2\r\nContent-Length: 2\r\n"
       "Connection: close\r\n\r\nhi"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
       "2\r\nhi\r\n0\r\nT: 1\r\n\r\n",
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
       "Connection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
       "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
      {"HTTP/1.1 204 No Content\r\n\r\n",
       "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
      {"HTTP/1.1 304 Same\r\nContent-Length: 99\r\n\r\n",
       "HTTP/1.1 304 Same\r\nContent-Length: 99\r\nConnection: close\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nConnection: Content-Length\r\nContent-Length: 0\r\n"
       "\r\n",
       "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.sent);
    const ScriptServer upstream(c.sent);
    ForwardTo(upstream.port());
    const auto answer = SendOnce(
        port_, "GET / HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(answer.value_or("broken"), c.received);
    NextEnd();
  }
}

TEST_F(ForwarderTest, AnswersHeadAsTheUpstreamDoes) {
  StartWith("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
  RawClient client = Connected();
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(client.Send("HEAD / HTTP/1.1\r\nHost: r\r\n\r\n"), IsOk());
    const RawResponse response = Answered(client, "HEAD");
    EXPECT_EQ(HeaderOf(response, "Content-Length"), "1234");
    EXPECT_EQ(HeaderOf(response, "Connection"), "(none)");
  }
  EXPECT_EQ(upstream_->connections(), 1u);
}

TEST_F(ForwarderTest, EndsAnAnswerAsTheUpstreamDoesWhereThatIsItsFraming) {
  ScriptReply reply;
  reply.bytes = "HTTP/1.0 200 OK\r\n\r\nuntil the end";
  reply.then = Then::kClose;
  StartWith(reply);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  const RawResponse response = Answered(client, "GET");
  EXPECT_EQ(response.body, "until the end");
  EXPECT_EQ(HeaderOf(response, "Connection"), "close");
  EXPECT_THAT(NextEnd().status, IsOk());
}

TEST_F(ForwarderTest, KeepsInterimAnswersToItself) {
  StartWith(
      "HTTP/1.1 100 Continue\r\n\r\n"
      "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" +
      CannedAnswer("201 Created", "done"));
  const RawResponse response =
      Ask("PUT /a HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\nhi", "PUT");
  EXPECT_EQ(response.head.status, 201);
  EXPECT_EQ(response.body, "done");
}

TEST_F(ForwarderTest, LetsAnAnswerOvertakeTheBody) {
  ScriptReply reply;
  reply.read_first = 2;
  reply.bytes = CannedAnswer("403 Denied", "no");
  StartWith(reply);
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PATCH / HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 1000000\r\n\r\nhe"),
              IsOk());
  const RawResponse response = Answered(client, "PATCH");
  EXPECT_EQ(response.head.reason, "Denied");
  EXPECT_EQ(response.body, "no");
  EXPECT_EQ(HeaderOf(response, "Connection"), "close");
  client.CloseWrite();
  EXPECT_EQ(NextEnd().answer, 403);
  EXPECT_EQ(upstream_->requests()[0].body, "he");
}

TEST_F(ForwarderTest, InvitesTheBodyItselfAndSendsNoExpectation) {
  StartWith(CannedAnswer("201 Created", ""));
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT / HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n"
                          "Expect: 100-continue\r\n\r\n"),
              IsOk());
  EXPECT_EQ(Answered(client, "PUT").head.status, 100);
  ASSERT_THAT(client.Send("hi"), IsOk());
  EXPECT_EQ(Answered(client, "PUT").head.status, 201);
  EXPECT_FALSE(upstream_->requests()[0].head.headers.Has("Expect"));
}

TEST_F(ForwarderTest, ShowsTheTapEveryByteOnce) {
  std::string tapped;
  base_.tap = [&tapped](absl::string_view bytes) -> Task<bool> {
    tapped.append(bytes.data(), bytes.size());
    co_return true;
  };
  StartWith(CannedAnswer("202 Accepted", ""));
  Ask("PATCH / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");
  NextEnd();
  EXPECT_EQ(tapped, "hello");
}

// What was made of a body must be there before the client's next request.
TEST_F(ForwarderTest, WaitsForTheCallerBeforeItSaysThatABodyWasTaken) {
  bool kept = false;
  base_.taken = [&kept]() -> Task<> {
    kept = true;
    co_return;
  };
  base_.edit = [&kept](ResponseHead& head) {
    head.headers.Add("Kept", kept ? "yes" : "no");
  };
  StartWith(CannedAnswer("202 Accepted", ""));
  constexpr char kPatch[] =
      "PATCH / HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\nhi";
  EXPECT_EQ(HeaderOf(Ask(kPatch), "Kept"), "yes");
}

TEST_F(ForwarderTest, DoesNotAskTheCallerToKeepABodyThatWasRefused) {
  bool kept = false;
  base_.taken = [&kept]() -> Task<> {
    kept = true;
    co_return;
  };
  StartWith(CannedAnswer("400 Bad Digest", ""));
  Ask("PATCH / HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\nhi");
  NextEnd();
  EXPECT_FALSE(kept);
}

TEST_F(ForwarderTest, LetsTheCallerEditTheAnswersHead) {
  base_.edit = [](ResponseHead& head) { head.headers.Add("Warning", "w"); };
  StartWith(CannedAnswer("200 OK", ""));
  EXPECT_EQ(HeaderOf(Ask(kGet), "Warning"), "w");
}

TEST_F(ForwarderTest, UsesAConnectionAgainForTheSameCredentialOnly) {
  StartWith(CannedAnswer("200 OK", "body"));
  Ask(kGet);
  NextEnd();
  Ask(kGet);
  NextEnd();
  EXPECT_EQ(upstream_->connections(), 1u);
  base_.credential_class = "another";
  Ask(kGet);
  NextEnd();
  EXPECT_EQ(upstream_->connections(), 2u);
}

// Nobody can tell what would be retried: a new connection cannot be stale.
TEST_F(ForwarderTest, SendsABodyOnANewConnectionAlways) {
  StartWith(CannedAnswer("201 Created", ""));
  Ask(kGet);
  Ask("PUT / HTTP/1.1\r\nHost: r\r\nContent-Length: 2\r\n\r\nhi", "PUT");
  const std::vector<SeenRequest> seen = upstream_->requests();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_NE(seen[0].connection, seen[1].connection);
}

}  // namespace
}  // namespace plimsoll

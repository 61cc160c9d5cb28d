#include "gateway/http/server.h"

#include "tests/gateway/http/server_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

TEST_F(ServerTest, KeepsAConnectionForTheNextRequest) {
  Start();
  RawClient client = Connected();
  for (absl::string_view path : {"/a", "/b", "/c"}) {
    const std::string request =
        absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: r\r\n\r\n");
    ASSERT_THAT(client.Send(request), IsOk());
    const RawResponse response = Answered(client, "GET");
    EXPECT_EQ(response.body, absl::StrCat("GET ", path));
    EXPECT_EQ(HeaderOf(response, "Connection"), "(none)");
  }
  EXPECT_EQ(server_->connections(), 1u);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInTheirOrder) {
  Start();
  RawClient client = Connected();
  ASSERT_THAT(client.Send("GET /1 HTTP/1.1\r\nHost: r\r\n\r\n"
                          "GET /2 HTTP/1.1\r\nHost: r\r\n\r\n"
                          "GET /3 HTTP/1.1\r\nHost: r\r\n\r\n"),
              IsOk());
  EXPECT_EQ(Answered(client, "GET").body, "GET /1");
  EXPECT_EQ(Answered(client, "GET").body, "GET /2");
  EXPECT_EQ(Answered(client, "GET").body, "GET /3");
}

TEST_F(ServerTest, ReadsAHeadThatComesByteByByte) {
  Start();
  RawClient client = Connected();
  for (char c : std::string("GET /slow HTTP/1.1\r\nHost: r\r\n\r\n")) {
    ASSERT_THAT(client.Send(absl::string_view(&c, 1)), IsOk());
  }
  EXPECT_EQ(Answered(client, "GET").body, "GET /slow");
}

TEST_F(ServerTest, EndsTheConnectionWhereTheClientAsksForIt) {
  Start();
  RawClient client = Connected();
  ASSERT_THAT(
      client.Send("GET /a HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n"),
      IsOk());
  EXPECT_EQ(HeaderOf(Answered(client, "GET"), "Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAndNoBody) {
  Start();
  RawClient client = Connected();
  ASSERT_THAT(client.Send("HEAD /a HTTP/1.1\r\nHost: r\r\n\r\n"
                          "GET /b HTTP/1.1\r\nHost: r\r\n\r\n"),
              IsOk());
  const RawResponse head = Answered(client, "HEAD");
  EXPECT_EQ(HeaderOf(head, "Content-Length"), "7");
  EXPECT_EQ(Answered(client, "GET").body, "GET /b");
}

TEST_F(ServerTest, ReadsBodiesOfBothFramings) {
  Start(ScriptedHandler::SayBody);
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT /a HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 5\r\n\r\nhello"
                          "PUT /b HTTP/1.1\r\nHost: r\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n"
                          "3\r\nwor\r\n2\r\nld\r\n0\r\nX-Trailer: t\r\n\r\n"
                          "GET /c HTTP/1.1\r\nHost: r\r\n\r\n"),
              IsOk());
  EXPECT_EQ(Answered(client, "PUT").body, "hello");
  EXPECT_EQ(Answered(client, "PUT").body, "world");
  EXPECT_EQ(Answered(client, "GET").body, "");
}

TEST_F(ServerTest, InvitesTheBodyOfAClientThatWaitsForIt) {
  Start(ScriptedHandler::SayBody);
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT /a HTTP/1.1\r\nHost: r\r\n"
                          "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
              IsOk());
  EXPECT_EQ(Answered(client, "PUT").head.status, 100);
  ASSERT_THAT(client.Send("hello"), IsOk());
  EXPECT_EQ(Answered(client, "PUT").body, "hello");
}

TEST_F(ServerTest, InvitesNoBodyThatTheHandlerDoesNotWant) {
  Start();
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT /a HTTP/1.1\r\nHost: r\r\n"
                          "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
              IsOk());
  const RawResponse response = Answered(client, "PUT");
  EXPECT_EQ(response.head.status, 200);
  EXPECT_EQ(HeaderOf(response, "Connection"), "close");
  EXPECT_TRUE(client.AtEnd());
}

// The body of a request that was answered without it is not the next request.
TEST_F(ServerTest, NeverTakesABodyForARequest) {
  Start();
  RawClient client = Connected();
  ASSERT_THAT(client.Send("PUT /a HTTP/1.1\r\nHost: r\r\n"
                          "Content-Length: 35\r\n\r\n"
                          "GET /smuggled HTTP/1.1\r\nHost: r\r\n\r\n"),
              IsOk());
  StatusOr<std::string> all = client.ReadAll();
  ASSERT_THAT(all, IsOk());
  EXPECT_THAT(*all, HasSubstr("PUT /a"));
  EXPECT_THAT(*all, testing::Not(HasSubstr("smuggled")));
}

TEST_F(ServerTest, AnswersATlsHelloInPlainWords) {
  Start();
  const std::string hello("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11);
  StatusOr<std::string> answer = SendOnce(port_, hello);
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(*answer, testing::StartsWith("HTTP/1.1 400 "));
}

TEST_F(ServerTest, RefusesWhatIsMalformedAndEndsTheConnection) {
  Start();
  const struct {
    std::string request;
    int status;
  } cases[] = {
      {"GET / HTTP/1.1\nHost: r\n\n", 400},
      {"GET / HTTP/1.0\r\nHost: r\r\n\r\n", 505},
      {"PUT / HTTP/1.1\r\nHost: r\r\nContent-Length: 3\r\n"
       "Transfer-Encoding: chunked\r\n\r\n",
       400},
      {"PUT / HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"PUT / HTTP/1.1\r\nHost: r\r\nExpect: a-wonder\r\n\r\n", 417},
      {"GET /" + std::string(9000, 'a'), 414},
      {"GET / HTTP/1.1\r\nHost: r\r\nX: " + std::string(17'000, 'a'), 431},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.request.substr(0, 60));
    RawClient client = Connected();
    ASSERT_THAT(client.Send(c.request), IsOk());
    const RawResponse response = Answered(client, "PUT");
    EXPECT_EQ(response.head.status, c.status);
    EXPECT_EQ(HeaderOf(response, "Connection"), "close");
    EXPECT_TRUE(client.AtEnd());
  }
}

TEST_F(ServerTest, ServesOnAfterAClientThatVanishes) {
  Start(ScriptedHandler::SayBody);
  RawClient gone = Connected();
  ASSERT_THAT(gone.Send("PUT / HTTP/1.1\r\nHost: r\r\nContent-Length: 9\r\n\r\n"
                        "half"),
              IsOk());
  gone.Reset();
  RawClient client = Connected();
  ASSERT_THAT(client.Send("GET /b HTTP/1.1\r\nHost: r\r\n\r\n"), IsOk());
  EXPECT_EQ(Answered(client, "GET").head.status, 200);
}

TEST_F(ServerTest, ClosesAnExchangeThatIsLeftUnanswered) {
  Start([](Exchange&) -> Task<> { co_return; });
  StatusOr<std::string> answer =
      SendOnce(port_, "GET / HTTP/1.1\r\nHost: r\r\n\r\n");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(*answer, "");
}

TEST_F(ServerTest, TellsTheHandlerWhoAsks) {
  Start([](Exchange& exchange) -> Task<> {
    EXPECT_EQ(exchange.peer, "127.0.0.1");
    EXPECT_FALSE(exchange.secure);
    co_await ScriptedHandler::SayTarget(exchange);
  });
  RawClient client = Connected();
  ASSERT_THAT(client.Send("GET / HTTP/1.1\r\nHost: r\r\n\r\n"), IsOk());
  Answered(client, "GET");
}

}  // namespace
}  // namespace plimsoll

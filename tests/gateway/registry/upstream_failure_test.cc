// An upstream that is gone or busy: what clients are answered and the log says.
#include "tests/gateway/registry/door_fixture.h"
#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

TEST_F(DoorTest, AnswersWhereTheUpstreamIsGone) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  upstream_.reset();
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 502);
  EXPECT_THAT(response.body, HasSubstr("UNAVAILABLE"));
  EXPECT_TRUE(store_.decisions().empty());
}

// Pushes say it, and so does what passes through; each alone and both together
// in one line.
TEST_F(DoorTest, SaysOnceInTheLogThatTheUpstreamIsGone) {
  const StoredImage image = Image();
  const std::string ping = "GET /v2/ HTTP/1.1\r\nHost: g\r\n\r\n";
  Start(kAdmitAll);
  upstream_.reset();
  CaptureLog();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Push("v1", image.manifest).head.status, 502);
  }
  const std::string log = CapturedLog();
  EXPECT_THAT(log, HasSubstr(R"("event":"upstream","name":"main")"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  CaptureLog();
  EXPECT_EQ(Ask(ping, "GET").head.status, 502);
  EXPECT_EQ(CapturedLog(), "");
}

TEST_F(DoorTest, SaysInTheLogThatNothingPassesThrough) {
  Start(kAdmitAll);
  upstream_.reset();
  CaptureLog();
  EXPECT_EQ(Ask("GET /v2/ HTTP/1.1\r\nHost: g\r\n\r\n", "GET").head.status,
            502);
  EXPECT_THAT(CapturedLog(), HasSubstr(R"("event":"upstream","name":"main")"));
}

// Nobody's fault but the client's.
TEST_F(DoorTest, BlamesNoUpstreamForABodyThatNeverCame) {
  Start(kAdmitAll);
  CaptureLog();
  RawClient client = Connected();
  const std::string request = PutRequest("v1", Image().manifest);
  ASSERT_THAT(client.Send(request.substr(0, request.size() - 1)), IsOk());
  client.CloseWrite();
  (void)client.ReadAll();
  EXPECT_EQ(CapturedLog(), "");
}

TEST_F(DoorTest, TellsAClientHowLongABusyUpstreamAsksFor) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  SetOverride([](const RequestHead& head) -> std::optional<ScriptReply> {
    if (head.method != "HEAD") return std::nullopt;
    ScriptReply reply;
    reply.bytes = "HTTP/1.1 429 Slow Down\r\nRetry-After: 7\r\n\r\n";
    return reply;
  });
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 503);
  EXPECT_EQ(HeaderOf(response, "Retry-After"), "7");
  EXPECT_THAT(response.body, HasSubstr("UNAVAILABLE"));
}

}  // namespace
}  // namespace plimsoll

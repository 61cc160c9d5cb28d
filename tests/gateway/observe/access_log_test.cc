#include "gateway/observe/access_log.h"

#include <gmock/gmock.h>

#include "tests/support/fake_stream.h"
#include "tests/support/kept_accesses.h"
#include "tests/support/loop_thread.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccessLineTest : public testing::Test {
 protected:
  std::string Line() const {
    return AccessLine(exchange_, "registry", absl::UnixEpoch());
  }
  std::string Field(absl::string_view name) const {
    return FieldOf(Line(), name);
  }

  LoopThread loop_;
  FakeStream stream_{loop_.loop()};
  MessageReader reader_{stream_};
  const ServerTimeouts timeouts_{};
  Exchange exchange_{loop_.loop(), stream_, reader_, timeouts_};
};

TEST_F(AccessLineTest, NamesAClientByItsCertificateUnlessItIsKnownBetter) {
  exchange_.client_name = "spiffe://corp/ci";
  EXPECT_EQ(Field("clientName"), "spiffe://corp/ci");
  exchange_.notes.client = "alice";
  EXPECT_EQ(Field("clientName"), "alice");
}

TEST_F(AccessLineTest, SaysWhoAskedForWhat) {
  exchange_.peer = "192.0.2.7";
  exchange_.head.method = "GET";
  exchange_.head.target = "/v2/team/app/manifests/v1";
  exchange_.head.headers.Add("user-agent", "docker/28");
  exchange_.head.headers.Add("x-request-id", "r-1");
  exchange_.notes.route = "manifest";
  exchange_.notes.repository = "team/app";
  exchange_.notes.reference = "v1";
  exchange_.notes.digest = "sha256:0";
  exchange_.notes.decision = "d1";
  exchange_.notes.client = "system:node";
  exchange_.notes.upstream_status = 404;
  exchange_.notes.ended_by = EndedBy::kUpstreamSlow;
  const std::string line = Line();
  EXPECT_THAT(line, testing::StartsWith(
                        R"({"time":"1970-01-01T00:00:00.000000Z",)"
                        R"("event":"access","listener":"registry",)"
                        R"("client":"192.0.2.7","clientName":"system:node",)"
                        R"("method":"GET","path":"/v2/team/app/manifests/v1",)"
                        R"("status":0,"requestBytes":0,"answerBytes":0,)"
                        R"("seconds":)"));
  EXPECT_THAT(
      line, testing::EndsWith(R"(,"route":"manifest","repository":"team/app",)"
                              R"("reference":"v1","digest":"sha256:0",)"
                              R"("userAgent":"docker/28","upstreamStatus":404,)"
                              R"("endedBy":"upstream slow","decision":"d1",)"
                              R"("requestId":"r-1"})"));
}

TEST_F(AccessLineTest, LeavesOutWhatIsNotKnown) {
  EXPECT_THAT(Line(), testing::MatchesRegex(
                          R"(\{"time":"[^"]*","event":"access",)"
                          R"("listener":"registry","status":0,)"
                          R"("requestBytes":0,"answerBytes":0,)"
                          R"("seconds":[0-9]+\.[0-9]+,"route":"none"\})"));
}

TEST_F(AccessLineTest, HoldsNothingThatIsSecret) {
  exchange_.head.method = "PUT";
  exchange_.head.target = "/token?password=canary&account=a";
  exchange_.head.headers.Add("Authorization", "Basic canary");
  exchange_.head.headers.Add("Cookie", "canary");
  exchange_.head.headers.Add("Referer", "canary");
  EXPECT_THAT(Line(), Not(HasSubstr("canary")));
  EXPECT_EQ(Field("path"), "/token");
}

TEST_F(AccessLineTest, BoundsWhatAPeerWrote) {
  exchange_.head.method = std::string(8000, 'M');
  exchange_.head.target = "/" + std::string(8000, 'p');
  exchange_.head.headers.Add("User-Agent", std::string(8000, 'a'));
  exchange_.head.headers.Add("X-Request-Id", std::string(129, 'r'));
  exchange_.notes.client = std::string(8000, 'c');
  EXPECT_EQ(Field("method"), std::string(29, 'M') + "...");
  EXPECT_EQ(Field("path"), "/" + std::string(1020, 'p') + "...");
  EXPECT_EQ(Field("userAgent"), std::string(253, 'a') + "...");
  EXPECT_EQ(Field("clientName"), std::string(253, 'c') + "...");
  EXPECT_EQ(Field("requestId"), "(none)");
  EXPECT_LT(Line().size(), 2500u);
}

TEST_F(AccessLineTest, IsJsonWhateverAPeerWrote) {
  const struct {
    absl::string_view sent;
    absl::string_view shown;
  } cases[] = {
      {"a\"b", "a\"b"},
      {"a\\", "a\\"},
      {"a\tb", "a?b"},
      {"caf\xc3\xa9", "caf\xc3\xa9"},
      {"caf\xe9", "caf?"},
      {"\x7f", "?"},
      {"</script>", "</script>"},
  };
  for (const auto& c : cases) {
    exchange_.head.headers.Set("User-Agent", c.sent);
    EXPECT_EQ(Field("userAgent"), c.shown);
    EXPECT_THAT(Line(), Not(HasSubstr("\n")));
  }
}

TEST(AccessLog, TakesRequestIdsThatNeedNoQuoting) {
  for (const absl::string_view good :
       {"a", "0af7651916cd43dd8448eb211c80319c",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479", "a.b_c~d:e/f+g=@"}) {
    EXPECT_TRUE(IsRequestId(good)) << good;
  }
  EXPECT_TRUE(IsRequestId(std::string(128, 'a')));
  for (const absl::string_view bad :
       {"", "a b", "a\"", "a,b", "<a>", "caf\xc3\xa9", "a\\"}) {
    EXPECT_FALSE(IsRequestId(bad)) << bad;
  }
  EXPECT_FALSE(IsRequestId(std::string(129, 'a')));
}

TEST(AccessLog, TakesTheTraceOfAWellFormedTraceparentOnly) {
  constexpr absl::string_view kTrace = "0af7651916cd43dd8448eb211c80319c";
  EXPECT_EQ(
      TraceIdOf("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
      kTrace);
  EXPECT_EQ(
      TraceIdOf("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"),
      kTrace);
  for (const absl::string_view bad : {
           "",
           "00",
           "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
           "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
           "00-0af7651916cd43dd8448eb211c80319\"-b7ad6b7169203331-01",
       }) {
    EXPECT_EQ(TraceIdOf(bad), "") << bad;
  }
}

TEST(AccessLog, OfNowhereIsNone) {
  const auto log = OpenAccessLog("");
  ASSERT_THAT(log, IsOk());
  EXPECT_EQ(*log, nullptr);
}

TEST(AccessLog, IsUnavailableWhereItsFileCannotBeOpened) {
  EXPECT_THAT(OpenAccessLog("/nowhere/at/all"),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("access log /nowhere/at/all")));
}

}  // namespace
}  // namespace plimsoll

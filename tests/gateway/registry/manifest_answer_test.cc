// What an upstream may answer to the manifest that was judged: what the client
// gets of it and what is recorded.
#include "tests/gateway/registry/fault_fixture.h"
#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;

class ManifestAnswerTest : public FaultTest {
 protected:
  // The state of the newest decision, once the exchange has ended.
  std::string NewestState() {
    (void)accesses_.Next();
    const std::vector<StoredDecision> kept = store_.decisions();
    if (kept.empty()) return "none";
    return std::string(ForwardStateName(kept.back().state));
  }
};

std::string Named(ForwardState state) {
  return std::string(ForwardStateName(state));
}

// A client that follows it would push the manifest around the gateway.
TEST_F(ManifestAnswerTest, LeadsNoClientElsewhere) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  for (const int status : {300, 301, 302, 303, 304, 305, 307, 308, 399}) {
    for (const bool kept : {false, true}) {
      SCOPED_TRACE(absl::StrCat(status, ", kept: ", kept));
      AnswerPush(
          Scripted(CannedAnswer(
              absl::StrCat(status, " There"), "",
              "Location: http://x.example/v2/a?secret=1\r\nLink: <http://"
              "y.example/>\r\n")),
          image, kept);
      const RawResponse response = Push("v1", image.manifest);
      EXPECT_EQ(response.head.status, 502);
      EXPECT_EQ(HeaderOf(response, "Location"), "(none)");
      EXPECT_EQ(HeaderOf(response, "Link"), "(none)");
      EXPECT_THAT(response.body, HasSubstr("\"UNAVAILABLE\""));
      EXPECT_THAT(response.body, HasSubstr(absl::StrCat("answered ", status)));
      EXPECT_THAT(response.body, HasSubstr("http://x.example"));
      EXPECT_THAT(response.body, Not(HasSubstr("secret")));
      // Of another redirect nobody knows what was done before it.
      const bool sent_away =
          status == 301 || status == 302 || status == 307 || status == 308;
      const ForwardState otherwise =
          sent_away ? ForwardState::kAbsent : ForwardState::kIntent;
      EXPECT_EQ(NewestState(),
                Named(kept ? ForwardState::kForwarded : otherwise));
    }
  }
  ExpectNothingLeft();
}

TEST_F(ManifestAnswerTest, LeavesARedirectedPushOpenWhereItCannotBeAskedFor) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  bool put = false;  // on the upstream's thread
  SetOverride([&put](const RequestHead& head) -> std::optional<ScriptReply> {
    if (head.method != "PUT" && !put) return std::nullopt;
    put = true;
    return Scripted(head.method == "PUT" ? CannedAnswer("307 There", "")
                                         : "HTTP/1.1 500 Oh\r\n\r\n",
                    Then::kClose);
  });
  EXPECT_EQ(Push("v1", image.manifest).head.status, 502);
  EXPECT_EQ(NewestState(), Named(ForwardState::kIntent));
}

TEST_F(ManifestAnswerTest, TellsTheLogWhatToDoAboutARedirect) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  Answer("PUT", Scripted(CannedAnswer("308 There", "", "Location: /v3/\r\n")));
  CaptureLog();
  EXPECT_EQ(Push("v1", image.manifest).head.status, 502);
  const std::string log = CapturedLog();
  EXPECT_THAT(log, HasSubstr(R"("event":"upstream","name":"main")"));
  EXPECT_THAT(log, HasSubstr("answered 308"));
  EXPECT_THAT(log, HasSubstr("upstream.url"));
}

// Only 201 says that it is stored (distribution spec, "Pushing Manifests").
TEST_F(ManifestAnswerTest, TakesNoOtherSuccessForStored) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  for (const int status : {200, 202, 203, 204, 206, 226, 299}) {
    for (const bool kept : {false, true}) {
      SCOPED_TRACE(absl::StrCat(status, ", kept: ", kept));
      AnswerPush(Scripted(CannedAnswer(absl::StrCat(status, " Yes"), "")),
                 image, kept);
      EXPECT_EQ(Push("v1", image.manifest).head.status, status);
      EXPECT_EQ(NewestState(),
                Named(kept ? ForwardState::kForwarded : ForwardState::kIntent));
    }
  }
  ExpectNothingLeft();
}

// What comes before the answer is none, however it looks.
TEST_F(ManifestAnswerTest, TakesNoInterimAnswerForOne) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  for (const absl::string_view interim :
       {"100 Continue", "102 Processing", "103 Early Hints", "199 What"}) {
    SCOPED_TRACE(interim);
    const std::string lead = absl::StrCat(
        "HTTP/1.1 ", interim, "\r\nLocation: http://x.example/\r\n\r\n");
    AnswerPush(Scripted(lead + CannedAnswer("201 Created", "")), image, false);
    const RawResponse taken = Push("v1", image.manifest);
    EXPECT_EQ(taken.head.status, 201);
    EXPECT_EQ(HeaderOf(taken, "Location"), "(none)");
    EXPECT_EQ(NewestState(), Named(ForwardState::kForwarded));
    AnswerPush(Scripted(lead, Then::kClose), image, false);
    EXPECT_EQ(Push("v1", image.manifest).head.status, 502);
    EXPECT_EQ(NewestState(), Named(ForwardState::kIntent));
  }
  AnswerPush(Scripted("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n"
                      "Connection: Upgrade\r\n\r\n" +
                      CannedAnswer("201 Created", "")),
             image, false);
  EXPECT_EQ(Push("v1", image.manifest).head.status, 502);
  EXPECT_EQ(NewestState(), Named(ForwardState::kIntent));
  ExpectNothingLeft();
}

}  // namespace
}  // namespace plimsoll

// An upstream that breaks off, lies about a length or answers before it should:
// what the client gets and what is recorded, for what passes and what is held.
#include "tests/gateway/registry/fault_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using Then = ScriptReply::Then;

std::string Head(absl::string_view status, size_t length) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: ", length,
                      "\r\n\r\n");
}

struct Fault {
  absl::string_view name;
  ScriptReply reply;
  int status;               // what the client gets
  bool whole;               // with all of its body
  absl::string_view ended;  // by whom, as the access log says
};

// Faults that do not depend on what is asked.
std::vector<Fault> Faults() {
  return {
      {"resets without an answer", Scripted("", Then::kReset), 502, true,
       "upstream failed"},
      {"ends without an answer", Scripted("", Then::kClose), 502, true,
       "upstream failed"},
      {"ends within the head",
       Scripted("HTTP/1.1 200 OK\r\nContent-", Then::kClose), 502, true,
       "upstream failed"},
      {"answers what is no HTTP",
       Scripted("220 mail ready\r\n\r\n", Then::kClose), 502, true,
       "upstream failed"},
      {"answers with two framings",
       Scripted("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: "
                "chunked\r\n\r\n0\r\n\r\n"),
       502, true, "upstream failed"},
      {"answers less than its length",
       Scripted(Head("200 OK", 9) + "half", Then::kClose), 200, false,
       "upstream failed"},
      {"refuses with less than its length",
       Scripted(Head("403 Forbidden", 9) + "half", Then::kClose), 403, false,
       "upstream failed"},
      {"has no end of its chunks",
       Scripted(
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf",
           Then::kClose),
       200, false, "upstream failed"},
      {"answers more than its length", Scripted(Head("200 OK", 4) + "halfmore"),
       200, true, "(none)"},
  };
}

class UpstreamFaultTest : public FaultTest {
 protected:
  // Sends `request` and expects what `fault` says of the answer.
  void Meet(const Fault& fault, const std::string& request,
            absl::string_view method) {
    RawClient client = Connected();
    // An upstream that breaks off may do so while this is sent.
    (void)client.Send(request);
    const StatusOr<RawResponse> response = client.ReadResponse(method);
    const std::string line = accesses_.Next();
    EXPECT_EQ(FieldOf(line, "status"), absl::StrCat(fault.status));
    EXPECT_EQ(FieldOf(line, "endedBy"), fault.ended);
    EXPECT_EQ(response.ok(), fault.whole) << response.status();
    if (!response.ok()) return;
    EXPECT_EQ(response->head.status, fault.status);
    if (fault.status == 502) {
      EXPECT_THAT(response->body, HasSubstr("UNAVAILABLE"));
    }
  }
};

TEST_F(UpstreamFaultTest, EndsWhatPassesWithAnErrorOrBroken) {
  Start(kAdmitAll);
  const std::pair<absl::string_view, std::string> requests[] = {
      {"GET", GetBlob()},
      {"PATCH", Upload("PATCH", 4096)},
      {"PUT", Upload("PUT", 4096)},
      {"PUT", Upload("PUT", 2 << 20)}};
  for (const Fault& fault : Faults()) {
    for (const auto& [method, request] : requests) {
      SCOPED_TRACE(absl::StrCat(method, ": ", fault.name));
      Answer(method, fault.reply);
      Meet(fault, request, method);
    }
  }
  ExpectNothingLeft();
}

// docker-registry answers so where a range cannot be had, and clients wait for
// what was promised unless the connection ends.
TEST_F(UpstreamFaultTest, PassesA416OnWhoseBodyIsShort) {
  Start(kAdmitAll);
  const std::string body(33, 'r');
  const std::string answer =
      Head("416 Requested Range Not Satisfiable", 2048) + body;
  Answer("GET", Scripted(answer, Then::kClose));
  const StatusOr<std::string> got = SendOnce(port_, GetBlob());
  ASSERT_THAT(got, IsOk());
  EXPECT_THAT(*got, testing::StartsWith("HTTP/1.1 416 "));
  EXPECT_THAT(*got, HasSubstr("Content-Length: 2048\r\n"));
  EXPECT_THAT(*got, testing::EndsWith("\r\n\r\n" + body));
  EXPECT_EQ(FieldOf(accesses_.Next(), "endedBy"), "upstream failed");
  ExpectNothingLeft();
}

// Before the body is through: the client reads why, and the upload ends.
TEST_F(UpstreamFaultTest, PassesAnEarlyAnswerOn) {
  Start(kAdmitAll);
  for (const Then then : {Then::kKeepOpen, Then::kClose, Then::kStall}) {
    for (const absl::string_view method : {"PATCH", "PUT"}) {
      SCOPED_TRACE(absl::StrCat(method, " ", static_cast<int>(then)));
      Answer(method,
             Scripted(CannedAnswer("413 Too Large", "no room"), then, 2));
      const std::string request = Upload(method, 64 << 10);
      RawClient client = Connected();
      ASSERT_THAT(client.Send(request.substr(0, 16 << 10)), IsOk());
      const auto response = client.ReadResponse(method);
      ASSERT_THAT(response, IsOk());
      EXPECT_EQ(response->head.status, 413);
      EXPECT_EQ(response->body, "no room");
      EXPECT_TRUE(client.AtEnd());
    }
  }
  ExpectNothingLeft();
}

TEST_F(UpstreamFaultTest, EndsAnUploadThatIsResetWithinItsBody) {
  Start(kAdmitAll);
  Answer("PATCH", Scripted("", Then::kReset, 2));
  RawClient client = Connected();
  const std::string request = Upload("PATCH", 64 << 10);
  ASSERT_THAT(client.Send(request.substr(0, 1024)), IsOk());
  const auto response = client.ReadResponse("PATCH");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->head.status, 502);
  EXPECT_TRUE(client.AtEnd());
  EXPECT_FALSE(Seen("PATCH").at(0).whole);
  ExpectNothingLeft();
}

// Held, decided on and sent; what became of it is asked where the answer does
// not tell.
TEST_F(UpstreamFaultTest, RecordsWhatBecameOfAHeldPush) {
  const StoredImage image = Image();
  const struct {
    Fault fault;
    bool kept;  // the upstream has the manifest afterwards
    ForwardState state;
  } cases[] = {
      {{"refuses", Scripted(CannedAnswer("403 No", "no")), 403, true, "(none)"},
       false,
       ForwardState::kAbsent},
      {{"refuses without reading",
        Scripted(CannedAnswer("413 Too Large", "no"), Then::kClose, 0), 413,
        true, "(none)"},
       false,
       ForwardState::kAbsent},
      {{"fails, and has it", Scripted(CannedAnswer("500 Oh", "oh")), 500, true,
        "(none)"},
       true,
       ForwardState::kForwarded},
      {{"fails, and has it not", Scripted(CannedAnswer("500 Oh", "oh")), 500,
        true, "(none)"},
       false,
       ForwardState::kIntent},
      {{"takes it with less than its length",
        Scripted(Head("201 Created", 9) + "half", Then::kClose), 201, false,
        "upstream failed"},
       true,
       ForwardState::kForwarded},
      {{"leads elsewhere",
        Scripted(
            CannedAnswer("307 There", "", "Location: http://x.example/\r\n")),
        502, true, "upstream failed"},
       false,
       ForwardState::kAbsent},
  };
  Start(kAdmitAll);
  Upload(image);
  std::vector<std::pair<Fault, std::pair<bool, ForwardState>>> all;
  for (const auto& c : cases) all.push_back({c.fault, {c.kept, c.state}});
  for (const Fault& fault : Faults()) {
    if (fault.status != 502) continue;
    all.push_back({fault, {true, ForwardState::kForwarded}});
    all.push_back({fault, {false, ForwardState::kIntent}});
  }
  for (const auto& [fault, expected] : all) {
    SCOPED_TRACE(absl::StrCat(fault.name, ", kept: ", expected.first));
    const size_t before = store_.decisions().size();
    AnswerPush(fault.reply, image, expected.first);
    Meet(fault, PutRequest("v1", image.manifest), "PUT");
    ASSERT_EQ(store_.decisions().size(), before + 1);
    const StoredDecision newest = store_.decisions().back();
    EXPECT_EQ(newest.decision.outcome(), "admit");
    EXPECT_EQ(ForwardStateName(newest.state),
              ForwardStateName(expected.second));
  }
  ExpectNothingLeft();
}

// Decided while the upstream was there: one is on its way and one waits for its
// turn at the tag. Of the first nobody knows what became, the second was never
// sent.
TEST_F(UpstreamFaultTest, RecordsPushesWhoseUpstreamGoesAway) {
  const StoredImage first = Image("first");
  const StoredImage second = Image("second");
  Start(kAdmitAll);
  Upload(first);
  Upload(second);
  Answer("PUT", Late(CannedAnswer("201 Created", "")));
  RawClient one = Connected();
  ASSERT_THAT(one.Send(PutRequest("v1", first.manifest)), IsOk());
  WaitForDecisions(1);
  ASSERT_TRUE(Eventually([this] { return !Seen("PUT").empty(); }));
  RawClient two = Connected();
  ASSERT_THAT(two.Send(PutRequest("v1", second.manifest)), IsOk());
  WaitForDecisions(2);
  upstream_.reset();
  for (RawClient* client : {&one, &two}) {
    const auto response = client->ReadResponse("PUT");
    ASSERT_THAT(response, IsOk());
    EXPECT_EQ(response->head.status, 502);
    client->Reset();
  }
  ExpectNothingLeft();
  const std::vector<StoredDecision> kept = store_.decisions();
  ASSERT_EQ(kept.size(), 2u);
  for (const StoredDecision& decision : kept) {
    const bool sent = decision.decision.digest() == first.digest().ToString();
    EXPECT_EQ(
        ForwardStateName(decision.state),
        ForwardStateName(sent ? ForwardState::kIntent : ForwardState::kAbsent));
  }
}

// The client is answered before it gives up, and the intent stays open.
TEST_F(UpstreamFaultTest, AnswersAHeldPushWhoseUpstreamStalls) {
  const StoredImage image = Image();
  times_.answer = absl::ZeroDuration();
  Start(kAdmitAll);
  Upload(image);
  Answer("PUT", Scripted("", Then::kStall));
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 502);
  EXPECT_THAT(response.body, HasSubstr("no answer in time"));
  EXPECT_EQ(FieldOf(accesses_.Next(), "endedBy"), "upstream slow");
  OnlyDecision(ForwardState::kIntent);
  EXPECT_EQ(Seen("PUT").size(), 1u);
  upstream_->Release();
  ExpectNothingLeft();
}

}  // namespace
}  // namespace plimsoll

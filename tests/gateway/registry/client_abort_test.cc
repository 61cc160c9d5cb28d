// A client that vanishes, at each stage of what passes and of what is held:
// what the upstream saw, what is recorded, and that nothing is left.
#include <deque>

#include "tests/gateway/registry/fault_fixture.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

class ClientAbortTest : public FaultTest {
 protected:
  void WaitForSeen(absl::string_view method) const {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (Seen(method).empty()) {
      ASSERT_LT(absl::Now(), end) << "the upstream sees no " << method;
      std::this_thread::yield();
    }
  }
  // Sends the beginning of a request, waits until it is read, and vanishes.
  void AbortAfter(absl::string_view sent) {
    RawClient client = Connected();
    ASSERT_THAT(client.Send(sent), IsOk());
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (metrics::connections.Get({"registry"}) < 1) {
      ASSERT_LT(absl::Now(), end);
      std::this_thread::yield();
    }
    client.Reset();
  }
};

TEST_F(ClientAbortTest, WithinItsHeadReachesNobody) {
  Start(kAdmitAll);
  for (const std::string& request :
       {GetBlob(), Upload("PATCH", 10), PutRequest("v1", "{}")}) {
    for (const size_t sent :
         {size_t{1}, size_t{20}, request.find("\r\n\r\n")}) {
      AbortAfter(request.substr(0, sent));
      ExpectNothingLeft();
    }
  }
  EXPECT_TRUE(upstream_->requests().empty());
  EXPECT_TRUE(store_.decisions().empty());
}

// The upload's session stays as it was: nothing looks whole.
TEST_F(ClientAbortTest, WithinAnUploadBreaksItOffUpstream) {
  Start(kAdmitAll);
  for (const absl::string_view method : {"PATCH", "PUT"}) {
    SCOPED_TRACE(method);
    Answer(method, Scripted(CannedAnswer("201 Created", "")));
    const std::string request = Upload(method, 1 << 20);
    const int64_t moved = metrics::body_bytes.Get({"in"});
    RawClient client = Connected();
    ASSERT_THAT(client.Send(request.substr(0, request.size() / 2)), IsOk());
    while (metrics::body_bytes.Get({"in"}) == moved) std::this_thread::yield();
    client.Reset();
    WaitForSeen(method);
    EXPECT_FALSE(Seen(method)[0].whole);
    EXPECT_EQ(FieldOf(accesses_.Next(), "endedBy"), "client gone");
    ExpectNothingLeft();
  }
}

TEST_F(ClientAbortTest, WithinAManifestIsNoPush) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  const std::string request = PutRequest("v1", image.manifest);
  for (const size_t missing :
       {image.manifest.size(), image.manifest.size() / 2, size_t{1}}) {
    RawClient client = Connected();
    ASSERT_THAT(client.Send(request.substr(0, request.size() - missing)),
                IsOk());
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (metrics::holds.Get() < 1 && absl::Now() < end) {
      std::this_thread::yield();
    }
    client.Reset();
    EXPECT_EQ(FieldOf(accesses_.Next(), "endedBy"), "client gone");
    ExpectNothingLeft();
  }
  EXPECT_TRUE(upstream_->requests().empty());
  EXPECT_TRUE(store_.decisions().empty());
}

// Once it is held it needs its client no more, wherever that goes away.
TEST_F(ClientAbortTest, WhileAPushWaitsForItsTurnLosesNothing) {
  const StoredImage image = Image();
  times_.turn = absl::Seconds(20);
  Start(kAdmitAll);
  Upload(image);
  std::deque<DecisionTurns::Turn> others;
  TakeAllTurns(others);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(PutRequest("v1", image.manifest)), IsOk());
  ASSERT_TRUE(Eventually(SomebodyWaits));
  client.Reset();
  others.clear();
  OnlyDecision(ForwardState::kForwarded);
  EXPECT_EQ(Seen("PUT").size(), 1u);
  ExpectNothingLeft();
}

// At each of the upstream's answers on a push's way.
TEST_F(ClientAbortTest, WhileAPushIsDecidedOnOrForwardedLosesNothing) {
  const struct {
    absl::string_view stage;
    absl::string_view method;  // whose answer waits
    std::string answer;
  } cases[] = {
      {"authorising", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
      {"forwarding", "PUT", CannedAnswer("201 Created", "")},
      {"answering", "PUT",
       CannedAnswer("201 Created", std::string(8 << 20, 'a'))},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.stage);
    const StoredImage image = Image(c.stage);
    const size_t before = store_.decisions().size();
    if (upstream_ == nullptr) Start(kAdmitAll);
    Upload(image);
    Answer(c.method, Late(c.answer));
    const size_t seen = Seen(c.method).size();
    RawClient client = Connected();
    ASSERT_THAT(client.Send(PutRequest("v1", image.manifest)), IsOk());
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (Seen(c.method).size() == seen && absl::Now() < end) {
      std::this_thread::yield();
    }
    client.Reset();
    upstream_->Release();
    ExpectNothingLeft();
    const std::vector<StoredDecision> kept = store_.decisions();
    ASSERT_EQ(kept.size(), before + 1);
    EXPECT_EQ(kept.back().decision.digest(), image.digest().ToString());
    EXPECT_EQ(ForwardStateName(kept.back().state),
              ForwardStateName(ForwardState::kForwarded));
    EXPECT_EQ(Seen("PUT").back().body, image.manifest);
  }
}

TEST_F(ClientAbortTest, OfARefusedPushLeavesItsRecord) {
  const StoredImage image = Image();
  Start(kNoRoot);
  Upload(image);
  Answer("HEAD", Late("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  RawClient client = Connected();
  ASSERT_THAT(client.Send(PutRequest("v1", image.manifest)), IsOk());
  WaitForSeen("HEAD");
  client.Reset();
  upstream_->Release();
  EXPECT_EQ(OnlyDecision(ForwardState::kNone).decision.outcome(), "deny");
  EXPECT_TRUE(Seen("PUT").empty());
  ExpectNothingLeft();
}

// Between its request and the answer, and within the answer.
TEST_F(ClientAbortTest, OfWhatPassesEndsItOnceTheUpstreamAnswers) {
  Start(kAdmitAll);
  const std::pair<absl::string_view, std::string> requests[] = {
      {"GET", GetBlob()},
      {"PATCH", Upload("PATCH", 4096)},
      {"PUT", Upload("PUT", 4096)}};
  for (const auto& [method, request] : requests) {
    SCOPED_TRACE(method);
    Answer(method, Late(CannedAnswer("200 OK", std::string(16 << 20, 'b'))));
    const size_t seen = Seen(method).size();
    RawClient client = Connected();
    ASSERT_THAT(client.Send(request), IsOk());
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (Seen(method).size() == seen && absl::Now() < end) {
      std::this_thread::yield();
    }
    client.Reset();
    upstream_->Release();
    EXPECT_EQ(FieldOf(accesses_.Next(), "endedBy"), "client gone");
    ExpectNothingLeft();
    EXPECT_TRUE(Seen(method).back().whole);
  }
}

TEST_F(ClientAbortTest, WithinADownloadEndsItUpstream) {
  Start(kAdmitAll);
  Answer("GET", Scripted(CannedAnswer("200 OK", std::string(64 << 20, 'b'))));
  RawClient client = Connected();
  ASSERT_THAT(client.Send(GetBlob()), IsOk());
  ASSERT_THAT(client.ReadSome(), IsOk());
  client.Reset();
  EXPECT_EQ(FieldOf(accesses_.Next(), "endedBy"), "client gone");
  ExpectNothingLeft();
}

}  // namespace
}  // namespace plimsoll

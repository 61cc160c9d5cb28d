// How much memory pushes may hold before anybody is authorised, and how long.
#include <gmock/gmock.h>

#include <deque>
#include <thread>

#include "gateway/observe/metrics.h"
#include "gateway/registry/manifest_push.h"
#include "policy/oci/manifest.h"
#include "tests/gateway/registry/door_fixture.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

constexpr absl::string_view kCredential = "Authorization: Basic QTpC\r\n";

class HeldBodyTest : public DoorTest {
 protected:
  // A push that has sent its head, which declares the largest manifest, and
  // `sent` bytes of it. Lasts as long as the test.
  void Begin(size_t sent, absl::string_view fields) {
    clients_.push_back(Connected());
    const std::string request = absl::StrCat(
        "PUT /v2/any/thing/manifests/v1 HTTP/1.1\r\nHost: g\r\nContent-Type: ",
        kOciManifestType, "\r\n", fields, "Content-Length: ", kMaxManifestBytes,
        "\r\n\r\n", std::string(sent, ' '));
    ASSERT_THAT(clients_.back().Send(request), IsOk());
  }
  void WaitUntilHeld(size_t bytes) const {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (held_.held() < static_cast<int64_t>(bytes)) {
      ASSERT_LT(absl::Now(), end) << held_.held();
      std::this_thread::yield();
    }
  }

  std::vector<RawClient> clients_;
};

// A hundred idle connections stopped every push of everybody.
TEST_F(HeldBodyTest, HoldsNoRoomForBytesThatAreOnlyDeclared) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  for (int i = 0; i < 20; ++i) Begin(1, "");
  WaitUntilHeld(20);
  EXPECT_EQ(Push("v1", image.manifest).head.status, 201);
}

TEST_F(HeldBodyTest, KeepsRoomForThoseWhoCarryACredential) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  Begin(kMaxManifestBytes - 1, "");
  WaitUntilHeld(kMaxManifestBytes - 1);
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 503);
  EXPECT_EQ(HeaderOf(response, "Retry-After"), "2");
  EXPECT_THAT(response.body, HasSubstr("overloaded, push again"));
  EXPECT_EQ(Push("v1", image.manifest, kCredential).head.status, 201);
}

TEST_F(HeldBodyTest, GivesOneAddressAShareOnly) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  Begin(kMaxManifestBytes - 1, kCredential);
  Begin(kMaxManifestBytes - 1, kCredential);
  WaitUntilHeld(2 * (kMaxManifestBytes - 1));
  EXPECT_EQ(Push("v1", image.manifest, kCredential).head.status, 503);
  HeldBytes::Charge elsewhere(held_, "192.0.2.1", false);
  EXPECT_THAT(elsewhere.Grow(kMaxManifestBytes), IsOk());
}

TEST_F(HeldBodyTest, RefusesAManifestThatArrivesTooSlowly) {
  timeouts_.held_grace = std::chrono::seconds(0);
  timeouts_.held_bytes_a_second = int64_t{1} << 40;
  Start(kAdmitAll);
  Begin(1, kCredential);
  const auto response = clients_.back().ReadResponse("PUT");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->head.status, 408);
  EXPECT_THAT(response->body, HasSubstr("too slowly"));
}

// Pushes are shed before their body is read; what only passes is served.
TEST_F(HeldBodyTest, ShedsPushesAndNothingElseWhereTooManyWaitForADecision) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  std::deque<DecisionTurns::Turn> others;
  for (int i = 0;; ++i) {
    others.emplace_back(turns_, absl::StrCat(i), false);
    if (!others.back().Enter().ok()) break;
  }
  Begin(0, kCredential);
  const auto shed = clients_.back().ReadResponse("PUT");
  ASSERT_THAT(shed, IsOk());
  EXPECT_EQ(shed->head.status, 503);
  EXPECT_EQ(HeaderOf(*shed, "Retry-After"), "2");
  EXPECT_THAT(shed->body, HasSubstr("UNAVAILABLE"));
  EXPECT_EQ(Ask(absl::StrCat("GET /v2/team/app/blobs/",
                             Digest::Sha256(image.config).ToString(),
                             " HTTP/1.1\r\nHost: r\r\n\r\n"),
                "GET")
                .head.status,
            200);
  others.clear();
  EXPECT_EQ(Push("v1", image.manifest).head.status, 201);
}

TEST_F(HeldBodyTest, DecidesOnAPushOnceItIsItsTurn) {
  const StoredImage image = Image();
  times_.turn = absl::Seconds(20);
  Start(kAdmitAll);
  Upload(image);
  std::deque<DecisionTurns::Turn> others;
  TakeAllTurns(others);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(PutRequest("v1", image.manifest)), IsOk());
  ASSERT_TRUE(Eventually(SomebodyWaits));
  EXPECT_TRUE(Seen("HEAD").empty());
  others.front().End();
  const auto response = client.ReadResponse("PUT");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->head.status, 201);
}

TEST_F(HeldBodyTest, ShedsAPushWhoseTurnDoesNotCome) {
  const StoredImage image = Image();
  times_.turn = absl::ZeroDuration();
  Start(kAdmitAll);
  std::deque<DecisionTurns::Turn> others;
  TakeAllTurns(others);
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 503);
  EXPECT_EQ(HeaderOf(response, "Retry-After"), "2");
  EXPECT_TRUE(upstream_->requests().empty());
}

// A reader whose pushes the upstream refuses filled the store.
TEST_F(HeldBodyTest, LeavesNoDocumentsOfWhatTheUpstreamRefuses) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  ScriptReply reply;
  reply.bytes = CannedAnswer("403 Forbidden", "{}");
  Answer("PUT", reply);
  EXPECT_EQ(Push("v1", image.manifest).head.status, 403);
  const StoredDecision kept = OnlyDecision(ForwardState::kAbsent);
  EXPECT_NE(kept.decision.evidence(), "");
  EXPECT_EQ(store_.document_count(), 0u);
}

TEST_F(HeldBodyTest, KeepsTheDocumentsOfWhatTheUpstreamTook) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  EXPECT_EQ(Push("v1", image.manifest).head.status, 201);
  OnlyDecision(ForwardState::kForwarded);
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (store_.document_count() < 2) {
    ASSERT_LT(absl::Now(), end);
    std::this_thread::yield();
  }
}

TEST_F(HeldBodyTest, LeavesNothingOfGarbageButItsRecord) {
  Start(kAdmitAll);
  EXPECT_EQ(Push("v1", "{" + std::string(1 << 20, ' ')).head.status, 403);
  WaitForDecisions(1);
  EXPECT_EQ(store_.document_count(), 0u);
}

}  // namespace
}  // namespace plimsoll

// The held push, from the client's bytes to the upstream's and the record.
#include "gateway/registry/manifest_push.h"

#include "absl/strings/match.h"
#include "gateway/http/chunked.h"
#include "gateway/observe/metrics.h"
#include "tests/gateway/registry/door_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

TEST_F(DoorTest, ForwardsTheBytesThatWereJudgedUnderAHeadOfItsOwn) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  const RawResponse response =
      Push("v1", image.manifest,
           "Authorization: Basic QTpC\r\nUser-Agent: docker/26\r\n"
           "X-Forwarded-For: 9.9.9.9\r\nCookie: a=b\r\n");
  EXPECT_EQ(response.head.status, 201) << response.body;
  const std::vector<SeenRequest> puts = Seen("PUT");
  ASSERT_EQ(puts.size(), 1u);
  EXPECT_EQ(puts[0].body, image.manifest);
  EXPECT_EQ(puts[0].head_bytes,
            absl::StrCat("PUT /v2/team/app/manifests/v1 HTTP/1.1\r\n"
                         "Host: gateway.example\r\n"
                         "Content-Type: ",
                         kOciManifestType,
                         "\r\n"
                         "Authorization: Basic QTpC\r\n"
                         "User-Agent: docker/26\r\n"
                         "X-Forwarded-Proto: http\r\n"
                         "X-Forwarded-Host: gateway.example\r\n"
                         "X-Forwarded-For: 127.0.0.1\r\n"
                         "Content-Length: ",
                         image.manifest.size(), "\r\n\r\n"));
  const StoredDecision kept = OnlyDecision(ForwardState::kForwarded);
  EXPECT_EQ(kept.decision.outcome(), "admit");
  EXPECT_EQ(kept.decision.digest(), image.digest().ToString());
  EXPECT_EQ(kept.decision.client().user_agent(), "docker/26");
  EXPECT_EQ(kept.decision.client().address(), "127.0.0.1");
}

TEST_F(DoorTest, CountsAPushForAsLongAsItIsHeld) {
  const double running = metrics::holds.Get();
  const int64_t ended = metrics::hold_seconds.Count();
  Start(kAdmitAll);
  const StoredImage image = Image();
  Upload(image);
  double while_held = 0;
  SetOverride([&while_held](const RequestHead& head) {
    if (head.method == "PUT") while_held = metrics::holds.Get();
    return std::optional<ScriptReply>();
  });
  EXPECT_EQ(Push("v1", image.manifest).head.status, 201);
  EXPECT_EQ(while_held, running + 1);
  // The answer was out before.
  EXPECT_TRUE(
      Eventually([ended] { return metrics::hold_seconds.Count() > ended; }));
  EXPECT_EQ(metrics::holds.Get(), running);
}

TEST_F(DoorTest, SendsAChunkedManifestWithItsLength) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  const std::string request = absl::StrCat(
      "PUT /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: r\r\nContent-Type: ",
      kOciManifestType, "\r\nTransfer-Encoding: chunked\r\n\r\n",
      EncodeChunkHeader(10), image.manifest.substr(0, 10), kChunkEnd,
      EncodeChunkHeader(image.manifest.size() - 10), image.manifest.substr(10),
      kChunkEnd, kLastChunk);
  EXPECT_EQ(Ask(request, "PUT").head.status, 201);
  ASSERT_EQ(Seen("PUT").size(), 1u);
  EXPECT_EQ(Seen("PUT")[0].body, image.manifest);
  EXPECT_EQ(*Seen("PUT")[0].head.headers.Find("Content-Length"),
            absl::StrCat(image.manifest.size()));
}

TEST_F(DoorTest, RefusesWithTheRuleAndSendsNothing) {
  const StoredImage image = Image();
  Start(kNoRoot);
  Upload(image);
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 403);
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"DENIED\""));
  EXPECT_THAT(response.body, HasSubstr("policy `all` rule `non-root`"));
  EXPECT_THAT(response.head.reason, HasSubstr("Denied"));
  EXPECT_TRUE(Seen("PUT").empty());
  const StoredDecision kept = OnlyDecision(ForwardState::kNone);
  EXPECT_EQ(kept.decision.outcome(), "deny");
  EXPECT_THAT(response.body, HasSubstr(kept.decision.id()));
}

TEST_F(DoorTest, ObservesWithAWarningAndForwardsTheSame) {
  const StoredImage image = Image();
  Start(kNoRoot, Mode::kObserve);
  Upload(image);
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 201);
  EXPECT_THAT(HeaderOf(response, "Warning"), HasSubstr("non-root"));
  ASSERT_EQ(Seen("PUT").size(), 1u);
  EXPECT_EQ(Seen("PUT")[0].body, image.manifest);
  const StoredDecision kept = OnlyDecision(ForwardState::kForwarded);
  EXPECT_EQ(kept.decision.outcome(), "deny");
  EXPECT_FALSE(kept.decision.enforced());
  EXPECT_EQ(kept.decision.mode(), "observe");
}

TEST_F(DoorTest, RefusesBytesThatAreNotThoseOfTheDigest) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  const std::string other = Digest::Sha256("something else").ToString();
  const RawResponse response = Push(other, image.manifest);
  EXPECT_EQ(response.head.status, 400);
  EXPECT_THAT(response.body, HasSubstr("DIGEST_INVALID"));
  EXPECT_TRUE(upstream_->requests().empty());
  EXPECT_EQ(Push(image.digest().ToString(), image.manifest).head.status, 201);
}

TEST_F(DoorTest, HoldsFourMebibytesAndNotOneByteMore) {
  Start(kAdmitAll);
  const std::string fits(kMaxManifestBytes, ' ');
  EXPECT_EQ(Push("v1", fits).head.status, 403)
      << "malformed, and not too large";
  const RawResponse response = Push("v1", fits + " ");
  EXPECT_EQ(response.head.status, 413);
  EXPECT_THAT(response.body, HasSubstr("SIZE_INVALID"));
}

TEST_F(DoorTest, RefusesAManifestWithoutOneContentType) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  const std::string request = absl::StrCat(
      "PUT /v2/team/app/manifests/v1 HTTP/1.1\r\nHost: r\r\nContent-Length: ",
      image.manifest.size(), "\r\n\r\n", image.manifest);
  const RawResponse response = Ask(request, "PUT");
  EXPECT_EQ(response.head.status, 403);
  EXPECT_THAT(response.body, HasSubstr("Content-Type"));
  EXPECT_EQ(Push("v1", image.manifest, "", kDockerManifestType).head.status,
            403);
  EXPECT_TRUE(Seen("PUT").empty());
}

// An upstream that decodes would store other bytes than those judged.
TEST_F(DoorTest, RefusesAManifestThatIsEncoded) {
  const StoredImage image = Image();
  Start(kAdmitAll, Mode::kObserve);
  Upload(image);
  const RawResponse response =
      Push("v1", image.manifest, "Content-Encoding: deflate\r\n");
  EXPECT_EQ(response.head.status, 403);
  EXPECT_THAT(response.body, HasSubstr("leave out Content-Encoding"));
  EXPECT_TRUE(Seen("PUT").empty());
  EXPECT_EQ(
      Push("v1", image.manifest, "Content-Encoding: identity\r\n").head.status,
      201);
}

TEST_F(DoorTest, JudgesAndForwardsEveryTagOfTheQuery) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  const std::string digest = image.digest().ToString();
  EXPECT_EQ(Push(absl::StrCat(digest, "?tag=v1&tag=v2&tag=v1"), image.manifest)
                .head.status,
            201);
  ASSERT_EQ(Seen("PUT").size(), 1u);
  EXPECT_EQ(Seen("PUT")[0].head.target,
            absl::StrCat("/v2/team/app/manifests/", digest, "?tag=v1&tag=v2"));
  const StoredDecision kept = OnlyDecision(ForwardState::kForwarded);
  EXPECT_EQ(kept.decision.stage(), "judged");
  EXPECT_EQ(kept.decision.tags_size(), 2);
}

TEST_F(DoorTest, StagesAPushByDigest) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  EXPECT_EQ(Push(image.digest().ToString(), image.manifest).head.status, 201);
  const StoredDecision kept = OnlyDecision(ForwardState::kForwarded);
  EXPECT_EQ(kept.decision.stage(), "staged");
  EXPECT_EQ(kept.decision.outcome(), "staged");
}

// docker's containerd store pushes them to the tag that the index is to get.
TEST_F(DoorTest, ForwardsAnAttestationThatIsPushedToATagByItsDigest) {
  const std::string config = R"({"architecture":"unknown","os":"unknown"})";
  const std::string statement =
      R"({"_type":"https://in-toto.io/Statement/v0.1"})";
  const std::string manifest = absl::StrCat(
      R"({"schemaVersion":2,"mediaType":")", kOciManifestType,
      R"(","config":{"mediaType":")", kOciConfigType, R"(","digest":")",
      Digest::Sha256(config).ToString(), R"(","size":)", config.size(),
      R"(},"layers":[{"mediaType":"application/vnd.in-toto+json","digest":")",
      Digest::Sha256(statement).ToString(), R"(","size":)", statement.size(),
      "}]}");
  Start(kNoRoot);
  Put(config);
  Put(statement);
  const RawResponse response = Push("v1", manifest);
  EXPECT_EQ(response.head.status, 201) << response.body;
  ASSERT_EQ(Seen("PUT").size(), 1u);
  EXPECT_EQ(Seen("PUT")[0].head.target,
            absl::StrCat("/v2/team/app/manifests/",
                         Digest::Sha256(manifest).ToString()));
  EXPECT_EQ(OnlyDecision().decision.artifact(), "attestation");
}

TEST_F(DoorTest, SendsNothingUpstreamThatCannotBeRecorded) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  store_.FailWrites(absl::UnavailableError("disk full"));
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 503);
  EXPECT_NE(HeaderOf(response, "Retry-After"), "(none)");
  EXPECT_TRUE(Seen("PUT").empty());
}

TEST_F(DoorTest, RecordsThatTheUpstreamRefused) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  ScriptReply reply;
  reply.bytes = CannedAnswer("400 Bad", "{\"errors\":[]}");
  Answer("PUT", reply);
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 400);
  EXPECT_EQ(response.body, "{\"errors\":[]}");
  EXPECT_EQ(OnlyDecision(ForwardState::kAbsent).result.status, 400);
}

TEST_F(DoorTest, AnswersWhereTheUpstreamBreaksOff) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  ScriptReply reply;
  reply.then = Then::kReset;
  Answer("PUT", reply);
  EXPECT_EQ(Push("v1", image.manifest).head.status, 502);
  EXPECT_EQ(Seen("PUT").size(), 1u) << "a body is never sent twice";
}

// Once it is held it does not need its client any more.
TEST_F(DoorTest, EndsAPushWhoseClientIsGone) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  ScriptReply reply;
  reply.after_release = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  Answer("HEAD", reply);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(PutRequest("v1", image.manifest)), IsOk());
  ASSERT_TRUE(upstream_->WaitForRequests(1));
  client.Reset();
  upstream_->Release();
  OnlyDecision(ForwardState::kForwarded);
  EXPECT_EQ(Seen("PUT").size(), 1u);
}

// Two pushes to one tag arrive upstream in the order of their decisions; one to
// another tag waits for neither.
TEST_F(DoorTest, ForwardsToOneTagOneAfterTheOther) {
  const StoredImage first = Image("first");
  const StoredImage second = Image("second");
  Start(kAdmitAll);
  Upload(first);
  Upload(second);
  SetOverride([](const RequestHead& head) -> std::optional<ScriptReply> {
    if (!absl::EndsWith(head.target, "/manifests/v1")) return std::nullopt;
    ScriptReply reply;
    reply.after_release = CannedAnswer("201 Created", "");
    return reply;
  });
  RawClient one = Connected();
  ASSERT_THAT(one.Send(PutRequest("v1", first.manifest)), IsOk());
  WaitForDecisions(1);
  RawClient two = Connected();
  ASSERT_THAT(two.Send(PutRequest("v1", second.manifest)), IsOk());
  WaitForDecisions(2);
  EXPECT_EQ(Push("v2", second.manifest).head.status, 201);
  EXPECT_EQ(Seen("PUT").size(), 2u) << "of the first and of v2";
  upstream_->Release();
  EXPECT_THAT(one.ReadResponse("PUT"), IsOk());
  EXPECT_THAT(two.ReadResponse("PUT"), IsOk());
  const std::vector<SeenRequest> puts = Seen("PUT");
  ASSERT_EQ(puts.size(), 3u);
  EXPECT_EQ(puts[0].body, first.manifest);
  EXPECT_EQ(puts[2].body, second.manifest);
}

// It waited for its turn until the client would be gone before the answer.
TEST_F(DoorTest, SendsNothingThatCannotBeAnsweredInTime) {
  const StoredImage image = Image();
  times_.forward = -absl::Seconds(1);
  Start(kAdmitAll);
  Upload(image);
  const RawResponse response = Ask(PutRequest("v1", image.manifest), "PUT");
  EXPECT_EQ(response.head.status, 503);
  EXPECT_THAT(response.body, HasSubstr("push again"));
  EXPECT_TRUE(Seen("PUT").empty());
  EXPECT_EQ(OnlyDecision(ForwardState::kAbsent).decision.outcome(), "admit");
}

TEST_F(DoorTest, ForgetsABodyThatNeverCameWhole) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  RawClient client = Connected();
  const std::string request = PutRequest("v1", image.manifest);
  ASSERT_THAT(client.Send(request.substr(0, request.size() - 1)), IsOk());
  client.CloseWrite();
  (void)client.ReadAll();
  EXPECT_TRUE(upstream_->requests().empty());
  EXPECT_TRUE(store_.decisions().empty());
}

}  // namespace
}  // namespace plimsoll

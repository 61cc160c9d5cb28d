// A client that goes away while the upstream is silent: what passes ends with
// it, what is held does not.
#include <vector>

#include "tests/gateway/registry/fault_fixture.h"

namespace plimsoll {
namespace {

class SilentUpstreamTest : public FaultTest {
 protected:
  // Sends a request and waits until the upstream has it.
  RawClient Asking(absl::string_view method, const std::string& request) {
    const size_t seen = Seen(method).size();
    RawClient client = Connected();
    EXPECT_THAT(client.Send(request), IsOk());
    EXPECT_TRUE(Eventually([&] { return Seen(method).size() > seen; }));
    return client;
  }
  // The exchanges that end next, however many, end because of their clients.
  void ExpectGone(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(accesses_.NextFields({"status", "endedBy"}),
                "status=0 endedBy=client gone");
    }
  }
  static double Busy() { return metrics::upstream_connections.Get({"busy"}); }
};

const ScriptReply kSilence;

// It kept the upstream at work until the answer's deadline, an upload's for a
// quarter of an hour.
TEST_F(SilentUpstreamTest, IsLeftWhereTheClientGoesAway) {
  Start(kAdmitAll);
  SetOverride([](const RequestHead&) { return kSilence; });
  std::vector<RawClient> clients;
  for (const auto& [method, request] :
       {std::pair("GET", GetBlob()), std::pair("PATCH", Upload("PATCH", 4096)),
        std::pair("PUT", Upload("PUT", 1 << 20)),
        // What has come of its next request hides no end.
        std::pair("GET", GetBlob() + GetBlob()),
        std::pair("PATCH", Upload("PATCH", 9) + GetBlob())}) {
    for (int i = 0; i < 3; ++i) clients.push_back(Asking(method, request));
  }
  ASSERT_EQ(Busy(), 15);
  for (size_t i = 0; i < clients.size(); ++i) {
    if (i % 3 == 0) clients[i].Reset();
    // One that says that it sends no more is taken for one that has closed.
    if (i % 3 == 1) clients[i].CloseWrite();
    if (i % 3 == 2) RawClient ended = std::move(clients[i]);
  }
  ExpectGone(15);
  ExpectNothingLeft();
  EXPECT_EQ(upstream_->requests().size(), 15u);
}

// Nobody asks again for a client that is gone, on whatever connection.
TEST_F(SilentUpstreamTest, IsNotAskedAgainForAClientThatIsGone) {
  Start(kAdmitAll);
  (void)Ask(GetBlob(), "GET");
  (void)accesses_.Next();
  SetOverride([](const RequestHead&) { return kSilence; });
  RawClient client = Asking("GET", GetBlob());
  EXPECT_EQ(Seen("GET").back().connection, 1u) << "it is not a kept connection";
  client.Reset();
  ExpectGone(1);
  ExpectNothingLeft();
  EXPECT_EQ(upstream_->requests().size(), 2u);
}

TEST_F(SilentUpstreamTest, KeepsAClientThatWaits) {
  Start(kAdmitAll);
  SetOverride(
      [](const RequestHead&) { return Late(CannedAnswer("200 OK", "late")); });
  RawClient waits = Asking("GET", GetBlob());
  RawClient pipelines = Asking("GET", GetBlob() + GetBlob());
  RawClient goes = Asking("GET", GetBlob());
  goes.Reset();
  ExpectGone(1);  // so the others have been looked at
  upstream_->Release();
  for (RawClient* client : {&waits, &pipelines, &pipelines}) {
    const auto answer = client->ReadResponse("GET");
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->body, "late");
  }
}

// Its outcome is recorded, whoever waits for it.
TEST_F(SilentUpstreamTest, IsWaitedForWithAManifestWhoseClientIsGone) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  SetOverride([](const RequestHead& head) -> std::optional<ScriptReply> {
    if (head.method == "PATCH") return kSilence;
    if (head.method != "PUT") return std::nullopt;
    return Late(CannedAnswer("201 Created", ""));
  });
  RawClient pushes = Asking("PUT", PutRequest("v1", image.manifest));
  pushes.Reset();
  RawClient uploads = Asking("PATCH", Upload("PATCH", 9));
  uploads.Reset();
  ExpectGone(1);  // so the push has been looked at, if any is
  EXPECT_EQ(Busy(), 1);
  OnlyDecision(ForwardState::kIntent);
  upstream_->Release();
  OnlyDecision(ForwardState::kForwarded);
  EXPECT_EQ(Seen("PUT").size(), 1u);
  ExpectNothingLeft();
}

}  // namespace
}  // namespace plimsoll

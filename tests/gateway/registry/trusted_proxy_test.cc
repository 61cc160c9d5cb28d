// Requests that come through a trusted proxy, as upstreams, clients and records
// see them.
#include "absl/strings/match.h"
#include "tests/gateway/registry/door_fixture.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kForwarded =
    "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n"
    "X-Forwarded-Proto: https\r\nX-Forwarded-Host: registry.example\r\n";

class DoorProxyTest : public DoorTest {
 protected:
  void StartTrusting(absl::string_view proxies) {
    limits_ = ConnectionLimits::New(
        {"registry", 100, 0, {*AddressRange::Parse(proxies)}});
    Start(kAdmitAll);
  }
  // The fields that tell the upstream of the client, each as "name: value".
  std::string Told(absl::string_view method) const {
    std::string told;
    const std::vector<SeenRequest> seen = Seen(method);
    EXPECT_FALSE(seen.empty());
    if (seen.empty()) return told;
    for (const HeaderField& field : seen.back().head.headers) {
      if (!absl::StartsWith(field.name, "X-Forwarded")) continue;
      absl::StrAppend(&told, field.name, ": ", field.value, "\n");
    }
    return told;
  }
};

TEST_F(DoorProxyTest, KeepsClientsAtTheProxy) {
  StartTrusting("127.0.0.0/8");
  const std::string own = upstream_->authority();
  SetOverride([own](const RequestHead&) {
    ScriptReply reply;
    reply.bytes =
        absl::StrCat("HTTP/1.1 202 Accepted\r\nLocation: http://", own,
                     "/v2/a/blobs/uploads/1\r\n", "Content-Length: 0\r\n\r\n");
    return reply;
  });
  const RawResponse response = Ask(
      absl::StrCat("POST /v2/a/blobs/uploads/ HTTP/1.1\r\nHost: gateway\r\n",
                   kForwarded, "Content-Length: 0\r\n\r\n"),
      "POST");
  EXPECT_EQ(HeaderOf(response, "Location"),
            "https://registry.example/v2/a/blobs/uploads/1");
  EXPECT_EQ(Told("POST"),
            "X-Forwarded-Proto: https\nX-Forwarded-Host: registry.example\n"
            "X-Forwarded-For: 192.0.2.7\n");
}

TEST_F(DoorProxyTest, RecordsTheClientAndNotTheProxy) {
  StartTrusting("127.0.0.0/8");
  const StoredImage image = Image();
  Upload(image);
  ASSERT_EQ(Push("v1", image.manifest, kForwarded).head.status, 201);
  EXPECT_EQ(OnlyDecision().decision.client().address(), "192.0.2.7");
  EXPECT_EQ(Told("PUT"),
            "X-Forwarded-Proto: https\nX-Forwarded-Host: registry.example\n"
            "X-Forwarded-For: 192.0.2.7\n");
}

TEST_F(DoorProxyTest, BelievesNobodyElse) {
  StartTrusting("10.0.0.0/8");
  const StoredImage image = Image();
  Upload(image);
  ASSERT_EQ(Push("v1", image.manifest, kForwarded).head.status, 201);
  EXPECT_EQ(OnlyDecision().decision.client().address(), "127.0.0.1");
  EXPECT_EQ(Told("PUT"),
            "X-Forwarded-Proto: http\nX-Forwarded-Host: gateway.example\n"
            "X-Forwarded-For: 127.0.0.1\n");
}

}  // namespace
}  // namespace plimsoll

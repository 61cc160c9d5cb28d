// Whose credential a held push is read with, and what is shown before.
#include "gateway/registry/push_right.h"

#include <optional>
#include <string>
#include <utility>

#include "tests/gateway/registry/door_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST_F(DoorTest, RelaysTheChallengeOfTheUpstreamAndAsksForAPush) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  SetOverride([](const RequestHead&) {
    ScriptReply reply;
    reply.bytes =
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer "
        "realm=\"https://auth.example/token\",service=\"r\","
        "scope=\"repository:team/app:pull\"\r\nContent-Length: 0\r\n\r\n";
    return reply;
  });
  const RawResponse response = Push("v1", image.manifest);
  EXPECT_EQ(response.head.status, 401);
  EXPECT_THAT(HeaderOf(response, "WWW-Authenticate"),
              HasSubstr("scope=\"repository:team/app:pull,push\""));
  EXPECT_TRUE(Seen("PUT").empty());
  EXPECT_TRUE(store_.decisions().empty());
}

TEST_F(DoorTest, RelaysAForbiddenReadWhereNoOtherCredentialReads) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  SetOverride([](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    return reply;
  });
  EXPECT_EQ(Push("v1", image.manifest).head.status, 403);
  EXPECT_TRUE(Seen("PUT").empty());
  EXPECT_TRUE(store_.decisions().empty());
}

// An upstream whose push tokens cannot read. With them one may open an upload
// session where that is `answer`'s word for it.
std::optional<ScriptReply> PushOnly(const RequestHead& head,
                                    absl::string_view answer) {
  const std::string* authorization = head.headers.Find("Authorization");
  const bool reader =
      authorization != nullptr && *authorization == "Basic cmVhZA==";
  if (reader || head.method == "PUT") return std::nullopt;
  ScriptReply reply;
  reply.bytes = head.method == "POST"
                    ? std::string(answer)
                    : "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
  return reply;
}

// Its own credential pushes; the read credential only reads.
TEST_F(DoorTest, ReadsWithTheReadCredentialForAClientThatMayPush) {
  const StoredImage image = Image();
  Start(kAdmitAll, Mode::kEnforce, "Basic cmVhZA==");
  Upload(image);
  SetOverride([](const RequestHead& head) {
    return PushOnly(head,
                    "HTTP/1.1 202 Accepted\r\nLocation: /v2/team/app/blobs/"
                    "uploads/7?_state=x\r\nContent-Length: 0\r\n\r\n");
  });
  EXPECT_EQ(Push("v1", image.manifest, "Authorization: Basic cHVzaA==\r\n")
                .head.status,
            201);
  // The session that showed the right is cancelled, all with the client's own.
  const std::pair<const char*, const char*> expected[] = {
      {"POST", "/v2/team/app/blobs/uploads/"},
      {"DELETE", "/v2/team/app/blobs/uploads/7?_state=x"},
      {"PUT", "/v2/team/app/manifests/v1"}};
  for (const auto& [method, target] : expected) {
    ASSERT_EQ(Seen(method).size(), 1u) << method;
    EXPECT_EQ(Seen(method)[0].head.target, target);
    EXPECT_EQ(*Seen(method)[0].head.headers.Find("Authorization"),
              "Basic cHVzaA==");
  }
}

TEST_F(DoorTest, JudgesNothingWithTheReadCredentialForAClientThatMayNotPush) {
  const StoredImage image = Image();
  Start(kNoRoot, Mode::kEnforce, "Basic cmVhZA==");
  Upload(image);
  const std::pair<const char*, int> cases[] = {
      {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 403},
      {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 403},
      {"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"r\"\r\n"
       "Content-Length: 0\r\n\r\n",
       401},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 502},
      {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", 502},
  };
  for (const auto& [answer, status] : cases) {
    SetOverride([answer = answer](const RequestHead& head) {
      return PushOnly(head, answer);
    });
    const RawResponse response =
        Push("v1", image.manifest, "Authorization: Basic ZXZpbA==\r\n");
    EXPECT_EQ(response.head.status, status) << answer;
    EXPECT_THAT(response.body, Not(HasSubstr("root"))) << answer;
  }
  EXPECT_TRUE(Seen("GET").empty());
  EXPECT_TRUE(Seen("PUT").empty());
  EXPECT_TRUE(Seen("DELETE").empty());
  EXPECT_TRUE(store_.decisions().empty());
}

// Its session lies elsewhere: it is not followed with the client's credential.
TEST_F(DoorTest, CancelsNoSessionThatIsNotTheUpstreams) {
  const StoredImage image = Image();
  Start(kAdmitAll, Mode::kEnforce, "Basic cmVhZA==");
  Upload(image);
  SetOverride([](const RequestHead& head) {
    return PushOnly(head,
                    "HTTP/1.1 202 Accepted\r\nLocation: http://elsewhere/u\r\n"
                    "Content-Length: 0\r\n\r\n");
  });
  EXPECT_EQ(Push("v1", image.manifest, "Authorization: Basic cHVzaA==\r\n")
                .head.status,
            201);
  EXPECT_TRUE(Seen("DELETE").empty());
}

TEST_F(DoorTest, AsksTheUpstreamWithTheClientsCredentialFirst) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  Push("v1", image.manifest, "Authorization: Basic QTpC\r\n");
  const std::vector<SeenRequest> seen = upstream_->requests();
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen[0].head.method, "HEAD");
  EXPECT_THAT(seen[0].head.target,
              HasSubstr(Digest::Sha256(image.config).ToString()));
  for (const SeenRequest& request : seen) {
    EXPECT_EQ(*request.head.headers.Find("Authorization"), "Basic QTpC");
  }
}

}  // namespace
}  // namespace plimsoll

// What passes the registry door unheld, and what does not pass it.
#include "gateway/registry/door.h"

#include "tests/gateway/registry/door_fixture.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

TEST_F(DoorTest, HoldsOnlyThePutOfAManifest) {
  Start(kNoRoot);
  const std::string digest = Digest::Sha256("blob").ToString();
  for (const std::string& line :
       {std::string("GET /v2/"), std::string("GET /v2/_catalog"),
        std::string("HEAD /v2/team/app/manifests/v1"),
        std::string("GET /v2/team/app/manifests/v1"),
        std::string("DELETE /v2/team/app/manifests/v1"),
        absl::StrCat("GET /v2/team/app/blobs/", digest),
        std::string("POST /v2/team/app/blobs/uploads/"),
        std::string("PATCH /v2/team/app/blobs/uploads/1"),
        absl::StrCat("PUT /v2/team/app/blobs/uploads/1?digest=", digest),
        std::string("GET /v2/team/app/tags/list?n=5"),
        std::string("GET /token?service=r&scope=x")}) {
    SCOPED_TRACE(line);
    const size_t before = upstream_->requests().size();
    Ask(absl::StrCat(line, " HTTP/1.1\r\nHost: r\r\n\r\n"),
        line.substr(0, line.find(' ')));
    const std::vector<SeenRequest> seen = upstream_->requests();
    ASSERT_EQ(seen.size(), before + 1);
    EXPECT_EQ(
        absl::StrCat(seen.back().head.method, " ", seen.back().head.target),
        line);
  }
  EXPECT_TRUE(store_.decisions().empty());
}

TEST_F(DoorTest, AnswersItselfWhatIsOnNoRoute) {
  Start(kAdmitAll);
  const struct {
    absl::string_view line;
    int status;
  } cases[] = {
      {"GET /", 404},
      {"GET /v1/_ping", 404},
      {"GET /v2/team%2fapp/manifests/v1", 400},
      {"PUT /v2//team/app/manifests/v1", 400},
      {"PUT /v2/team/../app/manifests/v1", 400},
      {"PUT /v2/TEAM/manifests/v1", 400},
      {"POST /v2/team/app/manifests/v1", 405},
      {"PUT /v2/team/app/manifests/v1?x=y", 400},
      {"PUT /v2/team/app/manifests/sha256:abc", 400},
      {"GET /tokens", 404},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.line);
    const RawResponse response =
        Ask(absl::StrCat(c.line, " HTTP/1.1\r\nHost: r\r\n\r\n"), "GET");
    EXPECT_EQ(response.head.status, c.status);
    EXPECT_THAT(response.body, HasSubstr("{\"errors\":[{\"code\":"));
    EXPECT_EQ(HeaderOf(response, "Content-Type"), "application/json");
  }
  EXPECT_TRUE(upstream_->requests().empty());
}

TEST_F(DoorTest, AnswersWhatIsNoHttpInTheRegistrysOwnForm) {
  Start(kAdmitAll);
  const RawResponse response = Ask("\x16\x03\x01 hello", "GET");
  EXPECT_EQ(response.head.status, 400);
  EXPECT_THAT(response.body, HasSubstr("\"errors\""));
}

TEST_F(DoorTest, KeepsClientsOnTheGateway) {
  Start(kAdmitAll);
  const std::string own = upstream_->authority();
  const struct {
    std::string sent;
    std::string received;
  } cases[] = {
      {absl::StrCat("http://", own, "/v2/a/blobs/uploads/1?_state=x%2Fy"),
       "http://gateway.example:5000/v2/a/blobs/uploads/1?_state=x%2Fy"},
      {"/v2/a/blobs/uploads/1", "/v2/a/blobs/uploads/1"},
      {"https://storage.example/bucket?sig=1",
       "https://storage.example/bucket?sig=1"},
  };
  for (const auto& c : cases) {
    SetOverride([&c](const RequestHead&) {
      ScriptReply reply;
      reply.bytes = absl::StrCat("HTTP/1.1 202 Accepted\r\nLocation: ", c.sent,
                                 "\r\nContent-Length: 0\r\n\r\n");
      return reply;
    });
    const RawResponse response =
        Ask("POST /v2/a/blobs/uploads/ HTTP/1.1\r\n"
            "Host: gateway.example:5000\r\nContent-Length: 0\r\n\r\n",
            "POST");
    EXPECT_EQ(HeaderOf(response, "Location"), c.received);
  }
}

TEST_F(DoorTest, AnswersWhereTheUpstreamFailsAPassingRequest) {
  Start(kAdmitAll);
  upstream_.reset();
  const RawResponse response =
      Ask("GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\n", "GET");
  EXPECT_EQ(response.head.status, 502);
  EXPECT_THAT(response.body, HasSubstr("UNAVAILABLE"));
}

TEST_F(DoorTest, KeepsASmallBlobThatPassesAndRemembersIt) {
  Start(kAdmitAll);
  const std::string small = "a config";
  const Digest digest = Digest::Sha256(small);
  Ask(absl::StrCat(
          "PUT /v2/team/app/blobs/uploads/1?digest=", digest.ToString(),
          " HTTP/1.1\r\nHost: r\r\nContent-Length: ", small.size(), "\r\n\r\n",
          small),
      "PUT");
  EXPECT_EQ(blob_cache_.Get(digest).value_or("none"), small);
  EXPECT_TRUE(seen_blobs_.Has("team/app", digest, Nobody()));
  EXPECT_FALSE(seen_blobs_.Has("team/other", digest, Nobody()));
}

TEST_F(DoorTest, KeepsNothingOfAnUploadThatWasRefused) {
  Start(kAdmitAll);
  SetOverride([](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = CannedAnswer("400 Bad Digest", "");
    return reply;
  });
  const std::string small = "a config";
  const Digest digest = Digest::Sha256(small);
  Ask(absl::StrCat(
          "PUT /v2/team/app/blobs/uploads/1?digest=", digest.ToString(),
          " HTTP/1.1\r\nHost: r\r\nContent-Length: ", small.size(), "\r\n\r\n",
          small),
      "PUT");
  EXPECT_FALSE(blob_cache_.Get(digest).has_value());
  EXPECT_FALSE(seen_blobs_.Has("team/app", digest, Nobody()));
}

// Go's registries read a form's `digest` before the query's: a pusher made the
// gateway remember a blob that the repository did not have.
TEST_F(DoorTest, RemembersWhatTheUpstreamSaysItStoredAndNothingElse) {
  Start(kAdmitAll);
  const Digest meant = Digest::Sha256("secret of another repository");
  const Digest stored = Digest::Sha256("mine");
  const std::string field =
      absl::StrCat("Docker-Content-Digest: ", stored.ToString(), "\r\n");
  SetOverride([field](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = CannedAnswer("201 Created", "", field);
    return reply;
  });
  Ask(absl::StrCat("PUT /v2/team/app/blobs/uploads/1?digest=", meant.ToString(),
                   " HTTP/1.1\r\nHost: r\r\nContent-Length: 1\r\n\r\nx"),
      "PUT");
  EXPECT_FALSE(seen_blobs_.Has("team/app", meant, Nobody()));
  EXPECT_TRUE(seen_blobs_.Has("team/app", stored, Nobody()));
}

TEST_F(DoorTest, AnswersAHeadThatCameTooSlowlyAsRegistriesAnswer) {
  timeouts_.keep_alive = std::chrono::seconds(0);
  Start(kAdmitAll);
  RawClient client = Connected();
  ASSERT_THAT(client.Send("GET /v2/ HTTP/1.1\r\nHost: r\r\n\r\nGET /v2/team"),
              IsOk());
  ASSERT_THAT(client.ReadResponse("GET"), IsOk());
  const auto late = client.ReadResponse("GET");
  ASSERT_THAT(late, IsOk());
  EXPECT_EQ(late->head.status, 408);
  EXPECT_EQ(HeaderOf(*late, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(*late, "Connection"), "close");
  EXPECT_THAT(late->body, HasSubstr(R"({"errors":[{"code":"UNKNOWN")"));
  EXPECT_LT(late->body.size(), 1024u);
  EXPECT_TRUE(client.AtEnd());
  EXPECT_EQ(upstream_->requests().size(), 1u);
}

TEST_F(DoorTest, SendsNoFormToTheUpstream) {
  Start(kAdmitAll);
  for (const char* type : {"application/x-www-form-urlencoded",
                           "Application/X-WWW-Form-Urlencoded",
                           "multipart/form-data; boundary=x"}) {
    SCOPED_TRACE(type);
    const RawResponse response = Ask(
        absl::StrCat("PUT /v2/team/app/blobs/uploads/1 HTTP/1.1\r\nHost: r\r\n"
                     "Content-Type: ",
                     type, "\r\nContent-Length: 1\r\n\r\nx"),
        "PUT");
    EXPECT_EQ(response.head.status, 403);
    EXPECT_THAT(response.body, HasSubstr("no form"));
  }
  EXPECT_TRUE(upstream_->requests().empty());
}

TEST_F(DoorTest, RemembersMountsAndForgetsWhatIsDeleted) {
  Start(kAdmitAll);
  const Digest digest = Digest::Sha256("layer");
  const std::string location =
      absl::StrCat("Location: /v2/team/app/blobs/", digest.ToString(), "\r\n");
  SetOverride([location](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = CannedAnswer("201 Created", "", location);
    return reply;
  });
  Ask(absl::StrCat("POST /v2/team/app/blobs/uploads/?from=base&mount=",
                   digest.ToString(), " HTTP/1.1\r\nHost: r\r\n\r\n"),
      "POST");
  EXPECT_TRUE(seen_blobs_.Has("team/app", digest, Nobody()));
  Ask(absl::StrCat("DELETE /v2/team/app/blobs/", digest.ToString(),
                   " HTTP/1.1\r\nHost: r\r\n\r\n"),
      "DELETE");
  EXPECT_FALSE(seen_blobs_.Has("team/app", digest, Nobody()));
}

}  // namespace
}  // namespace plimsoll

// What the access log says of requests at the registry door.
#include "tests/gateway/registry/door_fixture.h"

namespace plimsoll {
namespace {

class DoorAccessTest : public DoorTest {
 protected:
  std::string NextLine(std::initializer_list<absl::string_view> fields) {
    return accesses_.NextFields(fields);
  }
};

TEST_F(DoorAccessTest, NamesRouteRepositoryAndReference) {
  Start(kAdmitAll);
  const std::string digest = Digest::Sha256("blob").ToString();
  const struct {
    std::string line;
    std::string said;
  } cases[] = {
      {"GET /v2/", "route=ping path=/v2/ repository=(none) reference=(none)"},
      {"GET /v2/_catalog?n=2",
       "route=catalog path=/v2/_catalog repository=(none) reference=(none)"},
      {"HEAD /v2/team/app/manifests/v1",
       "route=manifest path=/v2/team/app/manifests/v1 repository=team/app "
       "reference=v1"},
      {absl::StrCat("GET /v2/a/blobs/", digest),
       absl::StrCat("route=blob path=/v2/a/blobs/", digest,
                    " repository=a reference=", digest)},
      {absl::StrCat("GET /v2/a/referrers/", digest, "?artifactType=x"),
       absl::StrCat("route=referrers path=/v2/a/referrers/", digest,
                    " repository=a reference=", digest)},
      {"GET /v2/a/tags/list?n=5",
       "route=tags path=/v2/a/tags/list repository=a reference=(none)"},
      {"POST /v2/a/blobs/uploads/",
       "route=upload path=/v2/a/blobs/uploads/ repository=a reference=(none)"},
      {"PATCH /v2/a/blobs/uploads/1?_state=secret",
       "route=upload path=/v2/a/blobs/uploads/1 repository=a "
       "reference=(none)"},
      {"GET /token?account=a&scope=b",
       "route=outside path=/token repository=(none) reference=(none)"},
      {"GET /v3/?x", "route=none path=/v3/ repository=(none) reference=(none)"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.line);
    Ask(absl::StrCat(c.line, " HTTP/1.1\r\nHost: r\r\n\r\n"),
        c.line.substr(0, c.line.find(' ')));
    EXPECT_EQ(NextLine({"route", "path", "repository", "reference"}), c.said);
  }
}

TEST_F(DoorAccessTest, NamesTheBlobThatAnUploadStores) {
  Start(kAdmitAll);
  const std::string digest = Digest::Sha256("blob").ToString();
  Ask(absl::StrCat("PUT /v2/a/blobs/uploads/1?digest=sha256%3A",
                   digest.substr(7),
                   " HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\n\r\n"),
      "PUT");
  EXPECT_EQ(NextLine({"status", "upstreamStatus", "digest"}),
            absl::StrCat("status=201 upstreamStatus=201 digest=", digest));
}

TEST_F(DoorAccessTest, NamesTheDecisionOnAPush) {
  Start(kNoRoot);
  const StoredImage image = Image();
  Upload(image);
  const RawResponse response = Push("v1", image.manifest);
  ASSERT_EQ(response.head.status, 403);
  WaitForDecisions(1);
  EXPECT_EQ(NextLine({"route", "status", "reference", "digest", "decision",
                      "upstreamStatus", "requestBytes", "endedBy"}),
            absl::StrCat("route=manifest status=403 reference=v1 digest=",
                         Digest::Sha256(image.manifest).ToString(),
                         " decision=", OnlyDecision().decision.id(),
                         " upstreamStatus=(none) requestBytes=",
                         image.manifest.size(), " endedBy=(none)"));
}

TEST_F(DoorAccessTest, SaysWhatTheUpstreamAnsweredToAPush) {
  Start(kAdmitAll);
  const StoredImage image = Image();
  Upload(image);
  ASSERT_EQ(Push("v1", image.manifest).head.status, 201);
  EXPECT_EQ(
      NextLine({"status", "upstream", "upstreamStatus", "decision"}),
      absl::StrCat("status=201 upstream=main upstreamStatus=201 decision=",
                   OnlyDecision().decision.id()));
}

TEST_F(DoorAccessTest, TellsOfBytesThatAreNoRequest) {
  Start(kAdmitAll);
  Ask("\x16\x03\x01 hello", "GET");
  EXPECT_EQ(NextLine({"listener", "status", "route", "method", "path"}),
            "listener=registry status=400 route=none method=(none) "
            "path=(none)");
}

}  // namespace
}  // namespace plimsoll

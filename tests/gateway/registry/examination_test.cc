// What probes say of registries of many kinds.
#include "gateway/registry/examination.h"

#include "tests/gateway/registry/examination_fixture.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Switches = HttpRegistry::Switches;

constexpr ProbeAnswer kYes = ProbeAnswer::kYes;
constexpr ProbeAnswer kNo = ProbeAnswer::kNo;
constexpr ProbeAnswer kUnknown = ProbeAnswer::kUnknown;
constexpr ProbeWeight kEssential = ProbeWeight::kEssential;
constexpr ProbeWeight kLimit = ProbeWeight::kLimit;
constexpr ProbeWeight kNote = ProbeWeight::kNote;

TEST_F(ExaminationTest, AnswersYesOfARegistryThatCanAllAndLeavesNothing) {
  const Examination examination = ExamineWith({});
  std::vector<std::string> names;
  for (const ProbeResult& probe : examination.probes) {
    EXPECT_EQ(probe.answer, kYes) << probe.name << ": " << probe.seen;
    EXPECT_TRUE(probe.asked) << probe.name;
    EXPECT_EQ(probe.means, "") << probe.name;
    names.push_back(probe.name);
  }
  EXPECT_THAT(
      names,
      ElementsAre("api", "auth", "auth.token", "auth.realm", "upload.start",
                  "upload.host", "upload.location", "upload.chunked",
                  "upload.whole", "blob.head", "blob.get", "blob.direct",
                  "blob.range", "upload.mount", "manifest.put", "manifest.get",
                  "manifest.tag", "referrers", "read.anonymous",
                  "delete.manifest", "delete.blob"));
  EXPECT_EQ(Find(examination, "manifest.tag").seen,
            "201, OCI-Tag: doctor-n0nce");
  EXPECT_EQ(UsableOf(examination), Usable::kYes);
  EXPECT_THAT(examination.left, IsEmpty());
  EXPECT_THAT(registry_->Kept(), IsEmpty());
}

struct Lack {
  const char* what;
  void (*switch_off)(Switches&);
  const char* probe;
  ProbeAnswer answer;
  ProbeWeight weight;
  const char* seen;
  const char* means;
  const char* configure;
  Usable usable;
};

const Lack kLacks[] = {
    {"chunks", [](Switches& s) { s.takes_chunks = false; }, "upload.chunked",
     kNo, kLimit, "POST 202, PATCH 405 UNSUPPORTED", "docker, podman", "",
     Usable::kLimited},
    {"whole blobs", [](Switches& s) { s.takes_whole = false; }, "upload.whole",
     kNo, kLimit,
     "PUT 405 UNSUPPORTED; in chunks: POST 202, PATCH 202, PUT 201", "BuildKit",
     "", Usable::kLimited},
    {"any blob", [](Switches& s) { s.takes_chunks = s.takes_whole = false; },
     "upload.whole", kNo, kEssential, "PUT 405", "BuildKit", "", Usable::kNo},
    {"mounts", [](Switches& s) { s.mounts = false; }, "upload.mount", kNo,
     kNote, "202", "upload again", "", Usable::kYes},
    {"unreferenced blobs", [](Switches& s) { s.hides_unreferenced = true; },
     "blob.head", kNo, kLimit, "404", "counts as missing", "",
     Usable::kLimited},
    {"unreferenced blobs", [](Switches& s) { s.hides_unreferenced = true; },
     "blob.get", kNo, kLimit, "404 BLOB_UNKNOWN", "cannot be read back",
     "no rule of base.*", Usable::kLimited},
    {"reads", [](Switches& s) { s.pushers_read = false; }, "blob.get", kNo,
     kLimit, "403 DENIED", "may push, not read", "upstream.readCredential",
     Usable::kLimited},
    {"reads", [](Switches& s) { s.pushers_read = false; }, "manifest.get", kNo,
     kLimit, "403 DENIED", "children of an index", "upstream.readCredential",
     Usable::kLimited},
    {"ranges", [](Switches& s) { s.serves_ranges = false; }, "blob.range", kNo,
     kNote, "200", "cannot resume", "", Usable::kYes},
    {"manifests", [](Switches& s) { s.takes_manifests = false; },
     "manifest.put", kNo, kEssential, "400 MANIFEST_INVALID",
     "no artifact by digest", "", Usable::kNo},
    {"tags by query", [](Switches& s) { s.reads_tag_query = false; },
     "manifest.tag", kNo, kNote, "201, no OCI-Tag, no such tag",
     "each tag by itself", "", Usable::kYes},
    {"referrers", [](Switches& s) { s.lists_referrers = false; }, "referrers",
     kNo, kNote, "404", "sha256-DIGEST", "", Usable::kYes},
    {"removal of manifests", [](Switches& s) { s.removes_manifests = false; },
     "delete.manifest", kNo, kNote, "405 UNSUPPORTED", "stays until", "",
     Usable::kYes},
    {"removal of manifests", [](Switches& s) { s.removes_manifests = false; },
     "delete.blob", kUnknown, kNote, "a manifest that is left refers to it", "",
     "", Usable::kYes},
    {"removal of blobs", [](Switches& s) { s.removes_blobs = false; },
     "delete.blob", kNo, kNote, "405 UNSUPPORTED", "stays until", "",
     Usable::kYes},
};

TEST_F(ExaminationTest, SaysWhatALackRulesOutAndWhatToConfigure) {
  for (const Lack& lack : kLacks) {
    SCOPED_TRACE(absl::StrCat("without ", lack.what, ": ", lack.probe));
    Switches switches;
    lack.switch_off(switches);
    const Examination examination = ExamineWith(switches);
    const ProbeResult probe = Find(examination, lack.probe);
    EXPECT_EQ(probe.answer, lack.answer);
    EXPECT_EQ(probe.weight, lack.weight);
    EXPECT_THAT(probe.seen, HasSubstr(lack.seen));
    EXPECT_THAT(probe.means, HasSubstr(lack.means));
    EXPECT_THAT(probe.configure, HasSubstr(lack.configure));
    EXPECT_EQ(UsableOf(examination), lack.usable);
  }
}

struct Place {
  const char* location;
  ProbeAnswer host;
  ProbeAnswer answer;
  ProbeWeight weight;
  const char* seen;
  const char* configure;
};

const Place kPlaces[] = {
    {"/v2/$NAME/blobs/uploads/", kYes, kYes, kLimit,
     "relative, /v2/team/scratch/blobs/uploads/upload-", ""},
    {"/v2/$NAME/blobs/upload/", kYes, kYes, kLimit, "relative", ""},
    {"http://$HOST/v2/$NAME/blobs/uploads/", kYes, kYes, kLimit,
     "absolute, /v2/team", ""},
    {"http://$OWN/v2/$NAME/blobs/uploads/", kNo, kYes, kLimit,
     "absolute, rewritten by the gateway, /v2/team", ""},
    {"/artifacts-uploads/namespaces/x/", kYes, kNo, kLimit,
     "relative, /artifacts-uploads/",
     "upstream.passThrough: [/artifacts-uploads]"},
    {"http://$OWN/uploads/", kNo, kNo, kLimit, "rewritten by the gateway",
     "upstream.passThrough: [/uploads]"},
    {"/v2/$NAME/elsewhere/", kYes, kNo, kEssential, "relative", ""},
    {"/uploads/v2/", kYes, kNo, kEssential, "relative", ""},
};

TEST_F(ExaminationTest, SaysWhereClientsAreLedToUpload) {
  for (const Place& place : kPlaces) {
    SCOPED_TRACE(place.location);
    Switches switches;
    switches.location = place.location;
    const Examination examination = ExamineWith(switches);
    EXPECT_EQ(Find(examination, "upload.host").answer, place.host);
    const ProbeResult probe = Find(examination, "upload.location");
    EXPECT_EQ(probe.answer, place.answer);
    EXPECT_EQ(probe.weight, place.weight);
    EXPECT_THAT(probe.seen, HasSubstr(place.seen));
    EXPECT_EQ(probe.configure, place.configure);
    EXPECT_THAT(Words(examination), Not(HasSubstr("a-secret")));
    EXPECT_EQ(Find(examination, "manifest.put").answer, kYes);
    EXPECT_THAT(registry_->Kept(), IsEmpty());
  }
}

// Nothing is sent there, so whether blobs can be stored is not found out.
TEST_F(ExaminationTest, SendsNothingWhereUploadsAreOnAnotherHost) {
  const ScriptServer elsewhere(CannedAnswer("201 Created", ""));
  Switches switches;
  switches.location = absl::StrCat("http://", elsewhere.authority(), "/u/");
  const Examination examination = ExamineWith(switches, kBasic);
  EXPECT_THAT(Find(examination, "upload.start").seen,
              HasSubstr(absl::StrCat("on ", elsewhere.authority())));
  const ProbeResult probe = Find(examination, "upload.location");
  EXPECT_EQ(probe.answer, kNo);
  EXPECT_THAT(probe.means, AllOf(HasSubstr(elsewhere.authority()),
                                 HasSubstr("past the gateway")));
  EXPECT_EQ(UsableOf(examination), Usable::kUnknown);
  EXPECT_EQ(elsewhere.connections(), 0u);
}

// A terminal obeys some of what an upstream may write.
TEST_F(ExaminationTest, ShowsNothingThatATerminalObeys) {
  Switches switches;
  switches.location =
      "http://ev\xC2\x9B"
      "31mil.example\xFF:1/u/";
  const Examination examination = ExamineWith(switches);
  EXPECT_THAT(Words(examination), HasSubstr("mil.example"));
  EXPECT_THAT(Words(examination), Not(HasSubstr("\xC2\x9B")));
  EXPECT_THAT(Words(examination), Not(HasSubstr("\xFF")));
}

TEST_F(ExaminationTest, AsksUnderANameOfTheGatewaysAsTheGatewayWould) {
  ExamineWith({});
  std::vector<std::string> targets;
  for (const SeenRequest& request : registry_->requests()) {
    const Headers& headers = request.head.headers;
    if (*headers.Find("Host") != ProbeClient::kGatewayHost) continue;
    EXPECT_EQ(*headers.Find("X-Forwarded-Host"), ProbeClient::kGatewayHost);
    EXPECT_EQ(*headers.Find("X-Forwarded-Proto"), "http");
    targets.push_back(request.head.target);
  }
  EXPECT_THAT(targets, ElementsAre("/v2/team/scratch/blobs/uploads/"));
}

TEST_F(ExaminationTest, SaysWhereTheUpstreamServesItsOwnNameOnly) {
  Start({}, [](const SeenRequest& request) -> std::optional<std::string> {
    if (*request.head.headers.Find("Host") != ProbeClient::kGatewayHost) {
      return std::nullopt;
    }
    return CannedAnswer("421 Misdirected Request", "");
  });
  const Examination examination = Examine();
  const ProbeResult probe = Find(examination, "upload.host");
  EXPECT_EQ(probe.answer, kNo);
  EXPECT_EQ(probe.weight, kLimit);
  EXPECT_EQ(probe.seen, "421");
  EXPECT_THAT(probe.configure, HasSubstr("the gateway's name"));
  EXPECT_EQ(Find(examination, "upload.location").answer, kYes);
  EXPECT_EQ(UsableOf(examination), Usable::kLimited);
}

TEST_F(ExaminationTest, FollowsRedirectsOfBlobsWithoutACredential) {
  const ScriptServer store([this](const RequestHead& head) {
    const std::string digest = head.target.substr(1, head.target.find('?') - 1);
    ScriptReply reply;
    const std::string blob = registry_->Blob(digest).value_or("");
    reply.bytes = head.headers.Has("Range")
                      ? CannedAnswer("206 Partial", blob.substr(0, 4))
                      : CannedAnswer("200 OK", blob);
    return reply;
  });
  Switches switches;
  switches.credential = kBasic;
  switches.blobs_at = absl::StrCat("http://", store.authority());
  const Examination examination = ExamineWith(switches, kBasic);
  EXPECT_EQ(Find(examination, "blob.get").answer, kYes);
  EXPECT_EQ(Find(examination, "blob.range").answer, kYes);
  const ProbeResult direct = Find(examination, "blob.direct");
  EXPECT_EQ(direct.answer, kNo);
  EXPECT_EQ(direct.seen, absl::StrCat("307 to ", store.authority()));
  EXPECT_EQ(UsableOf(examination), Usable::kYes);
  ASSERT_EQ(store.requests().size(), 2u);
  for (const SeenRequest& request : store.requests()) {
    EXPECT_FALSE(request.head.headers.Has("Authorization"));
  }
  EXPECT_THAT(Words(examination), Not(HasSubstr("a-secret")));
}

TEST_F(ExaminationTest, SaysWhereARedirectOfBlobsLeadsToNothing) {
  Switches switches;
  switches.blobs_at = "http://127.0.0.1:1";
  const Examination examination = ExamineWith(switches);
  const ProbeResult probe = Find(examination, "blob.get");
  EXPECT_EQ(probe.answer, kNo);
  EXPECT_THAT(probe.seen,
              AllOf(HasSubstr("307, then: "), HasSubstr("cannot connect")));
  EXPECT_THAT(probe.means, HasSubstr("cannot be read back"));
  EXPECT_EQ(UsableOf(examination), Usable::kLimited);
}

TEST_F(ExaminationTest, TakesOtherBytesThanWerePushedForANo) {
  Start({}, [](const SeenRequest& request) -> std::optional<std::string> {
    const bool read = request.head.method == "GET" &&
                      !absl::EndsWith(request.head.target, "/v2/");
    if (!read) return std::nullopt;
    return CannedAnswer(
        request.head.headers.Has("Range") ? "206 Partial" : "200 OK", "other");
  });
  const Examination examination = Examine();
  for (const char* name :
       {"blob.get", "blob.range", "manifest.get", "referrers"}) {
    EXPECT_EQ(Find(examination, name).answer, kNo) << name;
  }
}

}  // namespace
}  // namespace plimsoll

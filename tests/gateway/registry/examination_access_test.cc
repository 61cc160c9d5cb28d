// What probes say of reaching an upstream and of being let in.
#include "tests/gateway/registry/examination_fixture.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Switches = HttpRegistry::Switches;

constexpr ProbeAnswer kYes = ProbeAnswer::kYes;
constexpr ProbeAnswer kNo = ProbeAnswer::kNo;
constexpr ProbeAnswer kUnknown = ProbeAnswer::kUnknown;

constexpr char kWrong[] = "Basic d3Jvbmc6d3Jvbmc=";

HttpRegistry::Override AnswerTo(std::string target, std::string answer) {
  return [target,
          answer](const SeenRequest& request) -> std::optional<std::string> {
    if (request.head.target != target) return std::nullopt;
    return answer;
  };
}

TEST_F(ExaminationTest, SaysWhatStandsAtV2WhereThatIsNoRegistry) {
  struct {
    std::string answer;
    ProbeAnswer expected;
    const char* means;
    const char* configure;
  } kTable[] = {
      {CannedAnswer("404 Not Found", "<html>"), kNo, "no registry", ""},
      {CannedAnswer("403 Forbidden", ""), kNo, "no registry", ""},
      {CannedAnswer("301 Moved", "", "Location: http://127.0.0.2/v2/\r\n"), kNo,
       "no registry", "upstream.url: http://127.0.0.2"},
      {CannedAnswer("301 Moved", "", "Location: /login\r\n"), kNo,
       "no registry", ""},
      {CannedAnswer("503 Busy", ""), kUnknown, "busy or failing", ""},
      {CannedAnswer("429 Slow down", ""), kUnknown, "busy or failing", ""},
      {"220 smtp ready\r\n\r\n", kUnknown, "check the address", ""},
  };
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.answer);
    Start({}, AnswerTo("/v2/", row.answer));
    const Examination examination = Examine(kBasic);
    const ProbeResult api = Find(examination, "api");
    EXPECT_EQ(api.answer, row.expected);
    EXPECT_THAT(api.means, HasSubstr(row.means));
    EXPECT_EQ(api.configure, row.configure);
    EXPECT_EQ(UsableOf(examination),
              row.expected == kNo ? Usable::kNo : Usable::kUnknown);
    // No credential went to whatever it is.
    EXPECT_EQ(registry_->requests().size(), 1u);
    EXPECT_FALSE(registry_->requests()[0].head.headers.Has("Authorization"));
  }
}

TEST_F(ExaminationTest, LogsInWithBasic) {
  Switches switches;
  switches.credential = kBasic;
  const Examination examination = ExamineWith(switches, kBasic);
  EXPECT_EQ(UsableOf(examination), Usable::kYes);
  EXPECT_EQ(Find(examination, "auth").seen, "Basic, with the credential 200");
  const ProbeResult anonymous = Find(examination, "read.anonymous");
  EXPECT_EQ(anonymous.answer, kNo);
  EXPECT_THAT(anonymous.configure, HasSubstr("upstream.readCredential"));
  EXPECT_THAT(registry_->Kept(), IsEmpty());
  EXPECT_THAT(Words(examination), Not(HasSubstr("c2VjcmV0")));
}

TEST_F(ExaminationTest, LogsInAtATokenServiceForPullAndPush) {
  Switches switches;
  switches.credential = kBasic;
  switches.sells_tokens = true;
  const Examination examination = ExamineWith(switches, kBasic);
  EXPECT_EQ(UsableOf(examination), Usable::kYes);
  EXPECT_THAT(Find(examination, "auth").seen,
              AllOf(HasSubstr("Bearer, realm http://127.0.0.1:"),
                    HasSubstr("/token on this host, service `the registry`")));
  EXPECT_EQ(Find(examination, "auth.token").seen,
            "sold for pull,push, lives 5m");
  EXPECT_EQ(Find(examination, "auth.token").means, "");
  std::vector<std::string> scopes;
  for (const SeenRequest& request : registry_->requests()) {
    const std::string& target = request.head.target;
    const size_t scope = target.find("scope=");
    if (scope != std::string::npos) scopes.push_back(target.substr(scope + 6));
  }
  EXPECT_THAT(scopes,
              testing::UnorderedElementsAre(
                  "repository%3Ateam%2Fscratch%3Apull%2Cpush",
                  "repository%3Ateam%2Fscratch%3Apull%2Cpush",
                  "repository%3Ateam%2Fscratch%3Apull",
                  "repository%3Ateam%2Fscratch%3Apull%2Cpush%2Cdelete"));
  EXPECT_THAT(Words(examination),
              AllOf(Not(HasSubstr("sold-token")), Not(HasSubstr("c2VjcmV0"))));
}

TEST_F(ExaminationTest, ReadsAnonymouslyWhereNobodyIsSoldATokenForPull) {
  Switches switches;
  switches.credential = kBasic;
  switches.sells_tokens = true;
  switches.anonymous_pulls = true;
  const ProbeResult probe =
      Find(ExamineWith(switches, kBasic), "read.anonymous");
  EXPECT_EQ(probe.answer, kYes);
  EXPECT_EQ(probe.configure, "upstream.anonymousReads: true");
}

TEST_F(ExaminationTest, SaysWhereATokenMayExpireWhileAPushIsHeld) {
  for (const auto& [life, means] :
       {std::pair{29, "log in and push again"}, std::pair{30, ""}}) {
    Switches switches;
    switches.credential = kBasic;
    switches.sells_tokens = true;
    switches.token_life = life;
    const ProbeResult probe = Find(ExamineWith(switches, kBasic), "auth.token");
    EXPECT_EQ(probe.answer, kYes);
    EXPECT_THAT(probe.means, HasSubstr(means));
    EXPECT_EQ(probe.means.empty(), life == 30);
  }
}

TEST_F(ExaminationTest, SaysWhichCredentialIsMissingOrWrong) {
  for (const bool sells : {false, true}) {
    const char* name = sells ? "auth.token" : "auth";
    Switches switches;
    switches.credential = kBasic;
    switches.sells_tokens = sells;
    const Examination none = ExamineWith(switches);
    EXPECT_EQ(Find(none, name).answer, kUnknown);
    EXPECT_THAT(Find(none, name).means, HasSubstr("give --credential FILE"));
    EXPECT_EQ(UsableOf(none), Usable::kUnknown);
    EXPECT_FALSE(Find(none, "upload.start").asked);
    const Examination wrong = ExamineWith(switches, kWrong);
    EXPECT_EQ(Find(wrong, name).answer, kUnknown);
    EXPECT_THAT(Find(wrong, name).means, HasSubstr("give another"));
    EXPECT_EQ(UsableOf(wrong), Usable::kUnknown);
    EXPECT_THAT(Words(wrong), Not(HasSubstr("d3Jvbmc")));
  }
}

TEST_F(ExaminationTest, SaysWhatIsNoChallengeThatAnybodyCanAnswer) {
  for (const char* challenge : {"", "WWW-Authenticate: Negotiate\r\n",
                                "WWW-Authenticate: Bearer service=x\r\n",
                                "WWW-Authenticate: Bearer realm=\"/token\"\r\n",
                                "WWW-Authenticate: Basic realm=\"r\r\n"}) {
    SCOPED_TRACE(challenge);
    Start({}, AnswerTo("/v2/", CannedAnswer("401 No", "", challenge)));
    const Examination examination = Examine(kBasic);
    EXPECT_EQ(Find(examination, "auth").answer, kNo);
    EXPECT_THAT(Find(examination, "auth").seen, HasSubstr("401"));
    EXPECT_EQ(UsableOf(examination), Usable::kNo);
  }
}

// docs/adr/0011: nothing is bought there, and so neither is anything asked.
TEST_F(ExaminationTest, SaysWhereTheGatewayBuysNoToken) {
  Start({}, AnswerTo("/v2/", CannedAnswer("401 No", "",
                                          "WWW-Authenticate: Bearer realm="
                                          "\"http://auth.example/t\"\r\n")));
  const Examination examination = Examine(kBasic);
  const ProbeResult auth = Find(examination, "auth");
  EXPECT_EQ(auth.answer, kNo);
  EXPECT_EQ(auth.weight, ProbeWeight::kLimit);
  EXPECT_THAT(auth.seen, HasSubstr("on another host, service unnamed"));
  EXPECT_THAT(auth.means, HasSubstr("plain http on another host"));
  EXPECT_THAT(auth.configure, HasSubstr("over https"));
  EXPECT_EQ(UsableOf(examination), Usable::kUnknown);
}

TEST_F(ExaminationTest, SaysWhereClientsWouldAskTheGatewayForTokens) {
  struct {
    const char* path;
    ProbeWeight weight;
    const char* configure;
  } kTable[] = {
      {"/token", ProbeWeight::kLimit, "upstream.passThrough: [/token]"},
      {"/service/token?a=b", ProbeWeight::kLimit,
       "upstream.passThrough: [/service]"},
      {"/v2/token", ProbeWeight::kEssential, "an address of its own"},
  };
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.path);
    Switches switches;
    switches.credential = kBasic;
    switches.sells_tokens = true;
    const std::string path = row.path;
    Start(switches,
          [path](const SeenRequest& request) -> std::optional<std::string> {
            const std::string& host = *request.head.headers.Find("Host");
            if (host != ProbeClient::kGatewayHost) return std::nullopt;
            return CannedAnswer("401 No", "",
                                absl::StrCat("WWW-Authenticate: Bearer realm="
                                             "\"http://",
                                             host, path, "\"\r\n"));
          });
    const ProbeResult realm = Find(Examine(kBasic), "auth.realm");
    EXPECT_EQ(realm.answer, kNo);
    EXPECT_EQ(realm.weight, row.weight);
    EXPECT_THAT(realm.configure, HasSubstr(row.configure));
  }
}

TEST_F(ExaminationTest, SaysWhyNoUploadCouldBeStarted) {
  struct {
    const char* answer;
    ProbeAnswer expected;
    const char* means;
  } kTable[] = {
      {"403 Forbidden", kUnknown, "may not push to team/scratch"},
      {"401 Unauthorized", kUnknown, "may not push to team/scratch"},
      {"404 Not Found", kUnknown, "create it, or give --repository"},
      {"405 Method Not Allowed", kNo, "takes no pushes"},
      {"501 Not Implemented", kNo, "takes no pushes"},
      {"202 Accepted", kNo, "do not find the session"},
      {"500 Oops", kUnknown, "busy or failing"},
  };
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.answer);
    Start({}, AnswerTo("/v2/team/scratch/blobs/uploads/",
                       CannedAnswer(row.answer, "")));
    const Examination examination = Examine(kBasic);
    const ProbeResult start = Find(examination, "upload.start");
    EXPECT_EQ(start.answer, row.expected);
    EXPECT_THAT(start.means, HasSubstr(row.means));
    EXPECT_EQ(UsableOf(examination),
              row.expected == kNo ? Usable::kNo : Usable::kUnknown);
  }
}

TEST_F(ExaminationTest, SaysWhatIsNoLocationToFollow) {
  const std::pair<const char*, const char*> kTable[] = {
      {"", "202, no Location"},
      {"Location: uploads/1\r\n", "202, Location redirect: URL"},
      {"Location: /a\r\nLocation: /b\r\n", "202, Location "},
      {"Location: ftp://h/1\r\n", "202, Location redirect: URL"},
  };
  for (const auto& [fields, seen] : kTable) {
    SCOPED_TRACE(fields);
    Start({}, AnswerTo("/v2/team/scratch/blobs/uploads/",
                       CannedAnswer("202 Accepted", "", fields)));
    const ProbeResult start = Find(Examine(), "upload.start");
    EXPECT_EQ(start.answer, kNo);
    EXPECT_THAT(start.seen, HasSubstr(seen));
    EXPECT_THAT(start.means, HasSubstr("do not find the session"));
  }
}

}  // namespace
}  // namespace plimsoll

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/registry/upstream_registry.h"
#include "policy/oci/media_type.h"
#include "tests/support/guarded.h"
#include "tests/support/script_server.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Code = absl::StatusCode;

constexpr char kBasic[] = "Basic c2VjcmV0OnNlY3JldA==";
constexpr char kRepository[] = "team/app";

// What a server answers with, by method and target; else 404.
using Answers = std::map<std::string, std::string>;

ScriptServer::Script Answering(const Guarded<Answers>& guarded) {
  return [&guarded](const RequestHead& head) {
    const Answers answers = guarded.Get();
    const auto found =
        answers.find(absl::StrCat(head.method, " ", head.target));
    ScriptReply reply;
    reply.bytes = found != answers.end() ? found->second
                  : head.method == "HEAD"
                      ? "HTTP/1.1 404 None\r\nContent-Length: 2\r\n\r\n"
                      : CannedAnswer("404 None", "{}");
    return reply;
  };
}

std::string Redirect(absl::string_view status, absl::string_view to) {
  return CannedAnswer(status, "", absl::StrCat("Location: ", to, "\r\n"));
}

// An upstream, a server elsewhere (another port is another origin), and reads
// with one credential. The answers are set before the first read.
class UpstreamRedirectsTest : public ::testing::Test {
 protected:
  UpstreamRedirectsTest()
      : upstream_(Answering(at_home_)),
        elsewhere_(Answering(away_)),
        pools_("upstream",
               *UpstreamAddress::Parse(
                   absl::StrCat("http://", upstream_.authority())),
               *UpstreamTls::New("upstream", {}, {})) {
    pools_.AddLoop(loop_);
    loop_.StartDeadlines();
  }
  ~UpstreamRedirectsTest() override { pools_.Clear(); }

  std::string Away(absl::string_view target) const {
    return absl::StrCat("http://", elsewhere_.authority(), target);
  }
  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

  template <typename T>
  T Run(std::function<Task<T>()> task) {
    std::optional<T> result;
    asio::co_spawn(loop_.executor(), task(),
                   [this, &result](std::exception_ptr, T value) {
                     result.emplace(std::move(value));
                     loop_.io().stop();
                   });
    loop_.io().restart();
    loop_.io().run();
    return *std::move(result);
  }
  StatusOr<std::string> FetchBlob(UpstreamRegistry& registry) {
    return Run<StatusOr<std::string>>(
        [&]() { return registry.FetchBlob(blob_, 100, Soon()); });
  }
  StatusOr<std::string> StreamBlob(UpstreamRegistry& registry) {
    std::string bytes;
    const BlobSink sink = [&bytes](absl::string_view block) -> Task<Status> {
      absl::StrAppend(&bytes, block);
      co_return absl::OkStatus();
    };
    const Status read = Run<Status>(
        [&]() { return registry.StreamBlob(blob_, absl::Seconds(10), sink); });
    if (!read.ok()) return read;
    return bytes;
  }
  // Both ways of reading a blob give the same answer.
  void ExpectBlob(UpstreamRegistry& registry) {
    EXPECT_EQ(*FetchBlob(registry), "the bytes");
    EXPECT_EQ(*StreamBlob(registry), "the bytes");
  }

  const Digest blob_ = Digest::Sha256("the bytes");
  const std::string blob_target_ =
      absl::StrCat("/v2/team/app/blobs/", blob_.ToString());
  const std::string get_blob_ = absl::StrCat("GET ", blob_target_);
  const std::string the_bytes_ = CannedAnswer("200 OK", "the bytes");
  Guarded<Answers> at_home_, away_;
  ScriptServer upstream_, elsewhere_;
  UpstreamPools pools_;
  Loop loop_;
};

using RedirectTest = UpstreamRedirectsTest;

TEST_F(RedirectTest, IsFollowedWithinTheUpstreamWithTheCredential) {
  for (const char* status : {"301 M", "302 F", "303 S", "307 T", "308 P"}) {
    at_home_.Set({{get_blob_, Redirect(status, "/storage?x=1")},
                  {"GET /storage?x=1", the_bytes_}});
    UpstreamRegistry registry(pools_, kRepository, kBasic);
    ExpectBlob(registry);
  }
  for (const SeenRequest& seen : upstream_.requests()) {
    EXPECT_EQ(*seen.head.headers.Find("Authorization"), kBasic);
  }
}

TEST_F(RedirectTest, IsFollowedElsewhereWithoutTheCredential) {
  at_home_.Set({{get_blob_, Redirect("307 T", Away("/bucket/x?Signature=s"))}});
  away_.Set({{"GET /bucket/x?Signature=s", the_bytes_}});
  UpstreamRegistry registry(pools_, kRepository, kBasic);
  ExpectBlob(registry);
  const std::vector<SeenRequest> seen = elsewhere_.requests();
  ASSERT_EQ(seen.size(), 2u);
  for (const SeenRequest& each : seen) {
    EXPECT_FALSE(each.head.headers.Has("Authorization"));
    EXPECT_EQ(*each.head.headers.Find("Host"), elsewhere_.authority());
  }
  EXPECT_EQ(elsewhere_.connections(), 2u) << "a hop's connection was kept";
}

TEST_F(RedirectTest, DoesNotGetTheCredentialBackOnItsWayHome) {
  at_home_.Set({{get_blob_, Redirect("307 T", Away("/x"))},
                {"GET /storage", the_bytes_}});
  away_.Set({{"GET /x",
              Redirect("302 F", absl::StrCat("http://", upstream_.authority(),
                                             "/storage"))}});
  UpstreamRegistry registry(pools_, kRepository, kBasic);
  EXPECT_EQ(*FetchBlob(registry), "the bytes");
  const std::vector<SeenRequest> seen = upstream_.requests();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_TRUE(seen[0].head.headers.Has("Authorization"));
  EXPECT_FALSE(seen[1].head.headers.Has("Authorization"));
  EXPECT_NE(seen[0].connection, seen[1].connection);
}

TEST_F(RedirectTest, IsFollowedThreeTimesAndNotFour) {
  at_home_.Set({{get_blob_, Redirect("307 T", Away("/1"))}});
  away_.Set({{"GET /1", Redirect("307 T", "/2")},
             {"GET /2", Redirect("307 T", "/3")},
             {"GET /3", the_bytes_}});
  UpstreamRegistry registry(pools_, kRepository, kBasic);
  ExpectBlob(registry);
  away_.Set({{"GET /1", Redirect("307 T", "/2")},
             {"GET /2", Redirect("307 T", "/3")},
             {"GET /3", Redirect("307 T", "/4")},
             {"GET /4", the_bytes_}});
  EXPECT_THAT(FetchBlob(registry),
              StatusIs(Code::kUnavailable, HasSubstr("more than 3")));
  EXPECT_THAT(StreamBlob(registry),
              StatusIs(Code::kUnavailable, HasSubstr("more than 3")));
}

TEST_F(RedirectTest, IsRefusedWhereItsLocationIsNotOne) {
  for (const absl::string_view location :
       {"", "x", "//127.0.0.1/x", "ftp://127.0.0.1/x",
        "http://user:secret@127.0.0.1/x", "/x#y", "/%zz"}) {
    at_home_.Set({{get_blob_, Redirect("307 T", location)}});
    UpstreamRegistry registry(pools_, kRepository, kBasic);
    const auto matcher = StatusIs(
        Code::kUnavailable, AllOf(HasSubstr("307"), Not(HasSubstr("secret"))));
    EXPECT_THAT(FetchBlob(registry), matcher) << location;
    EXPECT_THAT(StreamBlob(registry), matcher) << location;
  }
}

TEST_F(RedirectTest, DoesNotReachWhatTheUpstreamItselfIsNotAt) {
  for (const absl::string_view host : {"169.254.169.254", "[fe80::1]",
                                       "0.0.0.0", "[::ffff:169.254.169.254]"}) {
    at_home_.Set(
        {{get_blob_,
          Redirect("307 T", absl::StrCat("http://", host, "/?Signature=s"))}});
    UpstreamRegistry registry(pools_, kRepository, kBasic);
    EXPECT_THAT(
        StreamBlob(registry),
        StatusIs(Code::kUnavailable, AllOf(HasSubstr("leads to an address"),
                                           Not(HasSubstr("Signature")))))
        << host;
  }
}

TEST_F(RedirectTest, BringsNoChallengeOfAnotherHost) {
  at_home_.Set({{get_blob_, Redirect("307 T", Away("/x"))}});
  for (const char* status : {"401 No", "403 No", "500 No"}) {
    away_.Set(
        {{"GET /x",
          CannedAnswer(status, "", "WWW-Authenticate: Basic realm=x\r\n")}});
    UpstreamRegistry registry(pools_, kRepository, kBasic);
    const auto read = FetchBlob(registry);
    EXPECT_THAT(
        read, StatusIs(Code::kUnavailable, HasSubstr(elsewhere_.authority())));
    EXPECT_THAT(Challenge(read.status()), IsEmpty());
  }
  away_.Set({});
  UpstreamRegistry registry(pools_, kRepository, kBasic);
  EXPECT_THAT(FetchBlob(registry), StatusIs(Code::kNotFound));
}

TEST_F(RedirectTest, OfAHeadOfABlobSaysThatItIsThere) {
  at_home_.Set(
      {{absl::StrCat("HEAD ", blob_target_), Redirect("307 T", Away("/x"))}});
  UpstreamRegistry registry(pools_, kRepository, kBasic);
  EXPECT_THAT(Run<Status>([&]() { return registry.HeadBlob(blob_, Soon()); }),
              IsOk());
  EXPECT_EQ(elsewhere_.connections(), 0u);
}

TEST_F(RedirectTest, OfAManifestIsFollowedToo) {
  at_home_.Set(
      {{"GET /v2/team/app/manifests/v1", Redirect("307 T", Away("/m"))}});
  away_.Set({{"GET /m", CannedAnswer("200 OK", "{}",
                                     absl::StrCat("Content-Type: ",
                                                  kOciManifestType, "\r\n"))}});
  UpstreamRegistry registry(pools_, kRepository, kBasic);
  const auto fetched = Run<StatusOr<FetchedManifest>>(
      [&]() { return registry.FetchManifest("v1", Soon()); });
  ASSERT_THAT(fetched, IsOk());
  EXPECT_EQ(fetched->bytes, "{}");
  EXPECT_EQ(fetched->media_type, kOciManifestType);
}

// An upstream that answers nothing but to one token, and sells tokens itself.
class TokensTest : public UpstreamRedirectsTest {
 protected:
  TokensTest()
      : registry_([this](const RequestHead& head) {
          ScriptReply reply;
          reply.bytes = Answer(head);
          return reply;
        }),
        guarded_("upstream",
                 *UpstreamAddress::Parse(
                     absl::StrCat("http://", registry_.authority())),
                 *UpstreamTls::New("upstream", {}, {})),
        tokens_(guarded_, kBasic, absl::Now) {
    guarded_.AddLoop(loop_);
  }
  ~TokensTest() override { guarded_.Clear(); }

  std::string Answer(const RequestHead& head) {
    const std::string* sent = head.headers.Find("Authorization");
    if (absl::StartsWith(head.target, "/token?")) {
      return sent != nullptr && *sent == kBasic
                 ? CannedAnswer("200 OK", absl::StrCat(R"({"token": "t)",
                                                       ++sold_, R"("})"))
                 : CannedAnswer("401 No", "{}");
    }
    if (sent != nullptr && *sent == absl::StrCat("Bearer t", valid_.load())) {
      const std::string redirect = redirect_.Get();
      return redirect.empty() ? the_bytes_ : redirect;
    }
    return CannedAnswer(
        "401 No", "{}",
        absl::StrCat("WWW-Authenticate: Bearer realm=\"http://",
                     registry_.authority(), "/token\",service=\"s\"\r\n"));
  }

  std::atomic<int> sold_ = 0;
  std::atomic<int> valid_ = 1;  // the number of the token that is taken
  Guarded<std::string> redirect_;
  ScriptServer registry_;
  UpstreamPools guarded_;
  ReadTokens tokens_;
};

TEST_F(TokensTest, AnswerAChallengeToOurOwnReads) {
  guarded_.SetReadTokens(&tokens_);
  UpstreamRegistry registry(guarded_, kRepository, kBasic);
  ExpectBlob(registry);
  EXPECT_EQ(sold_, 1);
  const std::vector<SeenRequest> seen = registry_.requests();
  ASSERT_EQ(seen.size(), 4u) << "challenge, token, and one for each read";
  EXPECT_EQ(seen[1].head.target,
            "/token?service=s&scope=repository%3Ateam%2Fapp%3Apull");
  EXPECT_NE(seen[1].connection, seen[0].connection);
}

TEST_F(TokensTest, AreRenewedWhereTheUpstreamTakesThemNoLonger) {
  guarded_.SetReadTokens(&tokens_);
  UpstreamRegistry registry(guarded_, kRepository, kBasic);
  EXPECT_EQ(*FetchBlob(registry), "the bytes");
  valid_ = 2;
  EXPECT_EQ(*StreamBlob(registry), "the bytes");
  EXPECT_EQ(sold_, 2);
}

TEST_F(TokensTest, AreTriedOnceAndNotForEver) {
  guarded_.SetReadTokens(&tokens_);
  valid_ = 7;
  UpstreamRegistry registry(guarded_, kRepository, kBasic);
  const auto read = FetchBlob(registry);
  EXPECT_THAT(read, StatusIs(Code::kPermissionDenied,
                             AllOf(HasSubstr("read credential"),
                                   Not(HasSubstr("t1")))));
  EXPECT_THAT(Challenge(read.status()), IsEmpty());
  EXPECT_EQ(sold_, 1);
}

TEST_F(TokensTest, AreNotBoughtForAClient) {
  // Of pools without tokens, and even of pools with them.
  for (ReadTokens* tokens : {static_cast<ReadTokens*>(nullptr), &tokens_}) {
    guarded_.SetReadTokens(tokens);
    for (const char* client : {"", "Basic b3RoZXI6b3RoZXI=", "Bearer t9"}) {
      UpstreamRegistry registry(guarded_, kRepository, client);
      const auto read = FetchBlob(registry);
      EXPECT_THAT(read, StatusIs(Code::kUnauthenticated));
      EXPECT_THAT(Challenge(read.status()), HasSubstr("Bearer realm="));
    }
  }
  EXPECT_EQ(sold_, 0);
}

TEST_F(TokensTest, StayBehindOnARedirectElsewhere) {
  guarded_.SetReadTokens(&tokens_);
  redirect_.Set(Redirect("307 T", Away("/x")));
  away_.Set({{"GET /x", the_bytes_}});
  UpstreamRegistry registry(guarded_, kRepository, kBasic);
  ExpectBlob(registry);
  for (const SeenRequest& seen : elsewhere_.requests()) {
    EXPECT_FALSE(seen.head.headers.Has("Authorization"));
  }
}

}  // namespace
}  // namespace plimsoll

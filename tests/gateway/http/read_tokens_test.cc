#include "gateway/http/read_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/detached.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/guarded.h"
#include "tests/support/script_server.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Code = absl::StatusCode;

constexpr char kScope[] = "repository:team/app:pull";
constexpr char kBasic[] = "Basic c2VjcmV0OnNlY3JldA==";

UpstreamAddress Address(absl::string_view url) {
  return *UpstreamAddress::Parse(url);
}

Headers Challenge(absl::string_view value) {
  Headers headers;
  headers.Add("WWW-Authenticate", value);
  return headers;
}

// A token service that numbers its tokens, an upstream beside it on the same
// host that is never asked, and one loop.
class ReadTokensTest : public ::testing::Test {
 protected:
  ReadTokensTest()
      : service_([this](const RequestHead&) {
          ScriptReply reply;
          reply.bytes = answer_.Get();
          if (reply.bytes.empty()) {
            reply.bytes = CannedAnswer("200 OK", Token(++sold_));
          }
          return reply;
        }) {
    upstream_.AddLoop(loop_);
    loop_.StartDeadlines();
  }
  ~ReadTokensTest() override { upstream_.Clear(); }

  static std::string Token(int number) {
    return absl::StrCat(R"({"token": "t)", number, R"(", "expires_in": 60})");
  }
  std::string Bearer() const {
    return absl::StrCat("Bearer realm=\"http://", service_.authority(),
                        "/token\",service=\"the registry\"");
  }
  std::function<absl::Time()> Clock() {
    return [this] { return now_; };
  }

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
  StatusOr<std::string> Authorization(ReadTokens& tokens,
                                      std::string scope = kScope) {
    return Run<StatusOr<std::string>>(
        [&]() { return tokens.Authorization(scope, Deadline()); });
  }
  StatusOr<std::string> After(ReadTokens& tokens, absl::string_view challenge,
                              std::string used = kBasic,
                              std::string scope = kScope) {
    return Run<StatusOr<std::string>>([&]() {
      return tokens.AfterChallenge(scope, used, Challenge(challenge),
                                   Deadline());
    });
  }
  static absl::Time Deadline() { return absl::Now() + absl::Seconds(20); }

  Guarded<std::string> answer_;  // of the service, instead of a token
  std::atomic<int> sold_ = 0;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  ScriptServer service_;
  UpstreamPools upstream_{"upstream", Address("http://127.0.0.1:1"), {}};
  Loop loop_;
};

TEST_F(ReadTokensTest, SendTheCredentialItselfUntilATokenIsAskedFor) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*Authorization(tokens), kBasic);
  ReadTokens anonymous(upstream_, "", Clock());
  EXPECT_EQ(*Authorization(anonymous), "");
  EXPECT_EQ(sold_, 0);
}

TEST_F(ReadTokensTest, AreBoughtWithTheCredentialForOneScope) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*After(tokens, Bearer()), "Bearer t1");
  const std::vector<SeenRequest> seen = service_.requests();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].head.method, "GET");
  EXPECT_EQ(seen[0].head.target,
            "/token?service=the%20registry&"
            "scope=repository%3Ateam%2Fapp%3Apull");
  EXPECT_EQ(*seen[0].head.headers.Find("Host"), service_.authority());
  EXPECT_EQ(*seen[0].head.headers.Find("Authorization"), kBasic);
}

TEST_F(ReadTokensTest, AreBoughtAnonymouslyWithoutAnAuthorization) {
  ReadTokens tokens(upstream_, "", Clock());
  EXPECT_EQ(*After(tokens, Bearer(), ""), "Bearer t1");
  EXPECT_FALSE(service_.requests()[0].head.headers.Has("Authorization"));
}

TEST_F(ReadTokensTest, AreKeptUntilShortlyBeforeTheyExpire) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*After(tokens, Bearer()), "Bearer t1");
  now_ += absl::Seconds(49);
  EXPECT_EQ(*Authorization(tokens), "Bearer t1");
  now_ += absl::Seconds(1);
  EXPECT_EQ(*Authorization(tokens), "Bearer t2");
  EXPECT_EQ(sold_, 2);
}

TEST_F(ReadTokensTest, AreOfOneRepositoryEach) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*After(tokens, Bearer()), "Bearer t1");
  EXPECT_EQ(*Authorization(tokens, "repository:other:pull"), "Bearer t2");
  EXPECT_EQ(*Authorization(tokens), "Bearer t1");
}

TEST_F(ReadTokensTest, AreBoughtAnewWhereTheUpstreamTakesThemNoLonger) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*After(tokens, Bearer()), "Bearer t1");
  EXPECT_EQ(*After(tokens, Bearer(), "Bearer t1"), "Bearer t2");
  // Somebody else was late with the old one: the new one serves him, too.
  EXPECT_EQ(*After(tokens, Bearer(), "Bearer t1"), "Bearer t2");
  EXPECT_EQ(sold_, 2);
}

TEST_F(ReadTokensTest, AreBoughtOnceForAllWhoAskAtTheSameTime) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  std::vector<StatusOr<std::string>> results(20);
  const Status joined = Run<Status>([&]() -> Task<Status> {
    std::vector<Task<>> asking;
    for (StatusOr<std::string>& result : results) {
      auto ask = [](ReadTokens* from, Headers headers,
                    StatusOr<std::string>* to) -> Task<> {
        *to = co_await from->AfterChallenge(kScope, kBasic, headers,
                                            absl::InfiniteFuture());
      };
      asking.push_back(ask(&tokens, Challenge(Bearer()), &result));
    }
    co_await JoinAll(std::move(asking));
    co_return absl::OkStatus();
  });
  ASSERT_THAT(joined, IsOk());
  for (const auto& result : results) EXPECT_EQ(*result, "Bearer t1");
  EXPECT_EQ(sold_, 1);
}

TEST_F(ReadTokensTest, AreBoughtOnceForAllLoops) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  std::vector<std::unique_ptr<Loop>> loops;
  std::vector<std::thread> threads;
  std::atomic<int> served = 0;
  for (int i = 0; i < 4; ++i) {
    loops.push_back(std::make_unique<Loop>());
    upstream_.AddLoop(*loops.back());
    loops.back()->StartDeadlines();
  }
  for (const auto& loop : loops) {
    threads.emplace_back([&, io = &loop->io()] {
      for (int i = 0; i < 5; ++i) {
        auto ask = [&]() -> Task<> {
          const StatusOr<std::string> result = co_await tokens.AfterChallenge(
              kScope, kBasic, Challenge(Bearer()), Deadline());
          if (result.ok() && *result == "Bearer t1") ++served;
          if (served == 20) {
            for (const auto& each : loops) each->io().stop();
          }
        };
        asio::co_spawn(*io, ask, asio::detached);
      }
      io->run_for(std::chrono::seconds(60));
    });
  }
  for (std::thread& thread : threads) thread.join();
  upstream_.Clear();
  EXPECT_EQ(served, 20);
  EXPECT_EQ(sold_, 1);
}

TEST_F(ReadTokensTest, AreNotRememberedWithoutBound) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*After(tokens, Bearer()), "Bearer t1");
  now_ += absl::Milliseconds(1);
  for (size_t i = 1; i < ReadTokens::kMaxKept; ++i) {
    ASSERT_THAT(Authorization(tokens, absl::StrCat("scope", i)), IsOk());
  }
  EXPECT_EQ(*Authorization(tokens), "Bearer t1");
  ASSERT_THAT(Authorization(tokens, "one more"), IsOk());
  const int sold = sold_;
  EXPECT_EQ(*Authorization(tokens), absl::StrCat("Bearer t", sold + 1));
}

TEST_F(ReadTokensTest, GiveWayToTheCredentialWhereTheUpstreamWantsBasicAgain) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*After(tokens, Bearer()), "Bearer t1");
  EXPECT_EQ(*After(tokens, "Basic realm=x", "Bearer t1"), kBasic);
  EXPECT_EQ(*Authorization(tokens), kBasic);
  // It was wrong itself: there is nothing else to try.
  EXPECT_THAT(After(tokens, "Basic realm=x"),
              StatusIs(Code::kPermissionDenied, HasSubstr("read credential")));
  ReadTokens anonymous(upstream_, "", Clock());
  EXPECT_THAT(After(anonymous, "Basic realm=x", ""),
              StatusIs(Code::kPermissionDenied, HasSubstr("wants a")));
}

TEST_F(ReadTokensTest, PreferBearerToBasic) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_EQ(*After(tokens, absl::StrCat("Basic realm=x, ", Bearer())),
            "Bearer t1");
}

TEST_F(ReadTokensTest, AreNotHadFromAServiceThatRefusesOrFails) {
  struct {
    std::string answer;
    Code code;
  } kTable[] = {
      {CannedAnswer("401 No", "{}"), Code::kPermissionDenied},
      {CannedAnswer("403 No", "{}"), Code::kPermissionDenied},
      {CannedAnswer("429 Later", ""), Code::kUnavailable},
      {CannedAnswer("500 Oops", ""), Code::kUnavailable},
      {CannedAnswer("201 Created", Token(1)), Code::kUnavailable},
      {CannedAnswer("200 OK", "{}"), Code::kUnavailable},
      {CannedAnswer("200 OK", R"({"token": "a b"})"), Code::kUnavailable},
      {CannedAnswer("200 OK", std::string(kMaxTokenAnswerBytes + 1, ' ')),
       Code::kUnavailable},
      {"nonsense\r\n\r\n", Code::kUnavailable},
  };
  for (const auto& row : kTable) {
    ReadTokens tokens(upstream_, kBasic, Clock());
    answer_.Set(row.answer);
    EXPECT_THAT(After(tokens, Bearer()),
                StatusIs(row.code, Not(HasSubstr("c2VjcmV0"))))
        << row.answer.substr(0, 40);
  }
}

TEST_F(ReadTokensTest, ARefusalSaysWhetherACredentialIsWantedOrWrong) {
  answer_.Set(CannedAnswer("401 No", "{}"));
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_THAT(After(tokens, Bearer()),
              StatusIs(Code::kPermissionDenied,
                       HasSubstr("refuses the read credential")));
  ReadTokens anonymous(upstream_, "", Clock());
  EXPECT_THAT(
      After(anonymous, Bearer(), ""),
      StatusIs(Code::kPermissionDenied, HasSubstr("wants a credential")));
}

TEST_F(ReadTokensTest, ARedirectOfTheServiceIsNotFollowed) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  const ScriptServer other(CannedAnswer("200 OK", Token(7)));
  answer_.Set(CannedAnswer(
      "307 There", "",
      absl::StrCat("Location: http://", other.authority(), "/token\r\n")));
  EXPECT_THAT(After(tokens, Bearer()),
              StatusIs(Code::kUnavailable, HasSubstr("not followed")));
  EXPECT_EQ(other.connections(), 0u);
}

TEST_F(ReadTokensTest, ABadChallengeBuysNothing) {
  for (const absl::string_view challenge :
       {"Bearer", "Bearer service=x", "Bearer realm=\"/token\"",
        "Bearer realm=\"http://u:p@127.0.0.1/\"", "Bearer realm=\"x\" y",
        "Bearer realm=x,realm=y"}) {
    ReadTokens tokens(upstream_, kBasic, Clock());
    EXPECT_THAT(After(tokens, challenge), StatusIs(Code::kUnavailable))
        << challenge;
  }
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_THAT(After(tokens, ""), StatusIs(Code::kPermissionDenied));
  EXPECT_EQ(sold_, 0);
}

TEST_F(ReadTokensTest, NothingIsSentInClearToAnotherHost) {
  ReadTokens tokens(upstream_, kBasic, Clock());
  EXPECT_THAT(After(tokens, absl::StrCat("Bearer realm=\"http://localhost:",
                                         service_.port(), "/token\"")),
              StatusIs(Code::kUnavailable, HasSubstr("on another host")));
  EXPECT_EQ(service_.connections(), 0u);
}

// The upstream is at 127.0.0.1; no name, and none of these is connected to.
TEST_F(ReadTokensTest, NothingIsSentToAnAddressThatTheUpstreamIsNotAt) {
  for (const absl::string_view host :
       {"169.254.169.254", "[fe80::1]", "0.0.0.0", "224.0.0.1",
        "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]"}) {
    ReadTokens tokens(upstream_, kBasic, Clock());
    EXPECT_THAT(
        After(tokens, absl::StrCat("Bearer realm=\"https://", host, "/\"")),
        StatusIs(Code::kUnavailable, HasSubstr("leads to an address")))
        << host;
  }
}

}  // namespace
}  // namespace plimsoll

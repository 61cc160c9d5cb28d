#include "gateway/registry/upstream_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "gateway/http/advice.h"
#include "tests/support/captured_log.h"

namespace plimsoll {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class UpstreamHealthTest : public testing::Test {
 protected:
  // The lines that were logged while `work` ran.
  template <typename Work>
  std::vector<std::string> LogOf(const Work& work) {
    CaptureLog();
    work();
    return absl::StrSplit(CapturedLog(), '\n', absl::SkipEmpty());
  }

  const Status down_ = absl::UnavailableError("connection refused");
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  UpstreamHealth health_{"main", [this] { return now_; }};
};

TEST_F(UpstreamHealthTest, SaysAFailureOnceAndItsEndOnce) {
  const auto failed = LogOf([&] {
    for (int i = 0; i < 3; ++i) health_.Failed(down_);
  });
  EXPECT_THAT(failed, ElementsAre(AllOf(HasSubstr(R"("level":"error")"),
                                        HasSubstr(R"("name":"main")"),
                                        HasSubstr("connection refused"))));
  now_ += UpstreamHealth::kQuiet;
  const auto recovered = LogOf([&] {
    for (int i = 0; i < 3; ++i) health_.Answered(200);
  });
  EXPECT_THAT(recovered, ElementsAre(AllOf(HasSubstr(R"("level":"info")"),
                                           HasSubstr("answers again"))));
  EXPECT_EQ(LogOf([&] { health_.Failed(down_); }).size(), 1u);
}

TEST_F(UpstreamHealthTest, SaysNothingOfAnUpstreamThatAnswers) {
  EXPECT_THAT(LogOf([&] { health_.Answered(200); }), IsEmpty());
}

// One of its several servers is down, say.
TEST_F(UpstreamHealthTest, IsNotWellWhileItFailsNowAndThen) {
  (void)LogOf([&] { health_.Failed(down_); });
  EXPECT_THAT(LogOf([&] {
                for (int i = 0; i < 100; ++i) {
                  now_ += UpstreamHealth::kQuiet - absl::Milliseconds(1);
                  health_.Answered(200);
                  health_.Failed(down_);
                }
              }),
              IsEmpty());
}

// A registry that is down comes back with a certificate that has expired: the
// operator would have looked at what was wrong before.
TEST_F(UpstreamHealthTest, SaysWhatToLookAtWhenThatChanges) {
  const Status expired =
      WithAdvice(absl::UnavailableError("expired"), "renew the certificate");
  const Status unknown =
      WithAdvice(absl::UnavailableError("unknown"), "look at upstream.tls.ca");
  (void)LogOf([&] { health_.Failed(down_); });
  now_ += UpstreamHealth::kQuiet;
  EXPECT_THAT(LogOf([&] {
                for (int i = 0; i < 3; ++i) health_.Failed(expired);
              }),
              ElementsAre(HasSubstr(
                  R"("error":"expired","do":"renew the certificate"})")));
  EXPECT_THAT(LogOf([&] {
                for (int i = 0; i < 3; ++i) {
                  health_.Failed(unknown);
                  health_.Failed(expired);
                }
              }),
              IsEmpty())
      << "at once it is no news: two servers may differ";
  now_ += UpstreamHealth::kQuiet;
  EXPECT_THAT(LogOf([&] {
                health_.Failed(expired);
                health_.Failed(unknown);
                health_.Failed(down_);
              }),
              ElementsAre(HasSubstr("upstream.tls.ca")));
}

TEST_F(UpstreamHealthTest, IsBlamedForNothingElse) {
  EXPECT_THAT(LogOf([&] {
                health_.Failed(absl::OkStatus());
                health_.Failed(absl::InternalError("store"));
                health_.Failed(absl::CancelledError("client"));
                health_.Failed(absl::UnauthenticatedError("credential"));
              }),
              IsEmpty());
}

TEST_F(UpstreamHealthTest, IsNotWellForAnAnswerThatSaysItIsNot) {
  (void)LogOf([&] { health_.Failed(down_); });
  now_ += UpstreamHealth::kQuiet;
  EXPECT_THAT(LogOf([&] {
                health_.Answered(0);
                health_.Answered(503);
              }),
              IsEmpty());
  EXPECT_EQ(LogOf([&] { health_.Answered(404); }).size(), 1u);
}

TEST_F(UpstreamHealthTest, SaysItOnceForManyThreads) {
  const auto lines = LogOf([&] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([this] { health_.Failed(down_); });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(lines.size(), 1u);
}

}  // namespace
}  // namespace plimsoll

#include "gateway/registry/registry.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

constexpr char kBearer[] = "Bearer realm=\"https://auth.example.com/token\"";

TEST(Challenge, IsEmptyWhereAStatusCarriesNone) {
  EXPECT_EQ(Challenge(absl::OkStatus()), "");
  EXPECT_EQ(Challenge(absl::UnauthenticatedError("no")), "");
}

TEST(Challenge, TravelsWithoutChangingCodeOrMessage) {
  Status status = WithChallenge(absl::UnauthenticatedError("no"), kBearer);
  EXPECT_EQ(Challenge(status), kBearer);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(status.message(), "no");
}

TEST(Challenge, SurvivesContextThatIsAdded) {
  Status status = WithChallenge(absl::UnauthenticatedError("no"), kBearer);
  Status annotated = Annotate(status, "layer 3");
  EXPECT_EQ(annotated.message(), "layer 3: no");
  EXPECT_EQ(Challenge(annotated), kBearer);
}

TEST(Challenge, IsNotAttachedToOk) {
  EXPECT_TRUE(WithChallenge(absl::OkStatus(), kBearer).ok());
}

TEST(RetryAfter, TravelsWithinItsBounds) {
  const Status busy = absl::UnavailableError("busy");
  EXPECT_FALSE(RetryAfter(busy).has_value());
  const struct {
    absl::Duration asked;
    absl::Duration kept;
  } cases[] = {
      {absl::ZeroDuration(), absl::Seconds(1)},
      {absl::Seconds(7), absl::Seconds(7)},
      {kMaxRetryAfter, kMaxRetryAfter},
      {kMaxRetryAfter + absl::Seconds(1), kMaxRetryAfter},
  };
  for (const auto& c : cases) {
    const Status status = Annotate(WithRetryAfter(busy, c.asked), "blob");
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(RetryAfter(status), c.kept) << c.asked;
  }
  EXPECT_TRUE(WithRetryAfter(absl::OkStatus(), absl::Seconds(7)).ok());
}

}  // namespace
}  // namespace plimsoll

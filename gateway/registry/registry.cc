#include "gateway/registry/registry.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kChallengeUrl = "plimsoll.dev/challenge";

constexpr absl::string_view kRetryAfterUrl = "plimsoll.dev/retry-after";

}  // namespace

Status CheckDeadline(absl::Time deadline) {
  if (absl::Now() <= deadline) return absl::OkStatus();
  return absl::DeadlineExceededError("its time is over");
}

std::string Challenge(const Status& status) {
  auto payload = status.GetPayload(kChallengeUrl);
  return payload ? std::string(*payload) : std::string();
}

Status WithChallenge(Status status, absl::string_view challenge) {
  if (status.ok() || challenge.empty()) return status;
  status.SetPayload(kChallengeUrl, absl::Cord(challenge));
  return status;
}

std::optional<absl::Duration> RetryAfter(const Status& status) {
  const auto payload = status.GetPayload(kRetryAfterUrl);
  int64_t seconds = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &seconds)) {
    return std::nullopt;
  }
  return absl::Seconds(seconds);
}

Status WithRetryAfter(Status status, absl::Duration wait) {
  if (status.ok()) return status;
  wait = std::clamp(wait, absl::Seconds(1), kMaxRetryAfter);
  status.SetPayload(kRetryAfterUrl,
                    absl::Cord(absl::StrCat(absl::ToInt64Seconds(wait))));
  return status;
}

}  // namespace plimsoll

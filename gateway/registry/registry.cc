#include "gateway/registry/registry.h"

#include "absl/strings/cord.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kChallengeUrl = "plimsoll.dev/challenge";

}  // namespace

std::string Challenge(const Status& status) {
  auto payload = status.GetPayload(kChallengeUrl);
  return payload ? std::string(*payload) : std::string();
}

Status WithChallenge(Status status, absl::string_view challenge) {
  if (status.ok() || challenge.empty()) return status;
  status.SetPayload(kChallengeUrl, absl::Cord(challenge));
  return status;
}

}  // namespace plimsoll

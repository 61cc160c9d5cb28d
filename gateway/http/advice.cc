#include "gateway/http/advice.h"

#include "absl/strings/cord.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kUrl = "plimsoll.dev/advice";

}  // namespace

Status WithAdvice(Status status, absl::string_view advice) {
  if (status.ok() || advice.empty()) return status;
  status.SetPayload(kUrl, absl::Cord(advice));
  return status;
}

std::string AdviceOf(const Status& status) {
  const auto payload = status.GetPayload(kUrl);
  return payload ? std::string(*payload) : std::string();
}

Status WithCode(absl::StatusCode code, const Status& status) {
  Status other(code, status.message());
  status.ForEachPayload(
      [&other](absl::string_view url, const absl::Cord& payload) {
        other.SetPayload(url, payload);
      });
  return other;
}

}  // namespace plimsoll

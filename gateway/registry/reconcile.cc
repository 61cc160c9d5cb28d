#include "gateway/registry/reconcile.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace plimsoll {
namespace {

constexpr size_t kBatch = 1000;
constexpr absl::Duration kAskFor = absl::Seconds(5);

ForwardResult Result(ForwardState state, std::string detail) {
  ForwardResult result;
  result.state = state;
  result.detail = std::move(detail);
  result.reconciled = true;
  return result;
}

// The answer to a question that went wrong. Unavailable stays an intent.
ForwardResult NoAnswer(const Status& status) {
  if (absl::IsNotFound(status)) {
    return Result(ForwardState::kAbsent, "the upstream does not have it");
  }
  if (absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) {
    return Result(ForwardState::kIntent, std::string(status.message()));
  }
  return Result(
      ForwardState::kUnknown,
      absl::StrCat("the upstream cannot be asked: ", status.message()));
}

}  // namespace

Task<StatusOr<size_t>> Reconciler::Run(absl::Time before) {
  CO_ASSIGN_OR_RETURN(const std::vector<StoredDecision> open,
                      co_await parts_.store.OpenIntents(kBatch));
  size_t left = 0;
  for (const StoredDecision& intent : open) {
    absl::Time made;
    std::string error;
    const bool dated = absl::ParseTime(absl::RFC3339_full,
                                       intent.decision.time(), &made, &error);
    if (dated && made >= before) continue;
    ForwardResult result = co_await LookInto(intent.decision);
    if (result.state == ForwardState::kIntent) {
      ++left;
      continue;
    }
    CO_RETURN_IF_ERROR(co_await parts_.store.RecordOutcome(intent.decision.id(),
                                                           std::move(result)));
  }
  co_return left;
}

Task<ForwardResult> Reconciler::LookInto(const v1::Decision& decision) {
  UpstreamRegistry registry(parts_.upstream, decision.repository(),
                            parts_.read_authorization);
  const StatusOr<Digest> there =
      co_await registry.HeadManifest(decision.digest(), absl::Now() + kAskFor);
  if (!there.ok()) co_return NoAnswer(there.status());
  for (const std::string& tag : decision.tags()) {
    const StatusOr<Digest> current =
        co_await registry.HeadManifest(tag, absl::Now() + kAskFor);
    if (!current.ok()) co_return NoAnswer(current.status());
    if (current->ToString() != decision.digest()) {
      co_return Result(
          ForwardState::kSuperseded,
          absl::StrCat("tag ", tag, " is at ", current->ToString()));
    }
  }
  co_return Result(ForwardState::kForwarded, "the upstream has it");
}

}  // namespace plimsoll

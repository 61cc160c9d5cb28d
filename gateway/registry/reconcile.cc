#include "gateway/registry/reconcile.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "gateway/admission/decision.h"

namespace plimsoll {
namespace {

constexpr size_t kBatch = 1000;
// So many without an answer say that the upstream is down; fewer, that it
// cannot answer for these.
constexpr int kMaxUnanswered = 5;
constexpr absl::Duration kAskFor = absl::Seconds(5);

ForwardResult Result(ForwardState state, std::string detail) {
  ForwardResult result;
  result.state = state;
  result.detail = std::move(detail);
  result.reconciled = true;
  return result;
}

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

// When the intent was recorded; a record without a time is as old as can be.
absl::Time MadeAt(const v1::Decision& decision) {
  absl::Time made;
  std::string error;
  const bool dated =
      absl::ParseTime(absl::RFC3339_full, decision.time(), &made, &error);
  return dated ? made : absl::InfinitePast();
}

}  // namespace

Task<ForwardResult> AskWhatBecameOf(UpstreamRegistry& registry,
                                    const v1::Decision& decision,
                                    absl::Time deadline) {
  const StatusOr<Digest> there =
      co_await registry.HeadManifest(decision.digest(), deadline);
  if (!there.ok()) co_return NoAnswer(there.status());
  if (IsStrayAttestation(decision)) {
    co_return Result(ForwardState::kForwarded, "the upstream has it");
  }
  for (const std::string& tag : decision.tags()) {
    const StatusOr<Digest> current =
        co_await registry.HeadManifest(tag, deadline);
    if (!current.ok()) co_return NoAnswer(current.status());
    if (current->ToString() != decision.digest()) {
      co_return Result(
          ForwardState::kSuperseded,
          absl::StrCat("tag ", tag, " is at ", current->ToString()));
    }
  }
  co_return Result(ForwardState::kForwarded, "the upstream has it");
}

Task<StatusOr<size_t>> Reconciler::Run(absl::Time before) {
  CO_ASSIGN_OR_RETURN(std::vector<StoredDecision> open,
                      co_await parts_.store.OpenIntents(read_));
  LeaveOthers(open);
  size_t left = 0;
  absl::flat_hash_map<std::string, int> silent;  // answers that failed to come
  for (const StoredDecision& intent : open) {
    const v1::Decision& decision = intent.decision;
    int& unanswered = silent[decision.upstream()];
    if (MadeAt(decision) >= before || unanswered >= kMaxUnanswered) continue;
    const Upstream& upstream = *parts_.upstreams.Named(decision.upstream());
    UpstreamRegistry registry(upstream.reads(), decision.repository(),
                              upstream.read_authorization());
    ForwardResult found =
        co_await AskWhatBecameOf(registry, decision, parts_.clock() + kAskFor);
    if (found.state == ForwardState::kIntent) {
      ++left;
      ++unanswered;
      continue;
    }
    unanswered = 0;
    CO_RETURN_IF_ERROR(co_await Settle(intent, std::move(found)));
  }
  // They must not stand before all newer ones the next time either.
  read_ = std::min(kMaxDecisionsListed, read_ + left);
  co_return left;
}

// Takes the intents of absent upstreams out of `open`, and counts them.
void Reconciler::LeaveOthers(std::vector<StoredDecision>& open) {
  elsewhere_.clear();
  const size_t before = open.size();
  std::erase_if(open, [this](const StoredDecision& intent) {
    const std::string& upstream = intent.decision.upstream();
    const bool other = parts_.upstreams.Named(upstream) == nullptr;
    if (other) ++elsewhere_[upstream];
    return other;
  });
  read_ = std::min(kMaxDecisionsListed, kBatch + before - open.size());
}

Task<Status> Reconciler::Settle(const StoredDecision& intent,
                                ForwardResult found) {
  const bool settled = MadeAt(intent.decision) + kPushSettles <= parts_.clock();
  if (!settled && found.state != ForwardState::kForwarded) {
    co_return absl::OkStatus();
  }
  co_return co_await parts_.store.RecordOutcome(intent.decision.id(),
                                                std::move(found));
}

}  // namespace plimsoll

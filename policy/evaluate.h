// Evaluates policies over evidence. Total: always a verdict, and one that
// denies or warns carries at least one finding that says why. Reads no clock,
// no network, no globals; safe for concurrent use.
#ifndef PLIMSOLL_POLICY_EVALUATE_H_
#define PLIMSOLL_POLICY_EVALUATE_H_

#include "absl/time/time.h"
#include "policy/evidence.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"

namespace plimsoll {

// Rules that can flip without a change of bytes warn by default at the webhook.
enum class Door { kPush, kGrpc, kWebhook, kCheck, kWatch };
absl::string_view DoorName(Door door);

// A push by digest is staged: judged only by policies without a tag selector,
// and refused only by definite failures. Everything else is judged whole.
enum class Stage { kStaged, kJudged };

struct EvaluateContext {
  Door door = Door::kPush;
  Stage stage = Stage::kJudged;
  absl::Time now;
};

// With several tags in the subject, every one is judged and the worst outcome
// wins.
Verdict Evaluate(const PolicySet& policies, const Evidence& evidence,
                 const EvaluateContext& context);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_EVALUATE_H_

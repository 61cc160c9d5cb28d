#include "gateway/admission/decision_turns.h"

#include <algorithm>

#include "gateway/observe/metrics.h"

namespace plimsoll {
namespace {

// 503: the upstream is not to blame.
Status Overloaded() {
  return absl::InternalError(
      "overloaded, push again: too many pushes wait for their decision");
}

// Shares are at least one, or a small limit would admit nobody.
size_t ShareOfAnonymous(size_t all) { return std::max<size_t>(1, all / 2); }
size_t ShareOfHolder(size_t all, bool anonymous) {
  return std::max<size_t>(1, all / (anonymous ? 4 : 2));
}

}  // namespace

Status DecisionTurns::Turn::Enter() {
  const std::lock_guard lock(turns_.mutex_);
  const absl::string_view lacks = turns_.WhatLacks(*this);
  if (!lacks.empty()) {
    metrics::shed.Add({lacks});
    return Overloaded();
  }
  turns_.Change(*this, [](Count& count) { ++count.places; });
  state_ = State::kEntered;
  return absl::OkStatus();
}

Task<Status> DecisionTurns::Turn::Wait(absl::Time deadline) {
  const auto latch = std::make_shared<Latch>();
  {
    const std::lock_guard lock(turns_.mutex_);
    if (turns_.MayRun(*this)) {
      turns_.Run(*this);
      co_return absl::OkStatus();
    }
    latch_ = latch;
    state_ = State::kWaiting;
    turns_.waiting_.push_back(this);
    metrics::decision_turns.Add(1, {"waiting"});
  }
  (void)co_await latch->Wait(deadline);
  const std::lock_guard lock(turns_.mutex_);
  if (state_ == State::kRunning) co_return absl::OkStatus();
  turns_.waiting_.remove(this);
  metrics::decision_turns.Add(-1, {"waiting"});
  state_ = State::kEntered;
  metrics::shed.Add({"decision_wait"});
  co_return Overloaded();
}

void DecisionTurns::Turn::End() {
  const std::lock_guard lock(turns_.mutex_);
  if (state_ == State::kOutside) return;
  if (state_ == State::kWaiting) {
    turns_.waiting_.remove(this);
    metrics::decision_turns.Add(-1, {"waiting"});
  }
  const bool ran = state_ == State::kRunning;
  if (ran) {
    turns_.Change(*this, [](Count& count) { --count.running; });
    metrics::decision_turns.Add(-1, {"running"});
  }
  turns_.Change(*this, [](Count& count) { --count.places; });
  state_ = State::kOutside;
  if (ran) turns_.RunWhoMay();
}

absl::string_view DecisionTurns::WhatLacks(const Turn& turn) const {
  if (all_.places >= all_places()) return "decisions";
  const auto found = holders_.find(turn.holder_);
  const size_t has = found == holders_.end() ? 0 : found->second.places;
  const bool over_share =
      has >= ShareOfHolder(all_places(), turn.anonymous_) ||
      (turn.anonymous_ && anonymous_.places >= ShareOfAnonymous(all_places()));
  return over_share ? "decisions_share" : "";
}

bool DecisionTurns::MayRun(const Turn& turn) const {
  if (all_.running >= limits_.running) return false;
  if (turn.anonymous_ &&
      anonymous_.running >= ShareOfAnonymous(limits_.running)) {
    return false;
  }
  return holders_.at(turn.holder_).running <
         ShareOfHolder(limits_.running, turn.anonymous_);
}

void DecisionTurns::Change(const Turn& turn, void (*change)(Count&)) {
  change(all_);
  if (turn.anonymous_) change(anonymous_);
  const auto holder = holders_.try_emplace(turn.holder_).first;
  change(holder->second);
  if (holder->second.places == 0) holders_.erase(holder);
}

void DecisionTurns::Run(Turn& turn) {
  Change(turn, [](Count& count) { ++count.running; });
  turn.state_ = Turn::State::kRunning;
  metrics::decision_turns.Add(1, {"running"});
}

// Those that wait whose share lets them, in their order: one that ends may have
// been in the way of two, by two shares. Whom it passes may not run later in
// the pass either, since shares only fill in it.
void DecisionTurns::RunWhoMay() {
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    if (all_.running >= limits_.running) return;
    Turn& turn = **next;
    if (!MayRun(turn)) {
      ++next;
      continue;
    }
    next = waiting_.erase(next);
    metrics::decision_turns.Add(-1, {"waiting"});
    Run(turn);
    turn.latch_->Set();
  }
}

}  // namespace plimsoll

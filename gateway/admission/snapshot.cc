#include "gateway/admission/snapshot.h"

#include "absl/algorithm/container.h"

namespace plimsoll {

absl::string_view ModeName(Mode mode) {
  return mode == Mode::kObserve ? "observe" : "enforce";
}

Mode ModeTable::For(absl::string_view repository) const {
  for (const Entry& entry : entries) {
    for (const Glob& glob : entry.repositories) {
      if (glob.Matches(repository)) return entry.mode;
    }
  }
  return fallback;
}

bool LooksAtBases(const PolicySet& policies) {
  return absl::c_any_of(policies.policies, [](const Policy& policy) {
    return absl::c_any_of(policy.rules, [](const Rule& rule) {
      return TraitsOf(rule.check).looks_at_base;
    });
  });
}

std::shared_ptr<const Snapshot> SnapshotHolder::Get() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void SnapshotHolder::Swap(std::shared_ptr<const Snapshot> next) {
  const std::lock_guard lock(mutex_);
  current_.swap(next);
}

}  // namespace plimsoll

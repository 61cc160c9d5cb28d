#include "gateway/admission/snapshot.h"

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

std::shared_ptr<const Snapshot> SnapshotHolder::Get() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

void SnapshotHolder::Swap(std::shared_ptr<const Snapshot> next) {
  const std::lock_guard lock(mutex_);
  current_.swap(next);
}

}  // namespace plimsoll

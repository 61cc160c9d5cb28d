// What is judged with: policies and catalog as one snapshot. Readers take a
// shared_ptr and keep it for one decision; writers swap it whole.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_SNAPSHOT_H_
#define PLIMSOLL_GATEWAY_ADMISSION_SNAPSHOT_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "policy/base/catalog.h"
#include "policy/language/glob.h"
#include "policy/policy_set.h"

namespace plimsoll {

// observe: only what breaks HTTP or routes is refused; every other refusal is
// recorded with enforced=false.
enum class Mode { kObserve, kEnforce };
absl::string_view ModeName(Mode mode);

// The mode of each repository: the first entry that matches, or `fallback`.
struct ModeTable {
  struct Entry {
    std::vector<Glob> repositories;
    Mode mode = Mode::kEnforce;
  };
  std::vector<Entry> entries;
  Mode fallback = Mode::kEnforce;

  Mode For(absl::string_view repository) const;
};

struct Snapshot {
  PolicySet policies;
  ModeTable modes;
  std::shared_ptr<const BaseCatalog> catalog;
  // Whether layers are inspected as they are pushed; otherwise they are read
  // back, where they are inspected at all.
  bool inspects_uploads = false;
  // Repositories for build caches, of which nothing is an image.
  std::vector<Glob> build_caches;

  bool IsBuildCache(absl::string_view repository) const {
    return MatchesAny(build_caches, repository);
  }
};

// Whether any policy has a rule that is of no use without the facts of layers.
bool LooksAtBases(const PolicySet& policies);

// Holds the current snapshot. Safe for concurrent use.
class SnapshotHolder {
 public:
  explicit SnapshotHolder(std::shared_ptr<const Snapshot> first)
      : current_(std::move(first)) {}
  std::shared_ptr<const Snapshot> Get() const;
  void Swap(std::shared_ptr<const Snapshot> next);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_SNAPSHOT_H_

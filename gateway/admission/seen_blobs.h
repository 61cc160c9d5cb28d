// Which blobs the gateway has itself seen in which repository lately: stored
// through it, or answered for by the upstream. Saves the question, nothing
// else. Bounded; safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_SEEN_BLOBS_H_
#define PLIMSOLL_GATEWAY_ADMISSION_SEEN_BLOBS_H_

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "policy/oci/digest.h"

namespace plimsoll {

class SeenBlobs {
 public:
  static constexpr absl::Duration kRemembered = absl::Minutes(10);
  static constexpr size_t kMaxEntries = 100'000;

  explicit SeenBlobs(std::function<absl::Time()> clock = absl::Now)
      : clock_(std::move(clock)) {}

  // Remembers it for kRemembered from now.
  void Add(absl::string_view repository, const Digest& digest);
  bool Has(absl::string_view repository, const Digest& digest) const;
  // Forgets a blob: it was deleted.
  void Remove(absl::string_view repository, const Digest& digest);

 private:
  const std::function<absl::Time()> clock_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, absl::Time> until_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_SEEN_BLOBS_H_

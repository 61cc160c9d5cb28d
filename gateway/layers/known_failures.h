// KnownFailures: layers that are known to be no layers, by the digest of their
// bytes, so that a repeated push does not read them again. Kept for a time and
// up to a number; the oldest go first. Safe from any thread.
#ifndef PLIMSOLL_GATEWAY_LAYERS_KNOWN_FAILURES_H_
#define PLIMSOLL_GATEWAY_LAYERS_KNOWN_FAILURES_H_

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "policy/oci/digest.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxKnownFailures = 4096;

// Whether a status says what the layer's own bytes are (malformed, over a
// limit), so that reading them again cannot say anything else.
inline bool IsDefiniteFailure(const Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsResourceExhausted(status);
}

// Logs that a layer cannot be read, and why: the refusal of a push for want of
// its facts leads here.
void LogUnreadLayer(const Digest& layer, const Status& status);

class KnownFailures {
 public:
  explicit KnownFailures(absl::Duration keep) : keep_(keep) {}

  // Keeps `status` unless it is not definite.
  void Add(const Digest& layer, const Status& status, absl::Time now);
  // OK where nothing is known.
  Status Find(const Digest& layer, absl::Time now) const;

 private:
  struct Failure {
    Status status;
    absl::Time until;
  };
  void DropOldest(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const absl::Duration keep_;
  mutable std::mutex mutex_;  // guards what follows
  absl::flat_hash_map<Digest, Failure> failures_;
  std::deque<Digest> order_;  // oldest first
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_LAYERS_KNOWN_FAILURES_H_

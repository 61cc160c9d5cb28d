// Which blobs the gateway has itself seen in which repository lately, and with
// whose credential: stored through it, or answered for by the upstream. Saves
// that credential the question, and tells another one nothing: an upstream that
// hides a blob from somebody goes on to. Bounded; safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_SEEN_BLOBS_H_
#define PLIMSOLL_GATEWAY_ADMISSION_SEEN_BLOBS_H_

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "policy/oci/digest.h"

namespace plimsoll {

class SeenBlobs {
 public:
  static constexpr absl::Duration kRemembered = absl::Minutes(10);
  static constexpr size_t kMaxBlobs = 100'000;
  static constexpr size_t kMaxCredentials = 8;  // of one blob

  explicit SeenBlobs(std::function<absl::Time()> clock = absl::Now)
      : clock_(std::move(clock)) {}

  // Remembers it for kRemembered from now. `credential` is its class
  // (CredentialClass), never the secret.
  void Add(absl::string_view repository, const Digest& digest,
           absl::string_view credential);
  bool Has(absl::string_view repository, const Digest& digest,
           absl::string_view credential) const;
  // Forgets a blob for all of them: it was deleted.
  void Remove(absl::string_view repository, const Digest& digest);

 private:
  struct Seen {
    std::string credential;
    absl::Time until;
  };
  void MakeRoom(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::function<absl::Time()> clock_;
  mutable std::mutex mutex_;
  absl::flat_hash_map<std::string, std::vector<Seen>> seen_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_SEEN_BLOBS_H_

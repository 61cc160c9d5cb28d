// Registry: read access to one repository of a registry, or to an image on
// disk, with one credential. A port: the upstream over HTTP, an OCI layout, a
// docker archive and the tests' fake implement it. Calls of one object may
// overlap; all run on the awaiter's loop.
//
// Every call returns NotFound where the thing is not there, Unauthenticated or
// PermissionDenied where the credential does not reach it (with the upstream's
// challenge, see Challenge()), ResourceExhausted past a size limit, DataLoss
// where bytes do not match the digest asked for, DeadlineExceeded past the
// deadline, and Unavailable for every other failure to get an answer (with what
// the upstream asked for where it is too busy, see RetryAfter()).
#ifndef PLIMSOLL_GATEWAY_REGISTRY_REGISTRY_H_
#define PLIMSOLL_GATEWAY_REGISTRY_REGISTRY_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/task.h"
#include "policy/oci/digest.h"
#include "policy/oci/manifest.h"
#include "policy/status.h"

namespace plimsoll {

struct FetchedManifest {
  std::string bytes;
  std::string media_type;
  Digest digest;  // of `bytes`, computed here
};

// Takes a blob's bytes in order. A status other than OK ends the stream.
using BlobSink = std::function<Task<Status>(absl::string_view bytes)>;

class Registry {
 public:
  virtual ~Registry() = default;

  // `reference` is a tag or a digest.
  virtual Task<StatusOr<FetchedManifest>> FetchManifest(
      std::string reference, absl::Time deadline,
      size_t max_bytes = kMaxManifestBytes) = 0;
  // The whole blob, verified against `digest`.
  virtual Task<StatusOr<std::string>> FetchBlob(Digest digest, size_t max_bytes,
                                                absl::Time deadline) = 0;
  // At most the first `count` bytes; unverified, for magic numbers only.
  virtual Task<StatusOr<std::string>> FetchBlobStart(Digest digest,
                                                     size_t count,
                                                     absl::Time deadline) = 0;
  // Whether the blob is there for this credential. Nothing is read.
  virtual Task<Status> HeadBlob(Digest digest, absl::Time deadline) = 0;
  // Streams a blob of `size` bytes into `sink`. The caller hashes. A stall of
  // `idle` without a byte is DeadlineExceeded; there is no total deadline.
  virtual Task<Status> StreamBlob(Digest digest, absl::Duration idle,
                                  BlobSink sink) = 0;
};

// DeadlineExceeded past `deadline`.
Status CheckDeadline(absl::Time deadline);

// The upstream's WWW-Authenticate value carried by an Unauthenticated status;
// empty where it has none.
std::string Challenge(const Status& status);
Status WithChallenge(Status status, absl::string_view challenge);

// How long a registry that is too busy asks to be left alone, carried by an
// Unavailable status; nullopt where it is unavailable for another reason.
inline constexpr absl::Duration kMaxRetryAfter = absl::Minutes(5);
std::optional<absl::Duration> RetryAfter(const Status& status);
// At least a second and at most kMaxRetryAfter of `wait`.
Status WithRetryAfter(Status status, absl::Duration wait);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_REGISTRY_H_

// FakeRegistry: a registry in memory that keeps state (repositories with
// manifests, tags and blobs) and hands out Registry views of one repository.
// Switches change how it answers from the next call on; counters say what was
// read. Safe from any thread. The views share the state and may outlive it.
#ifndef PLIMSOLL_TESTS_SUPPORT_FAKE_REGISTRY_H_
#define PLIMSOLL_TESTS_SUPPORT_FAKE_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/registry/registry.h"
#include "policy/oci/digest.h"

namespace plimsoll {

class FakeRegistry {
 public:
  struct Switches {
    // Not empty: every call is Unauthenticated and carries this challenge.
    std::string challenge;
    bool forbidden = false;    // every call is PermissionDenied
    bool unavailable = false;  // every call is Unavailable
    // No call answers: DeadlineExceeded at its deadline (StreamBlob: after
    // `idle`), or the answer once Release() was called.
    bool slow = false;
    // What is read arrives with its last byte changed.
    bool wrong_bytes = false;
    size_t piece_bytes = 64 << 10;  // StreamBlob's pieces
  };
  struct Reads {
    int manifests = 0;
    int blobs = 0;
    int starts = 0;
    int heads = 0;
    int streams = 0;
    int64_t streamed_bytes = 0;
  };

  FakeRegistry();

  Digest PutBlob(absl::string_view repository, absl::string_view bytes);
  // Under `digest`, whether or not it is that of the bytes.
  void PutBlobAs(absl::string_view repository, const Digest& digest,
                 absl::string_view bytes);
  // Stored under the sha256 of `bytes`, and under `tag` unless it is empty.
  Digest PutManifest(absl::string_view repository, absl::string_view bytes,
                     absl::string_view media_type, absl::string_view tag = "");
  void DeleteBlob(absl::string_view repository, const Digest& digest);
  void DeleteManifest(absl::string_view repository, const Digest& digest);

  // A view of one repository, which need not exist yet.
  std::shared_ptr<Registry> Open(absl::string_view repository) const;

  void Set(Switches switches);
  // Turns `slow` off and lets every waiting call answer.
  void Release();
  // How many calls wait because of `slow`.
  int Waiting() const;
  Reads reads() const;

 private:
  friend class FakeRepository;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_FAKE_REGISTRY_H_

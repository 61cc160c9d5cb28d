// Content addresses: "sha256:" and 64 lower-case hex digits, or "sha512:" and
// 128 (image-spec descriptor.md). A Digest that exists is well-formed. Values;
// safe for concurrent use.
#ifndef PLIMSOLL_POLICY_OCI_DIGEST_H_
#define PLIMSOLL_POLICY_OCI_DIGEST_H_

#include <compare>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "policy/status.h"

namespace plimsoll {

class Digest {
 public:
  enum class Algorithm { kSha256, kSha512 };

  // InvalidArgument for anything but the two forms above, upper-case hex
  // included.
  static StatusOr<Digest> Parse(absl::string_view text);
  // The digest of `bytes`.
  static Digest Sha256(absl::string_view bytes);
  static Digest Compute(Algorithm algorithm, absl::string_view bytes);

  Algorithm algorithm() const { return algorithm_; }
  // "sha256:0123..."; the whole text is also the sort key.
  const std::string& ToString() const { return text_; }
  absl::string_view hex() const;
  // "sha256:" and the first 12 digits, for people.
  std::string Short() const;

  friend bool operator==(const Digest& a, const Digest& b) {
    return a.text_ == b.text_;
  }
  friend std::strong_ordering operator<=>(const Digest& a, const Digest& b) {
    return a.text_.compare(b.text_) <=> 0;
  }
  template <typename H>
  friend H AbslHashValue(H h, const Digest& d) {
    return H::combine(std::move(h), d.text_);
  }

 private:
  friend class Hasher;
  Digest(Algorithm algorithm, std::string text)
      : algorithm_(algorithm), text_(std::move(text)) {}
  Algorithm algorithm_;
  std::string text_;
};

// Hashes a stream of bytes. Not for concurrent use; movable.
class Hasher {
 public:
  explicit Hasher(Digest::Algorithm algorithm = Digest::Algorithm::kSha256);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void Update(absl::string_view bytes);
  // The digest of all bytes so far. REQUIRES: called once.
  Digest Finish();

 private:
  struct Context;
  Digest::Algorithm algorithm_;
  std::unique_ptr<Context> context_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_OCI_DIGEST_H_

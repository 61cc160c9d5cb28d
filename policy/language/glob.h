// Globs over names: repositories, tags, images, label values. `*` stands for
// any characters of one segment, `**` for any characters, "/" included, `**/`
// at the start of a segment also for nothing, `{a,b}` for a or b. Everything
// else is itself; `?`, `[`, `]` and `\` are refused, since other dialects read
// them otherwise. Values; matching is bounded by pattern times text and safe
// for concurrent use.
#ifndef PLIMSOLL_POLICY_LANGUAGE_GLOB_H_
#define PLIMSOLL_POLICY_LANGUAGE_GLOB_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxGlobBytes = 512;
// Longer texts match nothing.
inline constexpr size_t kMaxGlobTextBytes = 4096;

class Glob {
 public:
  // InvalidArgument for an empty or too long pattern, a refused character,
  // `***`, and braces that nest, hold nothing or do not close.
  static StatusOr<Glob> Parse(absl::string_view pattern);

  bool Matches(absl::string_view text) const;
  const std::string& pattern() const { return pattern_; }

  friend bool operator==(const Glob& a, const Glob& b) {
    return a.pattern_ == b.pattern_;
  }

 private:
  friend class GlobCompiler;
  // One state of the automaton. kSplit goes on to `next` and `other` without
  // reading; the others read one character, and the loops stay as well.
  struct State {
    enum class Kind : uint8_t { kChar, kSegmentLoop, kLoop, kSplit, kEnd };
    Kind kind = Kind::kEnd;
    char character = 0;
    uint16_t next = 0;
    uint16_t other = 0;
  };
  Glob() = default;
  void Reach(uint16_t state, std::vector<bool>& seen,
             std::vector<uint16_t>& active) const;

  std::string pattern_;
  std::vector<State> states_;
};

bool MatchesAny(absl::Span<const Glob> globs, absl::string_view text);

// Whether a glob matches an image's name: with its tag or without it, never
// with its digest. "docker.io/library/debian" matches
// "docker.io/library/debian:12@sha256:...".
bool MatchesImage(absl::Span<const Glob> globs, absl::string_view name);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_GLOB_H_

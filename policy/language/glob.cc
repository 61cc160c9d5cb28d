#include "policy/language/glob.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {

// Compiles a pattern to states, left to right. Every piece starts at the state
// that is next to be made; the ends of alternatives are patched.
class GlobCompiler {
 public:
  explicit GlobCompiler(absl::string_view pattern) : left_(pattern) {
    glob_.pattern_ = std::string(pattern);
  }

  StatusOr<Glob> Compile() {
    while (!left_.empty()) RETURN_IF_ERROR(Step());
    if (in_braces_) return absl::InvalidArgumentError("`{` is not closed");
    Emit(State::Kind::kEnd);
    return std::move(glob_);
  }

 private:
  using State = Glob::State;

  uint16_t Here() const { return static_cast<uint16_t>(glob_.states_.size()); }
  void Emit(State::Kind kind, char character = 0) {
    const auto next = static_cast<uint16_t>(Here() + 1);
    glob_.states_.push_back({kind, character, next, next});
  }

  Status Step();
  Status Stars();
  Status OpenBraces();
  void Comma();
  void CloseBraces();

  Glob glob_;
  absl::string_view left_;
  bool segment_start_ = true;
  bool in_braces_ = false;
  bool braces_start_segment_ = false;
  uint16_t alternative_ = 0;    // the split before the open alternative
  std::vector<uint16_t> ends_;  // jumps at the ends of alternatives
};

// Other dialects read these otherwise.
Status Refused(char c) {
  const absl::string_view instead =
      c == '?'    ? "write `*` for any characters"
      : c == '\\' ? "every other character stands for itself"
                  : "write {a,b} for a or b";
  return absl::InvalidArgumentError(
      absl::StrCat("`", absl::string_view(&c, 1),
                   "` is not used in these globs; ", instead));
}

Status GlobCompiler::Step() {
  const char c = left_.front();
  if (c == '*') return Stars();
  left_.remove_prefix(1);
  if (c == '{') return OpenBraces();
  if (c == ',' && in_braces_) {
    Comma();
  } else if (c == '}') {
    if (!in_braces_) return absl::InvalidArgumentError("`}` closes nothing");
    CloseBraces();
  } else if (c == '?' || c == '[' || c == ']' || c == '\\') {
    return Refused(c);
  } else {
    Emit(State::Kind::kChar, c);
    segment_start_ = c == '/';
  }
  return absl::OkStatus();
}

Status GlobCompiler::Stars() {
  if (left_.substr(0, 3) == "***") {
    return absl::InvalidArgumentError(
        "more than two `*`; write `**` for any number of segments");
  }
  const bool starts_segment = std::exchange(segment_start_, false);
  if (left_.substr(0, 2) != "**") {
    left_.remove_prefix(1);
    Emit(State::Kind::kSegmentLoop);
    return absl::OkStatus();
  }
  left_.remove_prefix(2);
  if (!starts_segment || left_.substr(0, 1) != "/") {
    Emit(State::Kind::kLoop);
    return absl::OkStatus();
  }
  // Either nothing, or anything that ends in "/".
  left_.remove_prefix(1);
  const uint16_t split = Here();
  Emit(State::Kind::kSplit);
  Emit(State::Kind::kLoop);
  Emit(State::Kind::kChar, '/');
  glob_.states_[split].other = Here();
  segment_start_ = true;
  return absl::OkStatus();
}

Status GlobCompiler::OpenBraces() {
  if (in_braces_) {
    return absl::InvalidArgumentError("braces do not nest; write two globs");
  }
  if (left_.substr(0, 1) == "}") {
    return absl::InvalidArgumentError("`{}` holds nothing");
  }
  in_braces_ = true;
  braces_start_segment_ = segment_start_;
  alternative_ = Here();
  Emit(State::Kind::kSplit);
  return absl::OkStatus();
}

void GlobCompiler::Comma() {
  ends_.push_back(Here());
  Emit(State::Kind::kSplit);
  glob_.states_[alternative_].other = Here();
  alternative_ = Here();
  Emit(State::Kind::kSplit);
  segment_start_ = braces_start_segment_;
}

void GlobCompiler::CloseBraces() {
  for (const uint16_t end : ends_) {
    glob_.states_[end].next = glob_.states_[end].other = Here();
  }
  ends_.clear();
  in_braces_ = false;
  segment_start_ = false;
}

StatusOr<Glob> Glob::Parse(absl::string_view pattern) {
  if (pattern.empty()) return absl::InvalidArgumentError("a glob is not empty");
  if (pattern.size() > kMaxGlobBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a glob has at most ", kMaxGlobBytes, " bytes"));
  }
  return GlobCompiler(pattern).Compile();
}

// Adds `state` and what it reaches without reading.
void Glob::Reach(uint16_t state, std::vector<bool>& seen,
                 std::vector<uint16_t>& active) const {
  // Every step goes onwards, so this ends; only splits fork, and what they
  // lead to is seen once.
  while (!seen[state]) {
    seen[state] = true;
    const State& s = states_[state];
    if (s.kind == State::Kind::kSplit) {
      Reach(s.other, seen, active);
    } else {
      active.push_back(state);
      const bool is_loop =
          s.kind == State::Kind::kLoop || s.kind == State::Kind::kSegmentLoop;
      if (!is_loop) return;  // a loop may also stand for nothing
    }
    state = s.next;
  }
}

bool Glob::Matches(absl::string_view text) const {
  if (text.size() > kMaxGlobTextBytes) return false;
  std::vector<uint16_t> active;
  std::vector<bool> seen(states_.size());
  Reach(0, seen, active);
  std::vector<uint16_t> after;
  for (const char c : text) {
    after.clear();
    seen.assign(states_.size(), false);
    for (const uint16_t at : active) {
      const State& s = states_[at];
      const bool stays = s.kind == State::Kind::kLoop ||
                         (s.kind == State::Kind::kSegmentLoop && c != '/');
      if (stays) Reach(at, seen, after);
      if (s.kind == State::Kind::kChar && s.character == c) {
        Reach(s.next, seen, after);
      }
    }
    if (after.empty()) return false;
    active.swap(after);
  }
  return seen[states_.size() - 1];
}

bool MatchesAny(absl::Span<const Glob> globs, absl::string_view text) {
  for (const Glob& glob : globs) {
    if (glob.Matches(text)) return true;
  }
  return false;
}

bool MatchesImage(absl::Span<const Glob> globs, absl::string_view name) {
  name = name.substr(0, name.find('@'));
  if (name.empty()) return false;
  if (MatchesAny(globs, name)) return true;
  const size_t colon = name.rfind(':');
  if (colon == absl::string_view::npos) return false;
  // A colon before a "/" is that of a port.
  if (name.find('/', colon) != absl::string_view::npos) return false;
  return MatchesAny(globs, name.substr(0, colon));
}

}  // namespace plimsoll

#include "policy/base/history.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

using Entries = absl::Span<const HistoryEntry>;

constexpr absl::string_view kShell = "/bin/sh -c ";
constexpr absl::string_view kNop = "/bin/sh -c #(nop) ";

// A comment as buildah leaves it: "FROM x" alone or after the author's words.
struct Comment {
  absl::string_view text;  // without the FROM
  absl::string_view from;  // "" where there is none
};

Comment SplitComment(absl::string_view comment) {
  absl::string_view from = comment;
  if (absl::ConsumePrefix(&from, "FROM ")) {
    if (!absl::StrContains(from, ' ')) return {"", from};
  }
  const size_t at = comment.rfind(" FROM ");
  if (at == absl::string_view::npos) return {comment, ""};
  from = comment.substr(at + 6);
  if (from.empty() || absl::StrContains(from, ' ')) return {comment, ""};
  return {comment.substr(0, at), from};
}

// buildah names its own intermediate images by ID: no base of anybody's.
bool IsImageId(absl::string_view text) {
  return (text.size() == 12 || text.size() == 64) &&
         std::all_of(text.begin(), text.end(), absl::ascii_isxdigit);
}

// The base that an entry's FROM comment names, or "".
absl::string_view FromName(const HistoryEntry& entry) {
  const absl::string_view from = SplitComment(entry.comment).from;
  if (from.empty() || IsImageId(from)) return "";
  return Reference::Parse(from).ok() ? from : absl::string_view();
}

// Which builder wrote an entry, as far as its words show. Docker's first
// builder and buildah write alike.
absl::string_view BuilderOf(const HistoryEntry& entry) {
  for (absl::string_view author : {"kaniko", "ko", "Jib", "apko", "Bazel"}) {
    if (entry.author == author) return author;
  }
  if (absl::StartsWith(entry.comment, "buildkit.")) return "buildkit";
  if (absl::StartsWith(entry.comment, "debuerreotype")) return "debuerreotype";
  if (absl::StartsWith(entry.created_by, "bazel build")) return "Bazel";
  if (absl::StartsWith(entry.created_by, kShell)) return "shell";
  // Build arguments: "|1 A=b /bin/sh -c ...".
  if (absl::StartsWith(entry.created_by, "|")) return "shell";
  return "other";
}

// An entry that buildah writes before the one layer of a build without
// --layers: metadata with one blank, or a command whose layer comes later.
bool PrecedesOnlyLayer(const HistoryEntry& entry) {
  if (!entry.empty_layer) return false;
  if (!SplitComment(entry.comment).from.empty()) return false;
  absl::string_view text = entry.created_by;
  if (absl::ConsumePrefix(&text, kNop)) return !absl::StartsWith(text, " ");
  return absl::StartsWith(text, kShell) && !absl::StrContains(text, "#(nop)");
}

// Where the build begins whose FROM comment stands at `at`: on its first entry,
// or, without --layers, on its last.
size_t BoundaryOfFrom(Entries history, size_t at) {
  size_t boundary = at;
  if (at + 1 != history.size() || history[at].empty_layer) return boundary;
  while (boundary > 0 && PrecedesOnlyLayer(history[boundary - 1])) --boundary;
  return boundary;
}

bool IsCommand(const HistoryEntry& entry) {
  if (!entry.empty_layer) return false;
  absl::string_view text = entry.created_by;
  absl::ConsumePrefix(&text, kNop);
  return absl::StartsWith(absl::StripLeadingAsciiWhitespace(text), "CMD");
}

// Where the entries of the last builder begin.
size_t LastBuilder(Entries history) {
  if (history.empty()) return 0;
  const absl::string_view builder = BuilderOf(history.back());
  size_t top = history.size();
  while (top > 0 && BuilderOf(history[top - 1]) == builder) --top;
  return top;
}

// The boundary without any FROM comment: the last CMD below the layers of the
// last builder, whose entries begin at `top`, else where it took over.
size_t GuessBoundary(Entries history, size_t top) {
  if (history.empty()) return 0;
  // docker --squash leaves every entry and moves the layers to the last one.
  if (absl::StartsWith(history.back().comment, "merge sha256:")) return 0;
  size_t end = history.size();
  while (end > top && history[end - 1].empty_layer) --end;
  for (size_t i = end; i > top; --i) {
    if (IsCommand(history[i - 1])) return i;
  }
  return top;
}

bool SameStep(const HistoryEntry& a, const HistoryEntry& b) {
  return a.created_by == b.created_by && a.author == b.author &&
         a.empty_layer == b.empty_layer &&
         SplitComment(a.comment).text == SplitComment(b.comment).text;
}

}  // namespace

HistoryWalk WalkHistory(Entries history, size_t layer_count) {
  HistoryWalk walk;
  walk.entries = history.size();
  for (size_t i = 0; i < history.size(); ++i) {
    if (!history[i].empty_layer) walk.layer_entry.push_back(i);
  }
  walk.consistent = history.empty() || walk.layer_entry.size() == layer_count;
  if (!walk.consistent) walk.layer_entry.clear();
  // A FROM below the last builder's entries is the base's own.
  const size_t top = LastBuilder(history);
  for (size_t i = history.size(); i > top; --i) {
    const absl::string_view from = FromName(history[i - 1]);
    if (from.empty()) continue;
    walk.from = std::string(from);
    walk.boundary = BoundaryOfFrom(history, i - 1);
    return walk;
  }
  walk.boundary = GuessBoundary(history, top);
  return walk;
}

std::optional<size_t> HistoryPrefix(Entries base, Entries image) {
  if (base.size() > image.size()) return std::nullopt;
  if (!std::equal(base.begin(), base.end(), image.begin(), SameStep)) {
    return std::nullopt;
  }
  return base.size();
}

}  // namespace plimsoll

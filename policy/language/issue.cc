#include "policy/language/issue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {

std::string Issue::ToString() const {
  if (line == 0) return absl::StrCat(file, ": ", message);
  return absl::StrCat(file, ":", line, ":", column, ": ", message);
}

std::string FormatIssues(const std::vector<Issue>& issues) {
  std::string text;
  for (const Issue& issue : issues) {
    absl::StrAppend(&text, issue.ToString(), "\n");
  }
  return text;
}

int Issues::AddFile(absl::string_view name) {
  files_.push_back(Printable(name));
  return static_cast<int>(files_.size()) - 1;
}

void Issues::Add(const Place& place, absl::string_view message) {
  if (found_.size() == kMax) {
    ++left_out_;
    return;
  }
  // Text of the file may be in it, and an issue is one line.
  found_.push_back({place, CutShort(Printable(message), kMaxMessageBytes)});
}

std::string Issues::Describe(const Place& place) const {
  return absl::StrCat(files_[static_cast<size_t>(place.file)], ":", place.line);
}

std::vector<Issue> Issues::Take() {
  std::stable_sort(
      found_.begin(), found_.end(),
      [](const Found& a, const Found& b) { return a.place < b.place; });
  std::vector<Issue> issues;
  issues.reserve(found_.size() + 1);
  for (Found& found : found_) {
    issues.push_back({files_[static_cast<size_t>(found.place.file)],
                      found.place.line, found.place.column,
                      std::move(found.message)});
  }
  if (left_out_ > 0) {
    issues.push_back({issues.back().file, 0, 0,
                      absl::StrCat("and ", Counted(left_out_, "more issue"))});
  }
  found_.clear();
  left_out_ = 0;
  return issues;
}

}  // namespace plimsoll

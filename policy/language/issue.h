// Issues: mistakes in files that people write. All of them are collected, so
// that one run shows them all; an issue is never a Status. Values.
#ifndef PLIMSOLL_POLICY_LANGUAGE_ISSUE_H_
#define PLIMSOLL_POLICY_LANGUAGE_ISSUE_H_

#include <compare>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace plimsoll {

struct Issue {
  std::string file;
  int line = 0;    // from 1; 0 for the file as a whole
  int column = 0;  // in bytes, from 1
  std::string message;

  // "policies.yaml:4:7: unknown key `tag`".
  std::string ToString() const;
  friend bool operator==(const Issue&, const Issue&) = default;
};

// One line for each issue, each ended by a line feed.
std::string FormatIssues(const std::vector<Issue>& issues);

// Where something stands. `file` is a number given by Issues::AddFile.
struct Place {
  int file = 0;
  int line = 0;
  int column = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

// Collects issues of any number of files. Not for concurrent use.
class Issues {
 public:
  // Issues past this many are counted and not kept.
  static constexpr size_t kMax = 100;
  static constexpr size_t kMaxMessageBytes = 500;

  // Starts a file; places in it carry the returned number.
  int AddFile(absl::string_view name);
  void Add(const Place& place, absl::string_view message);

  bool empty() const { return found_.empty(); }
  size_t size() const { return found_.size() + left_out_; }
  // "policies.yaml:4", for messages that speak of another place.
  std::string Describe(const Place& place) const;
  // All of them in the order of files, lines and columns.
  std::vector<Issue> Take();

 private:
  struct Found {
    Place place;
    std::string message;
  };
  std::vector<std::string> files_;
  std::vector<Found> found_;
  size_t left_out_ = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_ISSUE_H_

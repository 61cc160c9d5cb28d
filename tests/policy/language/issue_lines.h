// What tests of the policy language share: issues as the lines that people
// read, and tables of texts that are refused.
#ifndef PLIMSOLL_TESTS_POLICY_LANGUAGE_ISSUE_LINES_H_
#define PLIMSOLL_TESTS_POLICY_LANGUAGE_ISSUE_LINES_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/language/issue.h"

namespace plimsoll {

using Lines = std::vector<std::string>;

inline Lines IssueLines(const std::vector<Issue>& issues) {
  Lines lines;
  for (const Issue& issue : issues) lines.push_back(issue.ToString());
  return lines;
}

// `text` has exactly these issues, in this order.
struct RejectCase {
  std::string text;
  Lines issues;
};

inline std::string Repeat(const std::string& text, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_LANGUAGE_ISSUE_LINES_H_

// Documents for tests of the loader, shorter than people write them.
#ifndef PLIMSOLL_TESTS_POLICY_LANGUAGE_DOCUMENTS_TEXT_H_
#define PLIMSOLL_TESTS_POLICY_LANGUAGE_DOCUMENTS_TEXT_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/language/load.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {

// Lines 1 to 3 of a document; `spec` starts in line 4.
inline std::string DocumentText(const std::string& kind,
                                const std::string& name,
                                const std::string& spec) {
  return absl::StrCat("apiVersion: plimsoll.dev/v1alpha1\nkind: ", kind,
                      "\nmetadata: {name: ", name, "}\n", spec);
}

// A policy whose rules start in line 7, each "  - {...}\n".
inline std::string PolicyText(const std::string& name,
                              const std::string& rules) {
  return DocumentText(
      "BaseImagePolicy", name,
      "spec:\n  match: {repositories: [\"**\"]}\n  rules:\n" + rules);
}

// A catalog whose sources start in line 6.
inline std::string CatalogText(const std::string& name,
                               const std::string& sources) {
  return DocumentText("BaseCatalog", name, "spec:\n  sources:\n" + sources);
}

inline LoadedPolicies LoadText(const std::string& text) {
  const PolicyFile file{"p.yaml", text};
  return LoadPolicies({&file, 1});
}

// The set of a text that has no issue.
inline PolicySet Accepted(const std::string& text) {
  LoadedPolicies loaded = LoadText(text);
  EXPECT_EQ(IssueLines(loaded.issues), Lines{}) << text;
  EXPECT_TRUE(loaded.policies.has_value()) << text;
  return std::move(loaded.policies).value_or(PolicySet{});
}

// The issues of a text that has some.
inline Lines IssuesOfText(const std::string& text) {
  const LoadedPolicies loaded = LoadText(text);
  EXPECT_FALSE(loaded.policies.has_value()) << text;
  return IssueLines(loaded.issues);
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_LANGUAGE_DOCUMENTS_TEXT_H_

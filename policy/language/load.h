// Policy files to a policy set: YAML documents of the kinds BaseImagePolicy and
// BaseCatalog, any number in a file, compiled together or not at all. Pure;
// safe for concurrent use.
#ifndef PLIMSOLL_POLICY_LANGUAGE_LOAD_H_
#define PLIMSOLL_POLICY_LANGUAGE_LOAD_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/language/issue.h"
#include "policy/policy_set.h"

namespace plimsoll {

inline constexpr absl::string_view kApiVersion = "plimsoll.dev/v1alpha1";
// Bounds of one set.
inline constexpr size_t kMaxPolicyFiles = 1000;
inline constexpr size_t kMaxPolicies = 1000;
inline constexpr size_t kMaxRulesPerPolicy = 100;

struct PolicyFile {
  std::string name;  // as issues show it
  std::string bytes;
};

struct LoadedPolicies {
  // Absent where there is any issue.
  std::optional<PolicySet> policies;
  std::vector<Issue> issues;
};

// `no_match` goes into the set, and into its revision. No file at all gives a
// set without policies, under which everything meets `no_match`.
LoadedPolicies LoadPolicies(absl::Span<const PolicyFile> files,
                            Action no_match = Action::kDeny);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_LANGUAGE_LOAD_H_

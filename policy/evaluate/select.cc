#include "policy/evaluate/select.h"

#include <algorithm>

namespace plimsoll {
namespace {

bool MatchesRepository(const Policy& policy, const std::string& repository) {
  return MatchesAny(policy.match.repositories, repository) &&
         !MatchesAny(policy.match.exclude_repositories, repository);
}

bool MatchesTag(const Policy& policy, const std::string& tag) {
  return policy.match.tags.empty() || MatchesAny(policy.match.tags, tag);
}

Selection SelectByTags(const std::vector<const Policy*>& of_repository,
                       const std::vector<std::string>& tags) {
  Selection selection;
  for (const Policy* policy : of_repository) {
    const bool matches = std::any_of(
        tags.begin(), tags.end(),
        [policy](const std::string& tag) { return MatchesTag(*policy, tag); });
    if (matches) selection.policies.push_back(policy);
  }
  for (const std::string& tag : tags) {
    const auto& policies = selection.policies;
    const bool matched = std::any_of(
        policies.begin(), policies.end(),
        [&tag](const Policy* policy) { return MatchesTag(*policy, tag); });
    if (!matched) selection.unmatched.push_back(tag);
  }
  return selection;
}

}  // namespace

Selection SelectPolicies(const PolicySet& set, const Subject& subject,
                         Stage stage) {
  std::vector<const Policy*> of_repository;
  for (const Policy& policy : set.policies) {
    if (MatchesRepository(policy, subject.repository)) {
      of_repository.push_back(&policy);
    }
  }
  if (!subject.tags.empty()) return SelectByTags(of_repository, subject.tags);
  Selection selection;
  for (const Policy* policy : of_repository) {
    if (stage == Stage::kJudged || policy->match.tags.empty()) {
      selection.policies.push_back(policy);
    }
  }
  if (!selection.policies.empty()) return selection;
  if (of_repository.empty()) {
    selection.unmatched.push_back("");
  } else {
    selection.is_left_to_tags = true;
  }
  return selection;
}

}  // namespace plimsoll

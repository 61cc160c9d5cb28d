// Which policies judge a subject. Pure.
#ifndef PLIMSOLL_POLICY_EVALUATE_SELECT_H_
#define PLIMSOLL_POLICY_EVALUATE_SELECT_H_

#include <string>
#include <vector>

#include "policy/evaluate.h"
#include "policy/evidence.h"
#include "policy/policy_set.h"

namespace plimsoll {

struct Selection {
  // In the order of the set; those of all tags of the subject.
  std::vector<const Policy*> policies;
  // References that no policy judges: tags, or "" for the digest.
  std::vector<std::string> unmatched;
  // A staged subject that is judged when it is tagged, and only then.
  bool is_left_to_tags = false;
};

// By tag: the policies of the repository without a tag selector, and those
// whose selector matches. By digest: staged, those without a selector; judged,
// all of the repository.
Selection SelectPolicies(const PolicySet& set, const Subject& subject,
                         Stage stage);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_EVALUATE_SELECT_H_

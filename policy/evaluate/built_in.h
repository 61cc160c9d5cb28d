// The findings that no policy has to ask for: malformed bytes, artifacts, build
// caches, evidence that is missing for the subject as a whole, references that
// no policy matches, what is unusual in a manifest, a nearer base that is only
// claimed. Pure.
#ifndef PLIMSOLL_POLICY_EVALUATE_BUILT_IN_H_
#define PLIMSOLL_POLICY_EVALUATE_BUILT_IN_H_

#include <vector>

#include "policy/evaluate.h"
#include "policy/evaluate/select.h"
#include "policy/evidence.h"
#include "policy/policy_set.h"
#include "policy/verdict.h"

namespace plimsoll {

// Faults that deny whatever the policies say; empty for sound bytes.
std::vector<Finding> MalformedFindings(const Evidence& evidence);

// Of an artifact, to which no image policy applies.
std::vector<Finding> ArtifactFindings(const Evidence& evidence);

// Of what is in a repository for build caches: passes a push, fails elsewhere.
Finding BuildCacheFinding(const Subject& subject, bool is_push);

// Of references that no policy judges, by the set's no-match rule.
std::vector<Finding> UnmatchedFindings(const PolicySet& set,
                                       const Selection& selection,
                                       const Subject& subject);

// Of what is unusual in the subject, by the strictest action of `policies`;
// empty where one of them has a rule about that, or there is none.
std::vector<Finding> FormatFindings(const std::vector<const Policy*>& policies,
                                    const Evidence& evidence, absl::Time now);

// Of the subject under the policies that apply, of which there is at least one.
// Their strictest action is taken.
std::vector<Finding> SubjectFindings(const std::vector<const Policy*>& policies,
                                     const Evidence& evidence, absl::Time now);

// Fills in which image a finding is about.
void SetImage(const ImageEvidence& image, Finding& finding);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_EVALUATE_BUILT_IN_H_

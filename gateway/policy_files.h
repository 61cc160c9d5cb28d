// Reads policies from files and directories into one compiled set.
#ifndef PLIMSOLL_GATEWAY_POLICY_FILES_H_
#define PLIMSOLL_GATEWAY_POLICY_FILES_H_

#include <string>
#include <vector>

#include "policy/policy_set.h"
#include "policy/status.h"

namespace plimsoll {

// Of a directory, every *.yaml and *.yml in it that is not hidden, in order of
// name, not deeper. No path at all gives the built-in baseline. NotFound where
// a path cannot be read or a directory has none; InvalidArgument with every
// issue, one a line, where any file has one.
StatusOr<PolicySet> LoadPolicyFiles(const std::vector<std::string>& paths,
                                    Action no_match);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_POLICY_FILES_H_

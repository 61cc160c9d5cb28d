// Compiled policies: immutable, shared by reference. Made by policy/language
// from YAML, or by Baseline(). Values; safe for concurrent use.
#ifndef PLIMSOLL_POLICY_POLICY_SET_H_
#define PLIMSOLL_POLICY_POLICY_SET_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/language/glob.h"
#include "policy/rules/rule.h"
#include "policy/verdict.h"

namespace plimsoll {

// Which subjects a policy applies to. Empty `tags`: every reference, digests
// included. Empty `repositories` is an issue at load, never "all".
struct PolicyMatch {
  std::vector<Glob> repositories;
  std::vector<Glob> exclude_repositories;
  std::vector<Glob> tags;
};

struct Policy {
  std::string name;
  std::map<std::string, std::string> annotations;
  PolicyMatch match;
  Action action = Action::kDeny;
  Action on_missing_evidence = Action::kDeny;
  std::vector<Rule> rules;
};

// A named group of approved places, from kind BaseCatalog.
struct BaseSource {
  std::string name;
  std::string tier;          // official, third-party, distroless, own
  std::vector<Glob> images;  // "docker.io/library/{debian,python}", "scratch"
};

struct PolicySet {
  std::vector<Policy> policies;
  std::vector<BaseSource> sources;
  // What happens to a subject that no policy matches.
  Action no_match = Action::kDeny;
  // sha256 over all documents: names this set in decisions.
  std::string revision;
};

// The policy of `plimsoll serve --upstream` alone: warns about what the starter
// policy examples/baseline.yaml warns about.
PolicySet Baseline(Action no_match = Action::kDeny);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_POLICY_SET_H_

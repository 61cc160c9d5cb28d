#include <string>
#include <utility>

#include "policy/language/load.h"
#include "policy/policy_set.h"

namespace plimsoll {
namespace {

// What examples/baseline.yaml says; a test compares them.
constexpr absl::string_view kBaseline =
    R"yaml(# What `plimsoll serve --upstream URL` applies when it is given no policy: it
# refuses nothing but broken manifests, and tells what a stricter policy would
# say of every push. Copy it, and change Warn to Deny rule by rule.
apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata:
  name: baseline
spec:
  match:
    repositories: ["**"]
  action: Warn
  rules:
    - {name: known, check: base.identified, with: {minProof: verified}}
    - {name: approved, check: base.approved}
    - {name: not-denied, check: base.denied}
    - {name: non-root, check: config.user, with: {forbidRoot: true}}
    - {name: format, check: manifest.format}
)yaml";

}  // namespace

PolicySet Baseline(Action no_match) {
  const PolicyFile file{"baseline.yaml", std::string(kBaseline)};
  LoadedPolicies loaded = LoadPolicies({&file, 1}, no_match);
  // An empty set denies everything: a mistake in the text cannot admit.
  return std::move(loaded.policies).value_or(PolicySet{});
}

}  // namespace plimsoll

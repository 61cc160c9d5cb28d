// Links `policy` and nothing else: that it does is the test. Running it shows
// that the core judges with no shell around it: no policy, no admission.
#include <cstdlib>

#include "policy/base/catalog.h"
#include "policy/evaluate.h"
#include "policy/language/load.h"
#include "policy/oci/digest.h"

int main() {
  const auto loaded = plimsoll::LoadPolicies({});
  const auto catalog = plimsoll::BaseCatalog::New({});
  if (!loaded.policies.has_value() || !catalog.ok()) return EXIT_FAILURE;
  plimsoll::Subject subject = {.repository = "team/app",
                               .tags = {"v1"},
                               .digest = plimsoll::Digest::Sha256("{}"),
                               .media_type = "",
                               .size = 2};
  plimsoll::Evidence evidence = {
      subject, plimsoll::SubjectKind::kImage, {}, {}, {}, {}, {}, {}};
  const plimsoll::Verdict verdict = plimsoll::Evaluate(
      *loaded.policies, evidence, {.now = absl::UnixEpoch()});
  const bool explained = !verdict.findings.empty();
  return verdict.outcome == plimsoll::Outcome::kDeny && explained
             ? EXIT_SUCCESS
             : EXIT_FAILURE;
}

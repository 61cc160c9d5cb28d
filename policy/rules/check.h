// What every check has in common: what it may look at and what it answers.
//
// A check is a struct of parameters with a `kTraits`, a strict reader
// `static Params Parse(YamlFields&)` (mistakes go to the fields' issues) and a
// pure `CheckOutput Check(const Params&, const CheckInput&)`. Messages say what
// was found and what was expected, hints what to type next; both are one line,
// make sense alone, and quote text of the pusher (policy/text.h).
#ifndef PLIMSOLL_POLICY_RULES_CHECK_H_
#define PLIMSOLL_POLICY_RULES_CHECK_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/evidence.h"
#include "policy/verdict.h"

namespace plimsoll {

struct CheckTraits {
  absl::string_view id;        // "base.age"
  absl::string_view severity;  // of a failure, unless the rule says otherwise
  // Once for every image, or once for the subject as a whole.
  bool per_image = true;
  // Can flip without a change of bytes: warns at the webhook by default.
  bool flips = false;
  // Of no use without the facts of the layers.
  bool looks_at_base = false;
};

// Borrows.
struct CheckInput {
  const Evidence& evidence;
  const ImageEvidence* image;  // nullptr where the check is not per image
  absl::Time now;
};

struct CheckOutput {
  CheckResult result = CheckResult::kPass;
  std::string message;
  std::string hint;
  bool definite = false;  // fails for these bytes for ever
  bool pending = false;   // evidence is on its way
  // The next instant at which time alone changes this result.
  std::optional<absl::Time> changes_at;
};

CheckOutput Pass(std::string message);
CheckOutput Skip(std::string message);
CheckOutput Fail(std::string message, std::string hint);
CheckOutput FailForEver(std::string message, std::string hint);
// Evidence is missing.
CheckOutput Missing(std::string message, std::string hint);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_CHECK_H_

// The verdict: an outcome and the findings it rests on. Pure values; a Decision
// adds identity, time and door.
#ifndef PLIMSOLL_POLICY_VERDICT_H_
#define PLIMSOLL_POLICY_VERDICT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace plimsoll {

enum class Outcome { kAdmit, kWarn, kDeny, kStaged };
absl::string_view OutcomeName(Outcome outcome);  // "admit", ...

// What a failing rule does, weakest first: the strictest wins.
enum class Action { kAudit, kWarn, kDeny };
absl::string_view ActionName(Action action);  // "Deny"

// `error` is a gap met by a rule. `skip` passes: the rule does not apply.
enum class CheckResult { kPass, kSkip, kFail, kError };
absl::string_view CheckResultName(CheckResult result);

// One rule's result for one image (or for the subject as a whole).
struct Finding {
  std::string policy;  // "" for the built-in rules
  std::string rule;
  std::string check;
  std::string digest;    // of the image; "" for the whole subject
  std::string platform;  // "linux/amd64"; "" where it has none
  CheckResult result = CheckResult::kPass;
  Action action = Action::kDeny;  // that a failure or error takes here
  std::string severity;  // critical, high, medium, low, info; "" on a pass
  std::string message;   // what was found and what was expected
  std::string hint;      // what to type next
  std::string waiver;    // name of the waiver that excused it
  // The failure can never be cured for these bytes, so that a staged push is
  // refused too.
  bool definite = false;
  bool pending = false;  // evidence is on its way: push again
};

struct Verdict {
  Outcome outcome = Outcome::kDeny;
  // Failing ones first, then errors, then the rest; passes included.
  std::vector<Finding> findings;
  std::vector<std::string> policies;  // that applied, by name
  // The next instant at which time alone can change the outcome.
  std::optional<absl::Time> valid_until;
};

// One finding that the outcome rests on, for people.
struct Reason {
  // "policy `production` rule `approved`: ...", with the platform behind the
  // rule where several images were judged.
  std::string says;
  std::string hint;  // what to type next; "" for none
};
// All of them, in the order of the findings; none for an admission.
std::vector<Reason> ReasonsOf(const Verdict& verdict);

// The one line that a client shows: the first failing finding whole and how
// many more there are, at most `max_bytes`. "" where nothing fails or warns.
std::string SummarizeVerdict(const Verdict& verdict, size_t max_bytes);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_VERDICT_H_

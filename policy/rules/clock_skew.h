// How far the clock of who dated a piece of evidence may be ahead of ours.
#ifndef PLIMSOLL_POLICY_RULES_CLOCK_SKEW_H_
#define PLIMSOLL_POLICY_RULES_CLOCK_SKEW_H_

#include "absl/time/time.h"

namespace plimsoll {

inline constexpr absl::Duration kClockSkew = absl::Seconds(60);

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_RULES_CLOCK_SKEW_H_

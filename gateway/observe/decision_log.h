// Decisions as JSON lines for people and collectors, beside the store, which is
// the record that counts.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_
#define PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_

#include <memory>
#include <string>

#include "gateway/admission/admission.h"
#include "policy/status.h"

namespace plimsoll {

// `where` is "stdout", "stderr", a path to append to, or "" for nowhere. Each
// decision is one write of one line. Unavailable where the file cannot be
// opened.
StatusOr<std::unique_ptr<DecisionLog>> OpenDecisionLog(
    const std::string& where);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_

// Decisions as JSON lines for people and collectors, beside the store, which is
// the record that counts.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_
#define PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_

#include <memory>
#include <string>

#include "gateway/admission/decision_log.h"
#include "policy/status.h"

namespace plimsoll {

// `where` as in LogFile::Open, and fails as that; "" for nowhere. Each decision
// is a whole line.
StatusOr<std::unique_ptr<DecisionLog>> OpenDecisionLog(
    const std::string& where);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_

// Decisions as JSON lines for people and collectors, beside the store, which is
// the record that counts.
#ifndef PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_
#define PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_

#include <memory>
#include <string>

#include "gateway/admission/decision_log.h"
#include "policy/status.h"

namespace plimsoll {

// `where` is "stdout", "stderr", a path to append to, or "" for nowhere. Each
// decision is a whole line, written from a thread of its own: what cannot be
// written is dropped and counted (line_writer.h), nobody waits, and a crash may
// lose what was about to be written. Unavailable where the file cannot be
// opened, or is a named pipe that nobody reads.
StatusOr<std::unique_ptr<DecisionLog>> OpenDecisionLog(
    const std::string& where);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_OBSERVE_DECISION_LOG_H_

// DecisionLog: where decisions are written for people and collectors, beside
// the store, which is the record. A port; gateway/observe has it on a file.
// Cannot fail, never waits; safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_DECISION_LOG_H_
#define PLIMSOLL_GATEWAY_ADMISSION_DECISION_LOG_H_

#include "plimsoll/v1/decision.pb.h"

namespace plimsoll {

class DecisionLog {
 public:
  virtual ~DecisionLog() = default;
  virtual void Write(const v1::Decision& decision) = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_DECISION_LOG_H_

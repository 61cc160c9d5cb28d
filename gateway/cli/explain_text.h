// A decision as a person reads it, whole or as one of a list. Pure.
#ifndef PLIMSOLL_GATEWAY_CLI_EXPLAIN_TEXT_H_
#define PLIMSOLL_GATEWAY_CLI_EXPLAIN_TEXT_H_

#include <string>

#include "plimsoll/v1/decision.pb.h"

namespace plimsoll {

// What was decided and why first, then what is known of each image's base.
std::string ExplainText(const v1::Decision& decision);
// One line, and below it one for each rule that failed.
std::string ListText(const v1::Decision& decision);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_EXPLAIN_TEXT_H_

// A decision as a person reads it: what was decided and why first, then what is
// known of each image's base. Pure.
#ifndef PLIMSOLL_GATEWAY_CLI_EXPLAIN_TEXT_H_
#define PLIMSOLL_GATEWAY_CLI_EXPLAIN_TEXT_H_

#include <string>

#include "plimsoll/v1/decision.pb.h"

namespace plimsoll {

std::string ExplainText(const v1::Decision& decision);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_EXPLAIN_TEXT_H_

// The subcommands, for main's table.
#ifndef PLIMSOLL_GATEWAY_CLI_COMMANDS_H_
#define PLIMSOLL_GATEWAY_CLI_COMMANDS_H_

#include "gateway/cli/flags.h"

namespace plimsoll {

Command ServeCommand();

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_COMMANDS_H_

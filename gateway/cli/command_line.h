// A whole command line: finds the command that it names and runs it, or tells
// what there is. Prints to stdout and stderr.
#ifndef PLIMSOLL_GATEWAY_CLI_COMMAND_LINE_H_
#define PLIMSOLL_GATEWAY_CLI_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "gateway/cli/flags.h"

namespace plimsoll {

// `args` without the program's name. Returns the exit code: the command's own,
// 0 where help was asked for, 1 where no command is named or it is unknown,
// help asked for or not.
int RunCommandLine(absl::Span<const Command> commands,
                   const std::vector<std::string>& args);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_COMMAND_LINE_H_

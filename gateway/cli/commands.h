// The subcommands, for main's table.
#ifndef PLIMSOLL_GATEWAY_CLI_COMMANDS_H_
#define PLIMSOLL_GATEWAY_CLI_COMMANDS_H_

#include "gateway/cli/flags.h"

namespace plimsoll {

Command ServeCommand();
Command CheckCommand();
Command CatalogAddCommand();
Command CatalogListCommand();
Command CatalogShowCommand();
Command CatalogExportCommand();
Command CatalogImportCommand();
Command ReportAddCommand();
Command DecisionsCommand();
Command ExplainCommand();
Command DoctorCommand();

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_COMMANDS_H_

// The plimsoll program: one table of subcommands.
#include <csignal>
#include <string>
#include <vector>

#include "gateway/cli/command_line.h"
#include "gateway/cli/commands.h"

namespace plimsoll {
namespace {

std::vector<Command> Commands() {
  return {ServeCommand(),         CheckCommand(),       CatalogAddCommand(),
          CatalogListCommand(),   CatalogShowCommand(), CatalogExportCommand(),
          CatalogImportCommand(), ReportAddCommand(),   DecisionsCommand(),
          ExplainCommand(),       DoctorCommand()};
}

}  // namespace
}  // namespace plimsoll

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed peer is an error, not an end
  return plimsoll::RunCommandLine(
      plimsoll::Commands(), std::vector<std::string>(argv + 1, argv + argc));
}

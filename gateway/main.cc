// The plimsoll program: one table of subcommands.
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/flags.h"

namespace plimsoll {
namespace {

std::vector<Command> Commands() {
  return {ServeCommand(),         CheckCommand(),       CatalogAddCommand(),
          CatalogListCommand(),   CatalogShowCommand(), CatalogExportCommand(),
          CatalogImportCommand(), ReportAddCommand(),   DecisionsCommand(),
          ExplainCommand()};
}

// The commands that start with `group` ("catalog"); all of them for "".
std::string Overview(absl::string_view group) {
  std::string text =
      "plimsoll: the load line for container images\n\nusage: plimsoll COMMAND "
      "[flags]\n\n";
  for (const Command& command : Commands()) {
    if (!absl::StartsWith(command.name, group)) continue;
    std::string name = absl::StrCat("plimsoll ", command.name);
    name.resize(26, ' ');
    absl::StrAppend(&text, "  ", name, command.summary, "\n");
  }
  return text + "\nplimsoll COMMAND --help tells more.\n";
}

// Whether commands of two words start with `word`.
bool IsGroup(const std::string& word) {
  for (const Command& command : Commands()) {
    if (absl::StartsWith(command.name, word + " ")) return true;
  }
  return false;
}

// How many of `args` name `command`: its words, or 0.
size_t Named(const Command& command, const std::vector<std::string>& args) {
  const std::vector<std::string> words = absl::StrSplit(command.name, ' ');
  if (args.size() < words.size()) return 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (args[i] != words[i]) return 0;
  }
  return words.size();
}

int RunCommand(const Command& command, std::vector<std::string> args) {
  for (const std::string& arg : args) {
    if (arg == "--") break;
    if (arg != "--help" && arg != "-h") continue;
    std::fputs(FormatHelp(command).c_str(), stdout);
    return 0;
  }
  const StatusOr<Flags> flags = Flags::Parse(command.flags, args);
  if (flags.ok()) return command.run(*flags);
  std::fprintf(stderr, "plimsoll %s: %s\nusage: plimsoll %s %s\n",
               std::string(command.name).c_str(),
               std::string(flags.status().message()).c_str(),
               std::string(command.name).c_str(),
               std::string(command.usage).c_str());
  return 1;
}

int Main(const std::vector<std::string>& args) {
  for (const Command& command : Commands()) {
    const size_t words = Named(command, args);
    if (words == 0) continue;
    const auto first = args.begin() + static_cast<ptrdiff_t>(words);
    return RunCommand(command, std::vector<std::string>(first, args.end()));
  }
  const auto asks = [](const std::string& arg) {
    return arg == "--help" || arg == "-h" || arg == "help";
  };
  const bool asked = !args.empty() && asks(args.back());
  const std::string group = args.empty() || asks(args[0]) ? "" : args[0];
  std::fputs(Overview(IsGroup(group) ? group : "").c_str(),
             asked ? stdout : stderr);
  return asked ? 0 : 1;
}

}  // namespace
}  // namespace plimsoll

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed peer is an error, not an end
  return plimsoll::Main(std::vector<std::string>(argv + 1, argv + argc));
}

#include "gateway/cli/command_line.h"

#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace plimsoll {
namespace {

// The commands that start with `group` ("catalog "); all of them for "".
std::string Overview(absl::Span<const Command> commands,
                     absl::string_view group) {
  std::string text =
      "plimsoll: the load line for container images\n\nusage: plimsoll COMMAND "
      "[flags]\n\n";
  for (const Command& command : commands) {
    if (!absl::StartsWith(command.name, group)) continue;
    std::string name = absl::StrCat("plimsoll ", command.name);
    name.resize(26, ' ');
    absl::StrAppend(&text, "  ", name, command.summary, "\n");
  }
  return text + "\nplimsoll COMMAND --help tells more.\n";
}

// Whether commands of two words start with `word`.
bool IsGroup(absl::Span<const Command> commands, const std::string& word) {
  for (const Command& command : commands) {
    if (absl::StartsWith(command.name, word + " ")) return true;
  }
  return false;
}

bool AsksForHelp(absl::string_view arg) {
  return arg == "--help" || arg == "-h" || arg == "help";
}

// How many of `args` name `command`: its words, or 0.
size_t Named(const Command& command, absl::Span<const std::string> args) {
  const std::vector<std::string> words = absl::StrSplit(command.name, ' ');
  const bool is_named =
      args.size() >= words.size() &&
      absl::MakeConstSpan(words) == args.subspan(0, words.size());
  return is_named ? words.size() : 0;
}

int RunCommand(const Command& command, absl::Span<const std::string> args) {
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

// "plimsoll help check" is "plimsoll check --help".
std::vector<std::string> WithHelpLast(std::vector<std::string> args) {
  if (args.size() < 2 || args[0] != "help") return args;
  args.erase(args.begin());
  args.emplace_back("--help");
  return args;
}

}  // namespace

int RunCommandLine(absl::Span<const Command> commands,
                   const std::vector<std::string>& given) {
  const std::vector<std::string> args = WithHelpLast(given);
  const absl::Span<const std::string> all = args;
  for (const Command& command : commands) {
    const size_t words = Named(command, all);
    if (words > 0) return RunCommand(command, all.subspan(words));
  }
  const bool in_group = !args.empty() && IsGroup(commands, args[0]);
  const size_t words = in_group ? 1 : 0;
  const std::string overview =
      Overview(commands, in_group ? args[0] + " " : "");
  if (args.size() == words) {
    std::fputs(overview.c_str(), stderr);
    return 1;
  }
  if (AsksForHelp(args[words])) {
    std::fputs(overview.c_str(), stdout);
    return 0;
  }
  std::fprintf(stderr, "plimsoll: unknown command `%s`\n\n%s",
               absl::StrJoin(all.subspan(0, words + 1), " ").c_str(),
               overview.c_str());
  return 1;
}

}  // namespace plimsoll

// Command lines: strict, with help made from the same table that parses.
// Values; no globals.
#ifndef PLIMSOLL_GATEWAY_CLI_FLAGS_H_
#define PLIMSOLL_GATEWAY_CLI_FLAGS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "policy/status.h"

namespace plimsoll {

struct FlagSpec {
  absl::string_view name;   // "store", for --store
  absl::string_view value;  // "FILE"; "" for a flag without a value
  absl::string_view help;
  absl::string_view choices = {};  // "text|json"; "" where any value goes
};

class Flags {
 public:
  // Reads `args` (without program and command). "--name=value", "--name value"
  // and "-o" for "--output" are taken; "--" ends the flags. InvalidArgument for
  // an unknown flag, a missing or unwanted value, one that is no choice.
  static StatusOr<Flags> Parse(absl::Span<const FlagSpec> specs,
                               absl::Span<const std::string> args);

  bool Has(absl::string_view name) const;
  // The last value; `fallback` where the flag was not given.
  std::string Get(absl::string_view name,
                  absl::string_view fallback = "") const;
  std::vector<std::string> All(absl::string_view name) const;
  const std::vector<std::string>& positional() const { return positional_; }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> positional_;
};

// One subcommand as main's table has it.
struct Command {
  absl::string_view name;     // "catalog add"
  absl::string_view usage;    // "[--approve] NAME IMAGE"
  absl::string_view summary;  // one line
  std::vector<FlagSpec> flags;
  // Returns the exit code: 0 admitted or done, 2 denied, 1 could not.
  int (*run)(const Flags& flags);
};

std::string FormatHelp(const Command& command);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_FLAGS_H_

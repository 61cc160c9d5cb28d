#include "gateway/cli/flags.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace plimsoll {
namespace {

const FlagSpec* FindSpec(absl::Span<const FlagSpec> specs,
                         absl::string_view name) {
  for (const FlagSpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

// "text, json"
std::string ListChoices(const FlagSpec& spec) {
  return absl::StrReplaceAll(spec.choices, {{"|", ", "}});
}

Status CheckChoice(const FlagSpec& spec, absl::string_view value) {
  if (spec.choices.empty()) return absl::OkStatus();
  for (const absl::string_view choice : absl::StrSplit(spec.choices, '|')) {
    if (choice == value) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--", spec.name, ": `", value, "` is none of ", ListChoices(spec)));
}

// The flag that `arg` names: "--name", "--name=value", "-o".
StatusOr<const FlagSpec*> SpecOf(absl::Span<const FlagSpec> specs,
                                 absl::string_view arg) {
  const absl::string_view shown = arg.substr(0, arg.find('='));
  absl::string_view name = shown;
  const bool is_long = absl::ConsumePrefix(&name, "--");
  if (name == "-o") name = "output";
  const FlagSpec* spec =
      is_long || shown == "-o" ? FindSpec(specs, name) : nullptr;
  if (spec != nullptr) return spec;
  return absl::InvalidArgumentError(absl::StrCat("unknown flag `", shown, "`"));
}

}  // namespace

StatusOr<Flags> Flags::Parse(absl::Span<const FlagSpec> specs,
                             absl::Span<const std::string> args) {
  Flags flags;
  for (size_t i = 0; i < args.size(); ++i) {
    const absl::string_view arg = args[i];
    if (arg == "--") {
      flags.positional_.insert(flags.positional_.end(),
                               args.begin() + static_cast<ptrdiff_t>(i) + 1,
                               args.end());
      break;
    }
    if (!absl::StartsWith(arg, "-") || arg == "-") {
      flags.positional_.emplace_back(arg);
      continue;
    }
    ASSIGN_OR_RETURN(const FlagSpec* spec, SpecOf(specs, arg));
    const size_t equals = arg.find('=');
    const bool has_value = equals != absl::string_view::npos;
    if (spec->value.empty() && has_value) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", spec->name, " takes no value"));
    }
    std::string value;
    if (has_value) {
      value = std::string(arg.substr(equals + 1));
    } else if (!spec->value.empty()) {
      if (++i == args.size()) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", spec->name, " needs a value: ", spec->value));
      }
      value = args[i];
    }
    RETURN_IF_ERROR(CheckChoice(*spec, value));
    flags.values_[std::string(spec->name)].push_back(std::move(value));
  }
  return flags;
}

bool Flags::Has(absl::string_view name) const {
  return values_.find(std::string(name)) != values_.end();
}

std::string Flags::Get(absl::string_view name,
                       absl::string_view fallback) const {
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? std::string(fallback) : found->second.back();
}

std::vector<std::string> Flags::All(absl::string_view name) const {
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::string FormatHelp(const Command& command) {
  std::string help = absl::StrCat("usage: plimsoll ", command.name, " ",
                                  command.usage, "\n\n", command.summary, "\n");
  size_t width = 0;
  for (const FlagSpec& spec : command.flags) {
    width = std::max(width, spec.name.size() + spec.value.size() + 3);
  }
  if (width > 0) help += "\n";
  for (const FlagSpec& spec : command.flags) {
    std::string left = absl::StrCat("--", spec.name);
    if (!spec.value.empty()) absl::StrAppend(&left, " ", spec.value);
    left.resize(std::max(left.size(), width), ' ');
    absl::StrAppend(&help, "  ", left, "  ", spec.help);
    if (!spec.choices.empty()) {
      absl::StrAppend(&help, " (", ListChoices(spec), ")");
    }
    help += "\n";
  }
  return help;
}

}  // namespace plimsoll

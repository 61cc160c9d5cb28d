#include "policy/rules/config_user.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kHint =
    "set a user other than root by its number, such as USER 10001";

// Runtimes take no larger number, and older ones keep its low 32 bits, so that
// 4294967296 runs as root (CVE-2024-40635).
constexpr int64_t kMaxUser = std::numeric_limits<int32_t>::max();

// Runtimes read the user with a parser that takes a sign and leading zeros.
bool IsZero(absl::string_view user) {
  if (!user.empty() && (user[0] == '+' || user[0] == '-')) {
    user.remove_prefix(1);
  }
  return !user.empty() &&
         user.find_first_not_of('0') == absl::string_view::npos;
}

bool IsRoot(absl::string_view user) {
  // On Windows a name may stand behind its domain.
  const size_t backslash = user.rfind('\\');
  const absl::string_view name =
      backslash == absl::string_view::npos ? user : user.substr(backslash + 1);
  return user.empty() || IsZero(user) || absl::EqualsIgnoreCase(name, "root") ||
         absl::EqualsIgnoreCase(name, "ContainerAdministrator");
}

bool IsNumber(absl::string_view user) {
  int64_t number = 0;
  return std::all_of(user.begin(), user.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(user, &number) && number <= kMaxUser;
}

bool IsName(absl::string_view user) {
  const auto first = static_cast<unsigned char>(user[0]);
  return (absl::ascii_isalpha(first) || first == '_') &&
         std::all_of(user.begin(), user.end(), absl::ascii_isgraph);
}

// Why the user is root, or may be; "" where it is not.
std::string RootFault(absl::string_view user, const std::string& text) {
  if (text.empty()) return "the image sets no user and runs as root";
  if (IsRoot(user)) {
    return absl::StrCat("the image runs as root, user ", Quoted(text));
  }
  if (IsNumber(user) || IsName(user)) return "";
  return absl::StrCat("the image's user ", Quoted(text),
                      " is no number from 1 to ", kMaxUser,
                      " and no name, so that a runtime may take it for root");
}

}  // namespace

ConfigUser ConfigUser::Parse(YamlFields& with) {
  ConfigUser params;
  const std::optional<bool> root = with.Bool("forbidRoot");
  const std::optional<bool> numeric = with.Bool("requireNumeric");
  params.forbid_root = root.value_or(false);
  params.require_numeric = numeric.value_or(false);
  // What is no boolean has its issue.
  const bool is_read = root.has_value() == with.Has("forbidRoot") &&
                       numeric.has_value() == with.Has("requireNumeric");
  if (is_read && !params.forbid_root && !params.require_numeric) {
    with.Complain(with.place(),
                  "`forbidRoot` or `requireNumeric` must be true");
  }
  return params;
}

CheckOutput Check(const ConfigUser& params, const CheckInput& input) {
  const std::string& text = input.image->config.user;
  const absl::string_view user =
      absl::string_view(text).substr(0, text.find(':'));
  if (params.forbid_root) {
    std::string fault = RootFault(user, text);
    if (!fault.empty()) {
      return FailForEver(std::move(fault), std::string(kHint));
    }
  }
  if (params.require_numeric && !IsNumber(user)) {
    const std::string found =
        text.empty() ? "the image sets no user"
                     : absl::StrCat("the image runs as user ", Quoted(text));
    return FailForEver(absl::StrCat(found, ", expected a number"),
                       std::string(kHint));
  }
  return Pass(absl::StrCat("the image runs as user ", Quoted(text)));
}

}  // namespace plimsoll

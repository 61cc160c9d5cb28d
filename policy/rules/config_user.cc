#include "policy/rules/config_user.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kHint =
    "set a user other than root by its number, such as USER 10001";

// Runtimes read the user with a parser that takes a sign and leading zeros.
bool IsZero(absl::string_view user) {
  if (!user.empty() && (user[0] == '+' || user[0] == '-')) {
    user.remove_prefix(1);
  }
  return !user.empty() &&
         user.find_first_not_of('0') == absl::string_view::npos;
}

bool IsRoot(absl::string_view user) {
  return user.empty() || user == "root" || IsZero(user);
}

bool IsNumeric(absl::string_view user) {
  return !user.empty() &&
         std::all_of(user.begin(), user.end(), absl::ascii_isdigit);
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
  if (params.forbid_root && IsRoot(user)) {
    const std::string found =
        text.empty()
            ? "the image sets no user and runs as root"
            : absl::StrCat("the image runs as root, user ", Quoted(text));
    return FailForEver(found, std::string(kHint));
  }
  if (params.require_numeric && !IsNumeric(user)) {
    const std::string found =
        text.empty() ? "the image sets no user"
                     : absl::StrCat("the image runs as user ", Quoted(text));
    return FailForEver(absl::StrCat(found, ", expected a number"),
                       std::string(kHint));
  }
  return Pass(absl::StrCat("the image runs as user ", Quoted(text)));
}

}  // namespace plimsoll

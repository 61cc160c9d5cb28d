#include "gateway/credential_file.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxBytes = 4096;

// What keeps `line` from being a credential; "" for nothing.
absl::string_view FaultOf(absl::string_view line) {
  const size_t colon = line.find(':');
  if (line.empty()) return "it is empty";
  if (absl::StrContains(line, "\n")) return "it has several lines";
  if (std::any_of(line.begin(), line.end(), absl::ascii_iscntrl)) {
    return "it has a control character";
  }
  if (absl::StartsWith(line, "\xef\xbb\xbf")) return "it has a byte order mark";
  if (colon == absl::string_view::npos) return "it has no colon";
  if (colon == 0) return "it has no user";
  if (colon + 1 == line.size()) return "it has no password";
  return "";
}

}  // namespace

StatusOr<std::string> ReadCredentialFile(const std::string& path) {
  if (path.empty()) return std::string();
  const std::string what = absl::StrCat("credential file ", path, ": ");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kMaxBytes + 1, '\0');
  if (file) file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(
        absl::StrCat(what, std::generic_category().message(errno)));
  }
  bytes.resize(static_cast<size_t>(file.gcount()));
  const absl::string_view line = absl::StripTrailingAsciiWhitespace(bytes);
  const absl::string_view fault =
      bytes.size() > kMaxBytes ? "it has more than 4096 bytes" : FaultOf(line);
  if (!fault.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, fault, "; write one line, user:password"));
  }
  return absl::StrCat("Basic ", absl::Base64Escape(line));
}

}  // namespace plimsoll

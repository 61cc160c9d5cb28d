#include "gateway/credential_file.h"

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {

StatusOr<std::string> ReadCredentialFile(const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat("credential file ", path, ": cannot be opened"));
  }
  std::string line;
  std::getline(file, line);
  absl::StripTrailingAsciiWhitespace(&line);
  const size_t colon = line.find(':');
  if (colon == std::string::npos || colon == 0 || line.size() > 4096) {
    return absl::InvalidArgumentError(absl::StrCat(
        "credential file ", path, ": write one line, user:password"));
  }
  return absl::StrCat("Basic ", absl::Base64Escape(line));
}

}  // namespace plimsoll

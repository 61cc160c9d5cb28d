#include "gateway/read_file.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

constexpr size_t kReadBytes = 64 << 10;

}  // namespace

StatusOr<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  // No more memory than the file needs: the bound may be large.
  std::string bytes;
  std::array<char, kReadBytes> block;
  while (file && bytes.size() <= max_bytes) {
    file.read(block.data(), block.size());
    bytes.append(block.data(), static_cast<size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(
        absl::StrCat(path, ": ", std::generic_category().message(errno)));
  }
  if (bytes.size() > max_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is larger than ", max_bytes, " bytes"));
  }
  return bytes;
}

}  // namespace plimsoll

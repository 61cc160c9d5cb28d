#include "gateway/store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

Status ErrnoStatus(absl::string_view what, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(errno)));
}

std::string ReadHolder(int fd) {
  char text[32];
  ssize_t count = pread(fd, text, sizeof(text), 0);
  if (count <= 0) return "unknown";
  absl::string_view holder(text, static_cast<size_t>(count));
  return std::string(absl::StripAsciiWhitespace(holder));
}

// For people only: the lock holds without it, on a full disk say.
void WriteHolder(int fd) {
  std::string holder = absl::StrCat(getpid(), "\n");
  if (ftruncate(fd, 0) != 0) return;
  [[maybe_unused]] ssize_t count = pwrite(fd, holder.data(), holder.size(), 0);
}

}  // namespace

StatusOr<FileLock> FileLock::Take(const std::string& path) {
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return ErrnoStatus("open", path);
  FileLock lock(fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoStatus("lock", path);
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is held by process ", ReadHolder(fd)));
  }
  WriteHolder(fd);
  return lock;
}

FileLock::~FileLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace plimsoll

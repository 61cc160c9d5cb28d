// A lock on a file that one process at a time can hold and that the kernel
// frees when its holder dies, however it dies. Movable.
#ifndef PLIMSOLL_GATEWAY_STORE_FILE_LOCK_H_
#define PLIMSOLL_GATEWAY_STORE_FILE_LOCK_H_

#include <string>
#include <utility>

#include "policy/status.h"

namespace plimsoll {

class FileLock {
 public:
  // Creates `path` where it is missing; the file stays when the lock goes, and
  // names its last holder's process. FailedPrecondition, with the holder, where
  // the lock is held; Unavailable where the file cannot be had.
  static StatusOr<FileLock> Take(const std::string& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_FILE_LOCK_H_

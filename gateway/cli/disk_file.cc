#include "gateway/cli/disk_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"

namespace plimsoll {

class FileRange::Handle {
 public:
  explicit Handle(int descriptor) : descriptor_(descriptor) {}
  ~Handle() { close(descriptor_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

StatusOr<FileRange> FileRange::Open(const std::string& path) {
  // O_NONBLOCK: a FIFO is refused rather than waited for.
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, path);
  auto file = std::make_shared<const Handle>(descriptor);
  struct stat info = {};
  if (fstat(descriptor, &info) != 0) return absl::ErrnoToStatus(errno, path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": not a file"));
  }
  return FileRange(std::move(file), 0, info.st_size);
}

FileRange FileRange::Slice(int64_t offset, int64_t size) const {
  return FileRange(file_, offset_ + offset, size);
}

StatusOr<std::string> FileRange::Read(int64_t offset, size_t count) const {
  const int64_t left = std::max<int64_t>(0, size_ - offset);
  std::string bytes(std::min(count, static_cast<size_t>(left)), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    ssize_t got =
        pread(file_->descriptor(), bytes.data() + filled, bytes.size() - filled,
              offset_ + offset + static_cast<int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::UnavailableError("the file cannot be read");
    if (got == 0) return absl::UnavailableError("the file has become shorter");
    filled += static_cast<size_t>(got);
  }
  return bytes;
}

StatusOr<std::string> FileRange::ReadAll(size_t max_bytes) const {
  if (size_ > static_cast<int64_t>(max_bytes)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", max_bytes, " bytes"));
  }
  return Read(0, static_cast<size_t>(size_));
}

StatusOr<Digest> FileRange::Hash(Digest::Algorithm algorithm) const {
  Hasher hasher(algorithm);
  for (int64_t at = 0; at < size_;) {
    ASSIGN_OR_RETURN(std::string piece, Read(at, kDiskPieceBytes));
    hasher.Update(piece);
    at += static_cast<int64_t>(piece.size());
  }
  return hasher.Finish();
}

}  // namespace plimsoll

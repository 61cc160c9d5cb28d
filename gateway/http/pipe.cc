#include "gateway/http/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {

StatusOr<Pipe> Pipe::New(size_t wanted) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    return absl::UnavailableError(
        absl::StrCat("no pipe: ", std::strerror(errno)));
  }
  Pipe pipe(ends[1], ends[0]);
  // A size that the system does not allow leaves the pipe as it is.
  for (size_t size = wanted; size >= kLeastBytes && pipe.size_ == 0;
       size /= 2) {
    const int given =
        ::fcntl(pipe.in(), F_SETPIPE_SZ, static_cast<unsigned int>(size));
    if (given > 0) pipe.size_ = static_cast<size_t>(given);
  }
  if (pipe.size_ == 0) {
    return absl::UnavailableError(absl::StrCat(
        "no pipe of ", kLeastBytes, " bytes or more: ", std::strerror(errno)));
  }
  return pipe;
}

Pipe::~Pipe() {
  if (in_ >= 0) ::close(in_);
  if (out_ >= 0) ::close(out_);
}

Pipe::Pipe(Pipe&& other) noexcept
    : in_(std::exchange(other.in_, -1)),
      out_(std::exchange(other.out_, -1)),
      size_(other.size_) {}

}  // namespace plimsoll

#include "gateway/http/pipe.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace plimsoll {

StatusOr<Pipe> Pipe::New() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
    return absl::UnavailableError(
        absl::StrCat("no pipe: ", std::strerror(errno)));
  }
  // A user over its share of pipe pages keeps the size that it was given.
  (void)::fcntl(ends[1], F_SETPIPE_SZ, kWantedBytes);
  const int size = ::fcntl(ends[1], F_GETPIPE_SZ);
  return Pipe(ends[1], ends[0], size > 0 ? static_cast<size_t>(size) : 4096);
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

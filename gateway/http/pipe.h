// Pipe: a pipe of the kernel's through which splice(2) moves a body from socket
// to socket without a copy. Its pages are the kernel's and bounded by size().
// Value with one owner.
#ifndef PLIMSOLL_GATEWAY_HTTP_PIPE_H_
#define PLIMSOLL_GATEWAY_HTTP_PIPE_H_

#include <cstddef>

#include "policy/status.h"

namespace plimsoll {

class Pipe {
 public:
  static constexpr size_t kLeastBytes = 128 << 10;

  // Of `wanted` bytes, or of as much as the system allows, kLeastBytes at
  // least: through less a body goes slower than through a buffer. Unavailable
  // where there is none to be had (descriptors, the user's share of pipe
  // pages).
  static StatusOr<Pipe> New(size_t wanted);
  ~Pipe();
  Pipe(Pipe&& other) noexcept;
  Pipe& operator=(Pipe&& other) = delete;

  int in() const { return in_; }    // to write to
  int out() const { return out_; }  // to read from
  size_t size() const { return size_; }

 private:
  Pipe(int in, int out) : in_(in), out_(out) {}
  int in_;
  int out_;
  size_t size_ = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_PIPE_H_

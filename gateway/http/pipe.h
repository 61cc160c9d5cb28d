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
  static constexpr size_t kWantedBytes = 512 << 10;

  // Unavailable where there is none to be had (descriptors, the user's share of
  // pipe pages). May be smaller than wanted.
  static StatusOr<Pipe> New();
  ~Pipe();
  Pipe(Pipe&& other) noexcept;
  Pipe& operator=(Pipe&& other) = delete;

  int in() const { return in_; }    // to write to
  int out() const { return out_; }  // to read from
  size_t size() const { return size_; }

 private:
  Pipe(int in, int out, size_t size) : in_(in), out_(out), size_(size) {}
  int in_;
  int out_;
  size_t size_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_PIPE_H_

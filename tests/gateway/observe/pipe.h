// Pipe: a pipe whose reader a test is, and stalls as it likes.
#ifndef PLIMSOLL_TESTS_GATEWAY_OBSERVE_PIPE_H_
#define PLIMSOLL_TESTS_GATEWAY_OBSERVE_PIPE_H_

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

#include "absl/strings/string_view.h"

namespace plimsoll {

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    CloseReader();
    CloseWriter();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int writer() const { return ends_[1]; }
  // Fills it to the brim, so that the next write waits. With lines of "x".
  void Fill() {
    const int flags = ::fcntl(writer(), F_GETFL);
    ::fcntl(writer(), F_SETFL, flags | O_NONBLOCK);
    while (::write(writer(), "x\n", 2) == 2) {
    }
    ::fcntl(writer(), F_SETFL, flags);
  }
  // Reads until `text` has come, or the end.
  std::string ReadUntil(absl::string_view text) {
    std::array<char, 4096> piece;
    while (read_.find(std::string(text)) == std::string::npos) {
      const ssize_t count = ::read(ends_[0], piece.data(), piece.size());
      if (count <= 0) break;
      read_.append(piece.data(), static_cast<size_t>(count));
    }
    return read_;
  }
  void CloseReader() { CloseEnd(0); }
  void CloseWriter() { CloseEnd(1); }

 private:
  void CloseEnd(size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{-1, -1};
  std::string read_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_OBSERVE_PIPE_H_

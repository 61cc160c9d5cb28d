// RawClient: one TCP connection over which a test sends any bytes and reads
// what comes back. Blocking; each wait ends with DeadlineExceeded at the latest
// after the client's patience.
#ifndef PLIMSOLL_TESTS_SUPPORT_RAW_CLIENT_H_
#define PLIMSOLL_TESTS_SUPPORT_RAW_CLIENT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/head.h"
#include "policy/status.h"

namespace plimsoll {

struct RawResponse {
  ResponseHead head;
  std::string body;
};

class RawClient {
 public:
  // To 127.0.0.1.
  static StatusOr<RawClient> Connect(
      uint16_t port, absl::Duration patience = absl::Seconds(20));
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&& other) noexcept;
  ~RawClient();

  // Unavailable where the peer has closed or reset the connection.
  Status Send(absl::string_view bytes);
  // Everything up to the peer's end. Unavailable after a reset.
  StatusOr<std::string> ReadAll();
  // The next bytes; empty at the peer's end.
  StatusOr<std::string> ReadSome();
  // The next response to a `method` request, 1xx ones included. Bytes after it
  // are kept for the next call.
  StatusOr<RawResponse> ReadResponse(absl::string_view method);
  // Whether the peer ends the connection with nothing more to say.
  bool AtEnd();

  void CloseWrite();
  void Reset();  // a client that vanishes
  int fd() const { return fd_; }

 private:
  RawClient(int fd, absl::Duration patience) : fd_(fd), patience_(patience) {}
  Status WaitFor(int events);
  // Reads until `buffer_` holds `size` bytes.
  Status Fill(size_t size);
  // Reads one head into `buffer_` and returns its size.
  StatusOr<size_t> FillHead();
  StatusOr<std::string> ReadBody(const ResponseHead& head,
                                 absl::string_view method);
  StatusOr<std::string> ReadChunks();

  int fd_;
  absl::Duration patience_;
  std::string buffer_;
};

// Connects, sends, ends its side if `close_write`, and reads to the end.
StatusOr<std::string> SendOnce(uint16_t port, absl::string_view bytes,
                               bool close_write = false);

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_RAW_CLIENT_H_

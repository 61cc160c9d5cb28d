// Stream: a connected byte stream with a deadline, over TCP or TLS. A port; all
// calls on the loop that it was made on. At most one Read and one Write may be
// under way at a time; they may overlap each other.
//
// Read and Write return DeadlineExceeded once the deadline has passed and
// Unavailable where the peer or the network ended the stream; after either, the
// stream is of no more use.
#ifndef PLIMSOLL_GATEWAY_HTTP_STREAM_H_
#define PLIMSOLL_GATEWAY_HTTP_STREAM_H_

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/http/loop.h"
#include "gateway/http/pipe.h"
#include "gateway/http/sockets.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

class Stream : public Expiring {
 public:
  explicit Stream(DeadlineList& deadlines) : Expiring(deadlines) {}

  // Waits for at least one byte; 0 is the end of the stream.
  virtual Task<StatusOr<size_t>> Read(absl::Span<char> buffer) = 0;
  // Writes all of `bytes`, which must live until it returns.
  virtual Task<Status> Write(absl::string_view bytes) = 0;
  // Writes both, in one call of the kernel's where that can be.
  virtual Task<Status> WriteJoined(absl::string_view lead,
                                   absl::string_view bytes);

  // Whether the bytes of the stream are those of its socket, so that the kernel
  // may move them without showing them to us: the next two may be called.
  virtual bool splices() const { return false; }
  // As Read, into an empty pipe: at least one byte, at most `count`.
  virtual Task<StatusOr<size_t>> SpliceInto(Pipe& pipe, size_t count);
  // As Write, of the `count` bytes that the pipe holds.
  virtual Task<Status> SpliceFrom(Pipe& pipe, size_t count);

  // Off: a Read (or SpliceInto) under way and those to come return Unavailable,
  // and no byte is lost. On, as at first: they read on from there.
  virtual void SetReading(bool on) = 0;
  // Says that no more will be written.
  virtual void FinishWriting() = 0;
  // Ends everything under way on the stream; idempotent.
  virtual void Close() = 0;
  // As Close, and the peer sees that the stream broke rather than ended.
  virtual void Abort() = 0;
  // Whether the peer has sent nothing and not gone away: a pooled connection
  // may be used again. Does not wait.
  virtual bool IsQuiet() = 0;
  // Whether the peer has ended its side, while nothing is read; does not wait.
  virtual PeerEnd peer_end() { return PeerEnd::kNone; }
  // The peer's address without its port.
  virtual std::string PeerAddress() const = 0;
  // "TLSv1.3", as long as the stream lives; "" without TLS.
  virtual absl::string_view TlsVersion() const { return ""; }
};

class TcpStream : public Stream {
 public:
  TcpStream(asio::ip::tcp::socket socket, DeadlineList& deadlines);
  ~TcpStream() override;

  Task<StatusOr<size_t>> Read(absl::Span<char> buffer) override;
  Task<Status> Write(absl::string_view bytes) override;
  Task<Status> WriteJoined(absl::string_view lead,
                           absl::string_view bytes) override;
  bool splices() const override { return true; }
  Task<StatusOr<size_t>> SpliceInto(Pipe& pipe, size_t count) override;
  Task<Status> SpliceFrom(Pipe& pipe, size_t count) override;
  void SetReading(bool on) override;
  void FinishWriting() override;
  void Close() override;
  void Abort() override;
  bool IsQuiet() override;
  PeerEnd peer_end() override { return PeerEndOf(socket_.native_handle()); }
  std::string PeerAddress() const override;

 protected:
  void OnExpired() override;

 private:
  Status Failure(const boost::system::error_code& error) const;
  // After a call of splice(2) that moved nothing: OK once it may be tried
  // again.
  Task<Status> WaitToSplice(asio::ip::tcp::socket::wait_type what);

  asio::ip::tcp::socket socket_;
  bool expired_ = false;
  bool reading_ = true;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_STREAM_H_

// TlsStream: TLS by OpenSSL directly on the socket (docs/adr/0004 says what
// else was tried).
#ifndef PLIMSOLL_GATEWAY_HTTP_TLS_H_
#define PLIMSOLL_GATEWAY_HTTP_TLS_H_

#include <memory>
#include <string>

#include "gateway/http/stream.h"
#include "gateway/http/tls_context.h"
#include "gateway/http/tls_failure.h"

struct ssl_st;

namespace plimsoll {

class TlsStream : public Stream {
 public:
  // Takes the connected `socket`; Handshake comes before anything else.
  TlsStream(asio::ip::tcp::socket socket, DeadlineList& deadlines,
            std::shared_ptr<const TlsContext> context);
  ~TlsStream() override;

  // Waits for the client's first byte and leaves it where it is: whether a
  // handshake may begin so, rather than plain HTTP. Unavailable where none
  // comes.
  Task<StatusOr<bool>> AwaitHandshake();
  // Unavailable where it fails: the client has been sent an alert.
  Task<Status> Accept();
  // Verifies that the server is `host`, or whom the context's settings name in
  // its place, and names it (SNI) unless that is an address. Unavailable says
  // what is wrong, with advice.
  Task<Status> Connect(std::string host);
  // What the client is called by the certificate that it has shown and that was
  // verified (ClientNameOf); "" where it has shown none.
  std::string ClientName() const;
  // The socket, to go on without TLS. The stream is of no more use.
  asio::ip::tcp::socket TakeSocket();

  Task<StatusOr<size_t>> Read(absl::Span<char> buffer) override;
  Task<Status> Write(absl::string_view bytes) override;
  void SetReading(bool on) override;
  void FinishWriting() override;
  void Close() override;
  void Abort() override;
  bool IsQuiet() override;
  PeerEnd peer_end() override { return PeerEndOf(socket_.native_handle()); }
  std::string PeerAddress() const override;
  absl::string_view TlsVersion() const override;

 protected:
  void OnExpired() override;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  // Waits for what OpenSSL asked for after `result`; OK to try again,
  // OutOfRange at the end of the stream.
  Task<Status> WaitFor(int result);
  // What OpenSSL says of `error`, the kind of its failure.
  Status Broken(int error) const;
  // Reads what is there already behind a record of `last` bytes.
  size_t ReadOn(absl::Span<char> room, size_t last);
  Status Failure(absl::string_view what) const;

  asio::ip::tcp::socket socket_;
  const std::shared_ptr<const TlsContext> context_;
  CertificateFault fault_;  // of the peer; before the one that writes to it
  std::unique_ptr<ssl_st, Free> ssl_;
  bool expired_ = false;
  bool reading_ = true;
  bool read_whole_room_ = false;  // by the last Read: more may be there
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TLS_H_

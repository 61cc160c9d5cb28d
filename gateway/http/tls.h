// TLS 1.2 and 1.3 by OpenSSL directly on the socket. HTTP/1.1 is the only
// protocol offered (docs/adr: no client needs HTTP/2).
#ifndef PLIMSOLL_GATEWAY_HTTP_TLS_H_
#define PLIMSOLL_GATEWAY_HTTP_TLS_H_

#include <memory>
#include <string>

#include "gateway/http/stream.h"

struct ssl_ctx_st;
struct ssl_st;

namespace plimsoll {

// Settings and keys of one side of TLS. Immutable once made; then safe for
// concurrent use.
class TlsContext {
 public:
  // Serves with the PEM chain and key in the two files. InvalidArgument names
  // the file and OpenSSL's reason.
  static StatusOr<std::shared_ptr<TlsContext>> Server(
      const std::string& certificate_file, const std::string& key_file);
  // Verifies servers against `ca_file`, or the system's store where it is "".
  static StatusOr<std::shared_ptr<TlsContext>> Client(
      const std::string& ca_file);
  // Trusts `ca_file` as well. Before the first connection.
  Status Trust(const std::string& ca_file);

  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

class TlsStream : public Stream {
 public:
  // Takes the connected `socket`; Handshake comes before anything else.
  TlsStream(asio::ip::tcp::socket socket, DeadlineList& deadlines,
            std::shared_ptr<TlsContext> context);
  ~TlsStream() override;

  Task<Status> Accept();
  // Names the server it wants (SNI) and verifies that it is it.
  Task<Status> Connect(std::string server_name);

  Task<StatusOr<size_t>> Read(absl::Span<char> buffer) override;
  Task<Status> Write(absl::string_view bytes) override;
  void FinishWriting() override;
  void Close() override;
  void Abort() override;
  bool IsQuiet() override;
  std::string PeerAddress() const override;

 protected:
  void OnExpired() override;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const;
  };
  // Waits for what OpenSSL asked for after `result`; OK to try again,
  // OutOfRange at the end of the stream.
  Task<Status> WaitFor(int result);
  Status Failure(absl::string_view what) const;

  asio::ip::tcp::socket socket_;
  std::shared_ptr<TlsContext> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
  bool expired_ = false;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TLS_H_

// TlsClient: a blocking TLS client to a loopback port, for tests of what a
// server does with versions, protocols, certificates and sessions. It verifies
// nobody. Ends the test program where OpenSSL cannot be set up.
#ifndef PLIMSOLL_TESTS_SUPPORT_TLS_CLIENT_H_
#define PLIMSOLL_TESTS_SUPPORT_TLS_CLIENT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "policy/status.h"
#include "tests/support/raw_client.h"

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace plimsoll {

class TlsClient {
 public:
  struct Options {
    std::string certificate_file;  // shown where the server asks; "" for none
    std::string key_file;
    std::string protocols;  // as ALPN has them, with lengths; "" for no ALPN
    bool tls12 = false;     // rather than TLS 1.3
    std::shared_ptr<ssl_session_st> session;  // to be resumed; null for none
  };
  TlsClient(uint16_t port, const Options& options);
  explicit TlsClient(uint16_t port) : TlsClient(port, Options()) {}
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Unavailable with OpenSSL's words, an alert's among them. TLS 1.3 refuses a
  // client only after its side is done: see Ask.
  Status Handshake();
  Status Send(absl::string_view bytes);
  // Sends, and reads up to the server's end.
  StatusOr<std::string> Ask(absl::string_view bytes);
  // Sends one request that keeps the connection, and reads what comes at once.
  StatusOr<std::string> AskOnce(absl::string_view bytes);

  // What lies below, for bytes that are no TLS.
  RawClient& raw() { return raw_; }
  std::string version() const;  // "TLSv1.3"
  std::string protocol() const;
  std::string server_certificate() const;  // in PEM
  bool resumed() const;
  // The one to resume; after an answer, which tickets come before.
  std::shared_ptr<ssl_session_st> session() const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
    void operator()(ssl_st* ssl) const;
  };
  RawClient raw_;
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::unique_ptr<ssl_st, Free> ssl_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_TLS_CLIENT_H_

// TlsContext: the keys and rules of one side of TLS 1.2 and 1.3, made from the
// files of its settings. HTTP/1.1 is the only protocol that it agrees to
// (docs/adr/0010). Immutable once made; then safe for concurrent use.
#ifndef PLIMSOLL_GATEWAY_HTTP_TLS_CONTEXT_H_
#define PLIMSOLL_GATEWAY_HTTP_TLS_CONTEXT_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/certificate.h"
#include "gateway/http/tls_settings.h"
#include "policy/status.h"

struct ssl_ctx_st;

namespace plimsoll {

// What a server seals session tickets with: contexts with the same keys resume
// each other's sessions.
struct TicketKeys {
  // Internal where there is no randomness to be had.
  static StatusOr<TicketKeys> New();
  std::array<unsigned char, 80> bytes;
};

class TlsContext {
 public:
  // NotFound or InvalidArgument name the file and the reason. Both block.
  static StatusOr<std::shared_ptr<const TlsContext>> Server(
      const ServerTlsSettings& settings, const TicketKeys& tickets);
  static StatusOr<std::shared_ptr<const TlsContext>> Client(
      const ClientTlsSettings& settings);

  ssl_ctx_st* get() const { return context_.get(); }
  // When its certificate expires; absl::InfiniteFuture() without one.
  absl::Time expires() const { return expires_; }
  // Of a client.
  const ClientTlsSettings& client() const { return client_; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit TlsContext(ssl_ctx_st* context);
  Status Show(const std::string& certificate_file, const std::string& key_file);
  Status Trust(const std::vector<Certificate>& authorities);
  Status TrustSystem();
  Status DemandOfClients(const ServerTlsSettings& settings);

  std::unique_ptr<ssl_ctx_st, Free> context_;
  absl::Time expires_ = absl::InfiniteFuture();
  ClientTlsSettings client_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TLS_CONTEXT_H_

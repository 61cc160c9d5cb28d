// Why TLS did not come about or broke, in words that say what to do: OpenSSL's
// queue of errors, and what is wrong with a certificate that a peer showed.
#ifndef PLIMSOLL_GATEWAY_HTTP_TLS_FAILURE_H_
#define PLIMSOLL_GATEWAY_HTTP_TLS_FAILURE_H_

#include <string>

struct x509_store_ctx_st;

namespace plimsoll {

// What was found wrong first with the certificates that the peer showed.
struct CertificateFault {
  enum class Kind { kNone, kExpired, kName, kUntrusted, kOther };
  Kind kind = Kind::kNone;
  std::string text;  // "expired at 2026-01-02T03:04:05Z"
};
// For SSL_CTX_set_verify: judges as OpenSSL does and keeps the first fault in
// the CertificateFault that the connection's app data points to.
int KeepFault(int good, x509_store_ctx_st* chain);

// What OpenSSL's newest error says; empties this thread's queue. An alert of
// the peer's is called one.
std::string OpenSslReason();
// Whether the newest error is an alert that says that the peer wants another
// certificate of ours, or one at all. Leaves the queue as it is.
bool PeerRefusesCertificate();

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_HTTP_TLS_FAILURE_H_

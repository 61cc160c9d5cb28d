#include "gateway/http/tls_context.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http/tls_failure.h"

namespace plimsoll {
namespace {

constexpr unsigned char kHttp11[] = "\x08http/1.1";

// Picks http/1.1 or refuses: another protocol would be answered in vain.
int SelectHttp11(SSL*, const unsigned char** out, unsigned char* out_length,
                 const unsigned char* in, unsigned int in_length, void*) {
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(&chosen, out_length, kHttp11,
                                           sizeof kHttp11 - 1, in, in_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

// A ticket holds the client's certificate, which is verified no more: one that
// has expired since must not outlive itself.
SSL_TICKET_RETURN TakeTicket(SSL*, SSL_SESSION* session, const unsigned char*,
                             size_t, SSL_TICKET_STATUS status, void*) {
  if (status == SSL_TICKET_EMPTY || status == SSL_TICKET_NO_DECRYPT) {
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  const X509* shown = SSL_SESSION_get0_peer(session);
  if (shown != nullptr && ExpiryOf(*shown) < absl::Now()) {
    return SSL_TICKET_RETURN_IGNORE_RENEW;
  }
  return status == SSL_TICKET_SUCCESS_RENEW ? SSL_TICKET_RETURN_USE_RENEW
                                            : SSL_TICKET_RETURN_USE;
}

constexpr size_t kReadAheadBytes = 128 << 10;

void Harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // Many records for one call of the kernel's; given back between bodies.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, kReadAheadBytes);
  // Sessions live in their tickets: no memory, and no lock for all loops.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // A file of authorities is trusted as it is, roots or not, as in Go.
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context),
                              X509_V_FLAG_PARTIAL_CHAIN);
}

Status Broken(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(what, ": ", OpenSslReason()));
}

}  // namespace

StatusOr<TicketKeys> TicketKeys::New() {
  TicketKeys keys;
  ERR_clear_error();
  if (RAND_bytes(keys.bytes.data(), static_cast<int>(keys.bytes.size())) != 1) {
    return absl::InternalError(
        absl::StrCat("no randomness for ticket keys: ", OpenSslReason()));
  }
  return keys;
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

TlsContext::TlsContext(ssl_ctx_st* context) : context_(context) {
  Harden(context);
}

StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Server(
    const ServerTlsSettings& settings, const TicketKeys& tickets) {
  std::shared_ptr<TlsContext> tls(
      new TlsContext(SSL_CTX_new(TLS_server_method())));
  SSL_CTX_set_alpn_select_cb(tls->get(), SelectHttp11, nullptr);
  RETURN_IF_ERROR(tls->Show(settings.certificate_file, settings.key_file));
  RETURN_IF_ERROR(tls->DemandOfClients(settings));
  TicketKeys keys = tickets;
  if (SSL_CTX_set_tlsext_ticket_keys(tls->get(), keys.bytes.data(),
                                     keys.bytes.size()) != 1) {
    return Broken("ticket keys");
  }
  SSL_CTX_set_session_ticket_cb(tls->get(), nullptr, TakeTicket, nullptr);
  return tls;
}

StatusOr<std::shared_ptr<const TlsContext>> TlsContext::Client(
    const ClientTlsSettings& settings) {
  std::shared_ptr<TlsContext> tls(
      new TlsContext(SSL_CTX_new(TLS_client_method())));
  tls->client_ = settings;
  SSL_CTX_set_verify(tls->get(), SSL_VERIFY_PEER, KeepFault);
  SSL_CTX_set_alpn_protos(tls->get(), kHttp11, sizeof kHttp11 - 1);
  if (settings.ca_file.empty() || settings.trusts_system_too) {
    RETURN_IF_ERROR(tls->TrustSystem());
  }
  if (!settings.ca_file.empty()) {
    ASSIGN_OR_RETURN(const auto authorities, ReadCertificates(settings.ca_file),
                     "CA file");
    RETURN_IF_ERROR(tls->Trust(authorities));
  }
  if (!settings.certificate_file.empty()) {
    RETURN_IF_ERROR(tls->Show(settings.certificate_file, settings.key_file));
  }
  return tls;
}

// The certificate with what leads to its authority, and its key.
Status TlsContext::Show(const std::string& certificate_file,
                        const std::string& key_file) {
  ASSIGN_OR_RETURN(const auto chain, ReadCertificates(certificate_file),
                   "certificate");
  ASSIGN_OR_RETURN(const PrivateKey key, ReadPrivateKey(key_file), "key");
  ERR_clear_error();
  if (SSL_CTX_use_certificate(get(), chain.front().get()) != 1) {
    return Broken(absl::StrCat("certificate ", certificate_file));
  }
  for (size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(get(), chain[i].get()) != 1) {
      return Broken(absl::StrCat("certificate ", certificate_file));
    }
  }
  if (SSL_CTX_use_PrivateKey(get(), key.get()) != 1) {
    return Broken(
        absl::StrCat("key ", key_file, " for certificate ", certificate_file));
  }
  expires_ = ExpiryOf(*chain.front());
  return absl::OkStatus();
}

Status TlsContext::Trust(const std::vector<Certificate>& authorities) {
  X509_STORE* store = SSL_CTX_get_cert_store(get());
  ERR_clear_error();
  for (const Certificate& authority : authorities) {
    if (X509_STORE_add_cert(store, authority.get()) != 1) {
      return Broken("an authority's certificate");
    }
  }
  return absl::OkStatus();
}

Status TlsContext::TrustSystem() {
  ERR_clear_error();
  if (SSL_CTX_set_default_verify_paths(get()) == 1) return absl::OkStatus();
  return Broken("the system's CA store");
}

Status TlsContext::DemandOfClients(const ServerTlsSettings& settings) {
  std::string demand(1, static_cast<char>(settings.client_auth));
  if (settings.client_auth != ClientAuth::kNone) {
    ASSIGN_OR_RETURN(const auto authorities,
                     ReadCertificates(settings.client_ca_file), "client CA");
    RETURN_IF_ERROR(Trust(authorities));
    for (const Certificate& authority : authorities) {
      SSL_CTX_add_client_CA(get(), authority.get());
      absl::StrAppend(&demand, FingerprintOf(*authority));
    }
    const bool required = settings.client_auth == ClientAuth::kRequired;
    SSL_CTX_set_verify(
        get(),
        SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
        KeepFault);
  }
  // Sessions of one demand are not resumed under another: their clients would
  // be verified by nobody.
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(demand.data()), demand.size(),
         hash);
  SSL_CTX_set_session_id_context(get(), hash, sizeof hash);
  return absl::OkStatus();
}

}  // namespace plimsoll

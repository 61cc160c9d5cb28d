#include "tests/support/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

void Need(bool done) {
  if (!done) std::abort();
}

RawClient Connected(uint16_t port) {
  StatusOr<RawClient> client = RawClient::Connect(port);
  Need(client.ok());
  return *std::move(client);
}

Status Broken(absl::string_view call) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return absl::UnavailableError(
      absl::StrCat(call, ": ", reason == nullptr ? "lost" : reason));
}

}  // namespace

void TlsClient::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}
void TlsClient::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsClient::TlsClient(uint16_t port, const Options& options)
    : raw_(Connected(port)), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_mode(context, SSL_MODE_AUTO_RETRY);
  if (options.tls12) SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
  if (!options.certificate_file.empty()) {
    Need(SSL_CTX_use_certificate_chain_file(
             context, options.certificate_file.c_str()) == 1);
    Need(SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(),
                                     SSL_FILETYPE_PEM) == 1);
  }
  ssl_.reset(SSL_new(context));
  if (!options.protocols.empty()) {
    Need(SSL_set_alpn_protos(
             ssl_.get(),
             reinterpret_cast<const unsigned char*>(options.protocols.data()),
             static_cast<unsigned>(options.protocols.size())) == 0);
  }
  if (options.session) SSL_set_session(ssl_.get(), options.session.get());
  SSL_set_fd(ssl_.get(), raw_.fd());
}

// OpenSSL resumes no session of which a connection did not end in order.
TlsClient::~TlsClient() {
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

Status TlsClient::Handshake() {
  ERR_clear_error();
  if (SSL_connect(ssl_.get()) == 1) return absl::OkStatus();
  return Broken("handshake");
}

Status TlsClient::Send(absl::string_view bytes) {
  ERR_clear_error();
  const int size = static_cast<int>(bytes.size());
  if (SSL_write(ssl_.get(), bytes.data(), size) == size) {
    return absl::OkStatus();
  }
  return Broken("write");
}

StatusOr<std::string> TlsClient::AskOnce(absl::string_view bytes) {
  ERR_clear_error();
  // What the server says is worth more than that it no longer listens.
  (void)SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  ERR_clear_error();
  std::array<char, 16 << 10> room;
  const int count =
      SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
  if (count > 0) return std::string(room.data(), static_cast<size_t>(count));
  if (SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN) {
    return std::string();
  }
  return Broken("read");
}

StatusOr<std::string> TlsClient::Ask(absl::string_view bytes) {
  std::string all;
  for (;;) {
    ASSIGN_OR_RETURN(const std::string piece, AskOnce(bytes));
    bytes = "";
    if (piece.empty()) return all;
    all += piece;
  }
}

std::string TlsClient::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

std::string TlsClient::server_certificate() const {
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(out, SSL_get0_peer_certificate(ssl_.get()));
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string pem(bytes, static_cast<size_t>(size));
  BIO_free(out);
  return pem;
}

bool TlsClient::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::shared_ptr<ssl_session_st> TlsClient::session() const {
  return {SSL_get1_session(ssl_.get()), SSL_SESSION_free};
}

}  // namespace plimsoll

#include "gateway/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

// Drains OpenSSL's queue of errors into one line.
std::string OpenSslErrors() {
  std::string text;
  while (unsigned long code = ERR_get_error()) {
    char line[256];
    ERR_error_string_n(code, line, sizeof line);
    absl::StrAppend(&text, text.empty() ? "" : "; ", line);
  }
  return text.empty() ? "no reason given" : text;
}

// Picks http/1.1 or refuses: another protocol would be answered in vain.
int SelectHttp11(SSL*, const unsigned char** out, unsigned char* out_length,
                 const unsigned char* in, unsigned int in_length, void*) {
  static constexpr unsigned char kOffer[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(&chosen, out_length, kOffer,
                                           sizeof kOffer - 1, in, in_length);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void Harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

StatusOr<std::shared_ptr<TlsContext>> TlsContext::Server(
    const std::string& certificate_file, const std::string& key_file) {
  std::shared_ptr<TlsContext> tls(
      new TlsContext(SSL_CTX_new(TLS_server_method())));
  Harden(tls->get());
  SSL_CTX_set_alpn_select_cb(tls->get(), SelectHttp11, nullptr);
  if (SSL_CTX_use_certificate_chain_file(tls->get(),
                                         certificate_file.c_str()) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("certificate ", certificate_file, ": ", OpenSslErrors()));
  }
  if (SSL_CTX_use_PrivateKey_file(tls->get(), key_file.c_str(),
                                  SSL_FILETYPE_PEM) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("key ", key_file, ": ", OpenSslErrors()));
  }
  return tls;
}

StatusOr<std::shared_ptr<TlsContext>> TlsContext::Client(
    const std::string& ca_file) {
  std::shared_ptr<TlsContext> tls(
      new TlsContext(SSL_CTX_new(TLS_client_method())));
  Harden(tls->get());
  SSL_CTX_set_verify(tls->get(), SSL_VERIFY_PEER, nullptr);
  static constexpr unsigned char kOffer[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(tls->get(), kOffer, sizeof kOffer - 1);
  if (!ca_file.empty()) {
    RETURN_IF_ERROR(tls->Trust(ca_file));
  } else if (SSL_CTX_set_default_verify_paths(tls->get()) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("the system's CA store: ", OpenSslErrors()));
  }
  return tls;
}

Status TlsContext::Trust(const std::string& ca_file) {
  if (SSL_CTX_load_verify_locations(get(), ca_file.c_str(), nullptr) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("CA file ", ca_file, ": ", OpenSslErrors()));
  }
  return absl::OkStatus();
}

void TlsStream::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsStream::TlsStream(asio::ip::tcp::socket socket, DeadlineList& deadlines,
                     std::shared_ptr<TlsContext> context)
    : Stream(deadlines),
      socket_(std::move(socket)),
      context_(std::move(context)),
      ssl_(SSL_new(context_->get())) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
  SSL_set_fd(ssl_.get(), socket_.native_handle());
}

TlsStream::~TlsStream() = default;

Task<Status> TlsStream::Accept() {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) co_return absl::OkStatus();
    CO_RETURN_IF_ERROR(co_await WaitFor(result), "TLS handshake");
  }
}

Task<Status> TlsStream::Connect(std::string server_name) {
  SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
  SSL_set1_host(ssl_.get(), server_name.c_str());
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_.get());
    if (result == 1) co_return absl::OkStatus();
    const long verdict = SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK) {
      co_return absl::UnavailableError(
          absl::StrCat("TLS: certificate of ", server_name, ": ",
                       X509_verify_cert_error_string(verdict)));
    }
    CO_RETURN_IF_ERROR(co_await WaitFor(result), "TLS handshake");
  }
}

Task<StatusOr<size_t>> TlsStream::Read(absl::Span<char> buffer) {
  for (;;) {
    if (!socket_.is_open()) co_return Failure("closed");
    ERR_clear_error();
    size_t count = 0;
    const int result =
        SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
    if (result == 1) co_return count;
    const Status waited = co_await WaitFor(result);
    if (absl::IsOutOfRange(waited)) co_return size_t{0};
    CO_RETURN_IF_ERROR(waited);
  }
}

Task<Status> TlsStream::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    if (!socket_.is_open()) co_return Failure("closed");
    ERR_clear_error();
    size_t count = 0;
    const int result =
        SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    if (result == 1) {
      bytes.remove_prefix(count);
      continue;
    }
    CO_RETURN_IF_ERROR(co_await WaitFor(result));
  }
  co_return absl::OkStatus();
}

Task<Status> TlsStream::WaitFor(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_ZERO_RETURN) {
    co_return absl::OutOfRangeError("end of stream");
  }
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    co_return Failure(error == SSL_ERROR_SYSCALL ? "connection lost"
                                                 : OpenSslErrors());
  }
  const auto direction = error == SSL_ERROR_WANT_READ
                             ? asio::ip::tcp::socket::wait_read
                             : asio::ip::tcp::socket::wait_write;
  auto [waited] =
      co_await socket_.async_wait(direction, asio::as_tuple(asio::deferred));
  if (waited) co_return Failure(waited.message());
  // Closed since it became ready: OpenSSL would use the number all the same,
  // which may be another's by now.
  if (!socket_.is_open()) co_return Failure("closed");
  co_return absl::OkStatus();
}

void TlsStream::FinishWriting() {
  if (!socket_.is_open()) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void TlsStream::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void TlsStream::Abort() {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  Close();
}

bool TlsStream::IsQuiet() {
  if (!socket_.is_open()) return false;
  char byte;
  ERR_clear_error();
  const int result = SSL_peek(ssl_.get(), &byte, 1);
  return result <= 0 &&
         SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ;
}

std::string TlsStream::PeerAddress() const {
  boost::system::error_code error;
  const auto endpoint = socket_.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

void TlsStream::OnExpired() {
  expired_ = true;
  Close();
}

Status TlsStream::Failure(absl::string_view what) const {
  if (expired_) return absl::DeadlineExceededError("timed out");
  return absl::UnavailableError(what);
}

}  // namespace plimsoll

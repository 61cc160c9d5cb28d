#include "gateway/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/advice.h"

namespace plimsoll {
namespace {

constexpr unsigned char kHandshakeRecord = 0x16;

bool IsAddress(const std::string& host) {
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

std::string WithFile(absl::string_view setting, const std::string& file) {
  return file.empty() ? absl::StrCat(setting, ", which is not set")
                      : absl::StrCat(setting, ": ", file);
}

// What in the configuration may be wrong where a server is not trusted.
std::string AdviceFor(CertificateFault::Kind kind,
                      const ClientTlsSettings& settings) {
  switch (kind) {
    case CertificateFault::Kind::kUntrusted:
      return absl::StrCat("look at ",
                          WithFile("upstream.tls.ca", settings.ca_file));
    case CertificateFault::Kind::kName:
      return absl::StrCat(
          "look at upstream.url and ",
          WithFile("upstream.tls.serverName", settings.server_name));
    default:
      return "renew the certificate of the server at upstream.url";
  }
}

}  // namespace

void TlsStream::Free::operator()(ssl_st* ssl) const { SSL_free(ssl); }

TlsStream::TlsStream(asio::ip::tcp::socket socket, DeadlineList& deadlines,
                     std::shared_ptr<const TlsContext> context)
    : Stream(deadlines),
      socket_(std::move(socket)),
      context_(std::move(context)),
      ssl_(SSL_new(context_->get())) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
  SSL_set_fd(ssl_.get(), socket_.native_handle());
  SSL_set_app_data(ssl_.get(), &fault_);
}

TlsStream::~TlsStream() = default;

Task<StatusOr<bool>> TlsStream::AwaitHandshake() {
  auto [waited] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_read,
                                              asio::as_tuple(asio::deferred));
  if (waited || !socket_.is_open()) co_return Failure("closed");
  unsigned char first = 0;
  const ssize_t count =
      ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (count != 1) co_return Failure("connection lost");
  co_return first == kHandshakeRecord;
}

Task<Status> TlsStream::Accept() {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_accept(ssl_.get());
    if (result == 1) co_return absl::OkStatus();
    if (fault_.kind != CertificateFault::Kind::kNone) {
      co_return Failure(absl::StrCat("client certificate: ", fault_.text));
    }
    CO_RETURN_IF_ERROR(co_await WaitFor(result), "TLS handshake");
  }
}

Task<Status> TlsStream::Connect(std::string host) {
  const ClientTlsSettings& settings = context_->client();
  if (!settings.server_name.empty()) host = settings.server_name;
  if (!IsAddress(host)) SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
  SSL_set1_host(ssl_.get(), host.c_str());
  for (;;) {
    ERR_clear_error();
    const int result = SSL_connect(ssl_.get());
    if (result == 1) co_return absl::OkStatus();
    if (fault_.kind != CertificateFault::Kind::kNone) {
      const Status refused = absl::UnavailableError(
          absl::StrCat("TLS: certificate of ", host, ": ", fault_.text));
      co_return WithAdvice(refused, AdviceFor(fault_.kind, settings));
    }
    CO_RETURN_IF_ERROR(co_await WaitFor(result), "TLS handshake");
  }
}

std::string TlsStream::ClientName() const {
  const X509* shown = SSL_get0_peer_certificate(ssl_.get());
  if (shown == nullptr || SSL_get_verify_result(ssl_.get()) != X509_V_OK) {
    return "";
  }
  return ClientNameOf(*shown);
}

asio::ip::tcp::socket TlsStream::TakeSocket() { return std::move(socket_); }

Task<StatusOr<size_t>> TlsStream::Read(absl::Span<char> buffer) {
  // A fast body between two such streams would never wait for either.
  if (read_whole_room_) {
    co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  }
  for (;;) {
    if (!socket_.is_open()) co_return Failure("closed");
    if (!reading_) co_return Failure("nothing more is read");
    ERR_clear_error();
    size_t count = 0;
    const int result =
        SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
    if (result == 1) {
      count += ReadOn(buffer.subspan(count), count);
      read_whole_room_ = count == buffer.size();
      co_return count;
    }
    const Status waited = co_await WaitFor(result);
    if (absl::IsOutOfRange(waited)) co_return size_t{0};
    CO_RETURN_IF_ERROR(waited);
  }
}

// OpenSSL gives a record at a time, and who reads passes on what it was given:
// what is there goes on together.
size_t TlsStream::ReadOn(absl::Span<char> room, size_t last) {
  size_t total = 0;
  while (!room.empty() &&
         (last == SSL3_RT_MAX_PLAIN_LENGTH || SSL_has_pending(ssl_.get()))) {
    ERR_clear_error();
    // An error is said again by the next call.
    if (SSL_read_ex(ssl_.get(), room.data(), room.size(), &last) != 1) break;
    room.remove_prefix(last);
    total += last;
  }
  return total;
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
    co_return Broken(error);
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

void TlsStream::SetReading(bool on) {
  reading_ = on;
  boost::system::error_code ignored;
  if (!on) socket_.cancel(ignored);
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

absl::string_view TlsStream::TlsVersion() const {
  return SSL_get_version(ssl_.get());
}

void TlsStream::OnExpired() {
  expired_ = true;
  Close();
}

Status TlsStream::Broken(int error) const {
  if (error == SSL_ERROR_SYSCALL) return Failure("connection lost");
  const bool refused = PeerRefusesCertificate() && !SSL_is_server(ssl_.get());
  const Status broken = Failure(OpenSslReason());
  if (!refused) return broken;
  return WithAdvice(
      broken, absl::StrCat("the server wants a client certificate: look "
                           "at ",
                           WithFile("upstream.tls.certificate",
                                    context_->client().certificate_file)));
}

Status TlsStream::Failure(absl::string_view what) const {
  if (expired_) return absl::DeadlineExceededError("timed out");
  return absl::UnavailableError(what);
}

}  // namespace plimsoll

#include "gateway/http/stream.h"

#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <cerrno>

#include "absl/strings/str_cat.h"

namespace plimsoll {

TcpStream::TcpStream(asio::ip::tcp::socket socket, DeadlineList& deadlines)
    : Stream(deadlines), socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

TcpStream::~TcpStream() = default;

Task<StatusOr<size_t>> TcpStream::Read(absl::Span<char> buffer) {
  const asio::mutable_buffer target(buffer.data(), buffer.size());
  auto [error, count] = co_await socket_.async_read_some(
      target, asio::as_tuple(asio::use_awaitable));
  if (error == asio::error::eof) co_return size_t{0};
  if (error) co_return Failure(error);
  co_return count;
}

Task<Status> TcpStream::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const asio::const_buffer source(bytes.data(), bytes.size());
    auto [error, count] = co_await socket_.async_write_some(
        source, asio::as_tuple(asio::use_awaitable));
    if (error) co_return Failure(error);
    bytes.remove_prefix(count);
  }
  co_return absl::OkStatus();
}

void TcpStream::FinishWriting() {
  boost::system::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void TcpStream::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void TcpStream::Abort() {
  boost::system::error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  Close();
}

bool TcpStream::IsQuiet() {
  char byte;
  const ssize_t count =
      ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

std::string TcpStream::PeerAddress() const {
  boost::system::error_code error;
  const auto endpoint = socket_.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

void TcpStream::OnExpired() {
  expired_ = true;
  Close();
}

Status TcpStream::Failure(const boost::system::error_code& error) const {
  if (expired_) return absl::DeadlineExceededError("timed out");
  return absl::UnavailableError(error.message());
}

}  // namespace plimsoll

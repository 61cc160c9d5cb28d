#include "gateway/http/stream.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <cerrno>

namespace plimsoll {
namespace {

// Awaited as it is, an operation needs no coroutine of its own around it.
constexpr auto kNoThrow = asio::as_tuple(asio::deferred);

}  // namespace

Task<Status> Stream::WriteJoined(absl::string_view lead,
                                 absl::string_view bytes) {
  CO_RETURN_IF_ERROR(co_await Write(lead));
  co_return co_await Write(bytes);
}

Task<StatusOr<size_t>> Stream::SpliceInto(Pipe&, size_t) {
  co_return absl::InternalError("this stream does not splice");
}

Task<Status> Stream::SpliceFrom(Pipe&, size_t) {
  co_return absl::InternalError("this stream does not splice");
}

TcpStream::TcpStream(asio::ip::tcp::socket socket, DeadlineList& deadlines)
    : Stream(deadlines), socket_(std::move(socket)) {
  boost::system::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);  // also for splice(2)
}

TcpStream::~TcpStream() = default;

Task<StatusOr<size_t>> TcpStream::Read(absl::Span<char> buffer) {
  if (!reading_) co_return Failure(asio::error::operation_aborted);
  const asio::mutable_buffer target(buffer.data(), buffer.size());
  auto [error, count] = co_await socket_.async_read_some(target, kNoThrow);
  if (error == asio::error::eof) co_return size_t{0};
  if (error) co_return Failure(error);
  co_return count;
}

Task<Status> TcpStream::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const asio::const_buffer source(bytes.data(), bytes.size());
    auto [error, count] = co_await socket_.async_write_some(source, kNoThrow);
    if (error) co_return Failure(error);
    bytes.remove_prefix(count);
  }
  co_return absl::OkStatus();
}

Task<Status> TcpStream::WriteJoined(absl::string_view lead,
                                    absl::string_view bytes) {
  while (!lead.empty()) {
    const std::array<asio::const_buffer, 2> source{
        asio::buffer(lead.data(), lead.size()),
        asio::buffer(bytes.data(), bytes.size())};
    auto [error, count] = co_await socket_.async_write_some(source, kNoThrow);
    if (error) co_return Failure(error);
    const size_t of_lead = std::min(count, lead.size());
    lead.remove_prefix(of_lead);
    bytes.remove_prefix(count - of_lead);
  }
  co_return co_await Write(bytes);
}

Task<StatusOr<size_t>> TcpStream::SpliceInto(Pipe& pipe, size_t count) {
  // A fast body must not keep the loop to itself.
  co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  for (;;) {
    if (!reading_) co_return Failure(asio::error::operation_aborted);
    const ssize_t moved =
        ::splice(socket_.native_handle(), nullptr, pipe.in(), nullptr, count,
                 SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved >= 0) co_return static_cast<size_t>(moved);
    CO_RETURN_IF_ERROR(co_await WaitToSplice(asio::ip::tcp::socket::wait_read));
  }
}

Task<Status> TcpStream::SpliceFrom(Pipe& pipe, size_t count) {
  while (count > 0) {
    const ssize_t moved =
        ::splice(pipe.out(), nullptr, socket_.native_handle(), nullptr, count,
                 SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (moved > 0) {
      count -= static_cast<size_t>(moved);
      continue;
    }
    CO_RETURN_IF_ERROR(
        co_await WaitToSplice(asio::ip::tcp::socket::wait_write));
  }
  co_return absl::OkStatus();
}

Task<Status> TcpStream::WaitToSplice(asio::ip::tcp::socket::wait_type what) {
  const int reason = errno;
  if (reason == EINTR) co_return absl::OkStatus();
  if (reason != EAGAIN || !socket_.is_open()) {
    co_return Failure({reason, boost::system::system_category()});
  }
  auto [error] = co_await socket_.async_wait(what, kNoThrow);
  co_return error ? Failure(error) : absl::OkStatus();
}

void TcpStream::SetReading(bool on) {
  reading_ = on;
  boost::system::error_code ignored;
  if (!on) socket_.cancel(ignored);
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

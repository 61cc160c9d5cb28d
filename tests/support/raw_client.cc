#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/chunked.h"
#include "gateway/http/framing.h"

namespace plimsoll {
namespace {

Status Broken(absl::string_view call) {
  return absl::UnavailableError(absl::StrCat(call, ": ", std::strerror(errno)));
}

Status Unreadable(const HttpError& error) {
  return absl::InvalidArgumentError(error.message);
}

}  // namespace

StatusOr<RawClient> RawClient::Connect(uint16_t port, absl::Duration patience) {
  RawClient client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(client.fd_, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    return Broken("connect");
  }
  return client;
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      patience_(other.patience_),
      buffer_(std::move(other.buffer_)) {}

RawClient& RawClient::operator=(RawClient&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(patience_, other.patience_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

Status RawClient::WaitFor(int events) {
  pollfd waited{fd_, static_cast<short>(events), 0};
  int ready =
      poll(&waited, 1, static_cast<int>(absl::ToInt64Milliseconds(patience_)));
  if (ready == 0) return absl::DeadlineExceededError("the peer is silent");
  return ready > 0 ? absl::OkStatus() : Broken("poll");
}

Status RawClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    RETURN_IF_ERROR(WaitFor(POLLOUT));
    ssize_t sent =
        send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0) return Broken("send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return absl::OkStatus();
}

StatusOr<std::string> RawClient::ReadSome() {
  if (!buffer_.empty()) return std::exchange(buffer_, "");
  RETURN_IF_ERROR(WaitFor(POLLIN));
  std::array<char, 64 * 1024> piece;
  ssize_t size = recv(fd_, piece.data(), piece.size(), 0);
  if (size < 0) return Broken("recv");
  return std::string(piece.data(), static_cast<size_t>(size));
}

StatusOr<std::string> RawClient::ReadAll() {
  std::string all;
  while (true) {
    ASSIGN_OR_RETURN(std::string piece, ReadSome());
    if (piece.empty()) return all;
    all += piece;
  }
}

Status RawClient::Fill(size_t size) {
  std::string held = std::exchange(buffer_, "");
  while (held.size() < size) {
    ASSIGN_OR_RETURN(std::string piece, ReadSome());
    if (piece.empty()) {
      return absl::DataLossError("the peer ended within a response");
    }
    held += piece;
  }
  buffer_ = std::move(held);
  return absl::OkStatus();
}

StatusOr<size_t> RawClient::FillHead() {
  HeadScanner scanner;
  RETURN_IF_ERROR(Fill(1));
  while (true) {
    HttpOr<size_t> end = scanner.Scan(buffer_);
    if (!end.ok()) return Unreadable(end.error());
    if (*end > 0) return *end;
    RETURN_IF_ERROR(Fill(buffer_.size() + 1));
  }
}

StatusOr<RawResponse> RawClient::ReadResponse(absl::string_view method) {
  ASSIGN_OR_RETURN(size_t size, FillHead());
  auto head = ParseResponseHead(absl::string_view(buffer_).substr(0, size));
  if (!head.ok()) return Unreadable(head.error());
  buffer_.erase(0, size);
  RawResponse response;
  response.head = *std::move(head);
  ASSIGN_OR_RETURN(response.body, ReadBody(response.head, method));
  return response;
}

StatusOr<std::string> RawClient::ReadBody(const ResponseHead& head,
                                          absl::string_view method) {
  HttpOr<Framing> framing = ResponseFraming(head, method);
  if (!framing.ok()) return Unreadable(framing.error());
  if (framing->kind == BodyKind::kUntilClose) return ReadAll();
  if (framing->kind == BodyKind::kChunked) return ReadChunks();
  RETURN_IF_ERROR(Fill(framing->length));
  std::string body = buffer_.substr(0, framing->length);
  buffer_.erase(0, framing->length);
  return body;
}

StatusOr<std::string> RawClient::ReadChunks() {
  ChunkDecoder decoder;
  std::string body;
  while (!decoder.done()) {
    RETURN_IF_ERROR(Fill(1));
    auto step = decoder.Next(buffer_);
    if (!step.ok()) return Unreadable(step.error());
    absl::StrAppend(&body, step->data);
    buffer_.erase(0, step->consumed);
  }
  return body;
}

bool RawClient::AtEnd() {
  StatusOr<std::string> more = ReadSome();
  return more.ok() && more->empty();
}

void RawClient::CloseWrite() { shutdown(fd_, SHUT_WR); }

void RawClient::Reset() {
  linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close(std::exchange(fd_, -1));
}

StatusOr<std::string> SendOnce(uint16_t port, absl::string_view bytes,
                               bool close_write) {
  ASSIGN_OR_RETURN(RawClient client, RawClient::Connect(port));
  RETURN_IF_ERROR(client.Send(bytes));
  if (close_write) client.CloseWrite();
  return client.ReadAll();
}

}  // namespace plimsoll

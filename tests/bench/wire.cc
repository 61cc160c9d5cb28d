#include "tests/bench/wire.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace plimsoll::bench {
namespace {

constexpr size_t kReadAheadBytes = 256 << 10;
constexpr size_t kMaxHeadBytes = 64 << 10;
// Fits a core's second-level cache, so that making bytes costs little.
constexpr size_t kFillerBytes = 512 << 10;
constexpr size_t kDiscardAtOnce = 4 << 20;

const std::string& Filler() {
  static const std::string& filler = *new std::string(kFillerBytes, '~');
  return filler;
}

}  // namespace

std::optional<absl::string_view> FindHeader(absl::string_view head,
                                            absl::string_view name) {
  for (absl::string_view line : absl::StrSplit(head, "\r\n")) {
    if (line.size() > name.size() && line[name.size()] == ':' &&
        absl::StartsWithIgnoreCase(line, name)) {
      return absl::StripAsciiWhitespace(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

std::optional<uint64_t> ContentLength(absl::string_view head) {
  const auto value = FindHeader(head, "Content-Length");
  uint64_t length = 0;
  if (!value || !absl::SimpleAtoi(*value, &length)) return std::nullopt;
  return length;
}

Wire::Wire(asio::ip::tcp::socket socket, ssl_ctx_st* context)
    : socket_(std::move(socket)) {
  boost::system::error_code ignored;  // met again by the first read or write
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true, ignored);
  if (context == nullptr) return;
  ssl_ = SSL_new(context);
  SSL_set_fd(ssl_, socket_.native_handle());
}

Wire::~Wire() { SSL_free(ssl_); }

asio::awaitable<bool> Wire::WaitFor(int result) {
  const int error = SSL_get_error(ssl_, result);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    co_return false;
  }
  const auto direction = error == SSL_ERROR_WANT_READ
                             ? asio::ip::tcp::socket::wait_read
                             : asio::ip::tcp::socket::wait_write;
  auto [waited] = co_await socket_.async_wait(
      direction, asio::as_tuple(asio::use_awaitable));
  co_return !waited;
}

asio::awaitable<bool> Wire::Begin() {
  for (int result = 0; ssl_ != nullptr;) {
    result = SSL_connect(ssl_);
    if (result == 1) break;
    if (!co_await WaitFor(result)) co_return false;
  }
  co_return true;
}

asio::awaitable<size_t> Wire::ReadSome(char* room, size_t size) {
  if (ssl_ == nullptr) {
    auto [error, count] = co_await socket_.async_read_some(
        asio::mutable_buffer(room, size), asio::as_tuple(asio::use_awaitable));
    co_return error ? 0 : count;
  }
  for (;;) {
    size_t count = 0;
    const int result = SSL_read_ex(ssl_, room, size, &count);
    if (result == 1) co_return count;
    if (!co_await WaitFor(result)) co_return 0;
  }
}

asio::awaitable<size_t> Wire::WriteSome(const char* bytes, size_t size) {
  if (ssl_ == nullptr) {
    auto [error, count] = co_await socket_.async_write_some(
        asio::const_buffer(bytes, size), asio::as_tuple(asio::use_awaitable));
    co_return error ? 0 : count;
  }
  for (;;) {
    size_t count = 0;
    const int result = SSL_write_ex(ssl_, bytes, size, &count);
    if (result == 1) co_return count;
    if (!co_await WaitFor(result)) co_return 0;
  }
}

asio::awaitable<bool> Wire::Fill() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (held_.empty()) held_.resize(kReadAheadBytes);
  if (begin_ > 0 && end_ == held_.size()) {
    std::memmove(held_.data(), held_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  const size_t count =
      co_await ReadSome(held_.data() + end_, held_.size() - end_);
  end_ += count;
  co_return count > 0;
}

asio::awaitable<std::string> Wire::ReadHead() {
  for (;;) {
    const absl::string_view held(held_.data() + begin_, end_ - begin_);
    const size_t mark = held.find("\r\n\r\n");
    if (mark != absl::string_view::npos) {
      std::string head(held.substr(0, mark + 4));
      begin_ += head.size();
      co_return head;
    }
    if (held.size() > kMaxHeadBytes) co_return "";
    if (!co_await Fill()) co_return "";
  }
}

asio::awaitable<std::optional<std::string>> Wire::ReadLine() {
  for (;;) {
    const absl::string_view held(held_.data() + begin_, end_ - begin_);
    const size_t mark = held.substr(0, kMaxHeadBytes).find("\r\n");
    if (mark != absl::string_view::npos) {
      std::string line(held.substr(0, mark));
      begin_ += mark + 2;
      co_return line;
    }
    if (held.size() > kMaxHeadBytes) co_return std::nullopt;
    if (!co_await Fill()) co_return std::nullopt;
  }
}

asio::awaitable<bool> Wire::Discard(uint64_t bytes) {
  const size_t ahead = std::min<uint64_t>(bytes, end_ - begin_);
  begin_ += ahead;
  bytes -= ahead;
  while (bytes > 0 && ssl_ != nullptr) {
    if (!co_await Fill()) co_return false;
    const size_t some = std::min<uint64_t>(bytes, end_ - begin_);
    begin_ += some;
    bytes -= some;
  }
  while (bytes > 0) {
    // MSG_TRUNC on a TCP socket drops the bytes where they are.
    const ssize_t count = ::recv(socket_.native_handle(), nullptr,
                                 std::min<uint64_t>(bytes, kDiscardAtOnce),
                                 MSG_TRUNC | MSG_DONTWAIT);
    if (count > 0) {
      bytes -= static_cast<uint64_t>(count);
      continue;
    }
    if (count == 0 || errno != EAGAIN) co_return false;
    auto [error] = co_await socket_.async_wait(
        asio::ip::tcp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
    if (error) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> Wire::DiscardChunks() {
  for (;;) {
    const std::optional<std::string> line = co_await ReadLine();
    uint64_t size = 0;
    if (!line || !absl::SimpleHexAtoi(*line, &size)) co_return false;
    uint64_t left = size + 2;  // its line end
    while (left > 0) {
      const size_t ahead = std::min<uint64_t>(left, end_ - begin_);
      begin_ += ahead;
      left -= ahead;
      if (left > 0 && !co_await Fill()) co_return false;
    }
    if (size == 0) co_return true;
  }
}

asio::awaitable<bool> Wire::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const size_t count = co_await WriteSome(bytes.data(), bytes.size());
    if (count == 0) co_return false;
    bytes.remove_prefix(count);
  }
  co_return true;
}

asio::awaitable<bool> Wire::SendFiller(uint64_t bytes) {
  while (bytes > 0) {
    const size_t size = std::min<uint64_t>(bytes, kFillerBytes);
    const size_t count = co_await WriteSome(Filler().data(), size);
    if (count == 0) co_return false;
    bytes -= count;
  }
  co_return true;
}

asio::awaitable<bool> Wire::SendChunks(uint64_t bytes, size_t chunk_bytes) {
  const size_t largest = std::min(chunk_bytes, kFillerBytes);
  while (bytes > 0) {
    const size_t size = std::min<uint64_t>(bytes, largest);
    const std::string lead = absl::StrCat(absl::Hex(size), "\r\n");
    if (ssl_ != nullptr) {  // one record or more, as Go's client writes it
      const std::string chunk = absl::StrCat(
          lead, absl::string_view(Filler()).substr(0, size), "\r\n");
      if (!co_await Send(chunk)) co_return false;
      bytes -= size;
      continue;
    }
    const std::array<asio::const_buffer, 3> parts = {
        asio::buffer(lead), asio::const_buffer(Filler().data(), size),
        asio::const_buffer("\r\n", 2)};
    auto [error, count] = co_await asio::async_write(
        socket_, parts, asio::as_tuple(asio::use_awaitable));
    if (error) co_return false;
    bytes -= size;
  }
  co_return co_await Send("0\r\n\r\n");
}

}  // namespace plimsoll::bench

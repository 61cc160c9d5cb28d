#include "tests/support/script_server.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace plimsoll {
namespace {

using boost::system::error_code;
using Tcp = asio::ip::tcp;

Tcp::endpoint Loopback() {
  return Tcp::endpoint(asio::ip::address_v4::loopback(), 0);
}

// One read; empty where the connection ended.
Task<std::string> ReadSome(Tcp::socket& socket) {
  std::array<char, 64 * 1024> piece;
  error_code error;
  size_t size = co_await socket.async_read_some(
      asio::buffer(piece), asio::redirect_error(asio::use_awaitable, error));
  co_return error ? std::string() : std::string(piece.data(), size);
}

Task<bool> Write(Tcp::socket& socket, const std::string& bytes) {
  error_code error;
  co_await asio::async_write(socket, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

}  // namespace

ScriptServer::ScriptServer(Script script)
    : script_(std::move(script)),
      acceptor_(loop_, Loopback()),
      gate_(loop_, asio::steady_timer::time_point::max()),
      port_(acceptor_.local_endpoint().port()) {
  asio::co_spawn(loop_, Accept(), asio::detached);
  thread_ = std::thread([this] { loop_.run(); });
}

ScriptServer::ScriptServer(std::string bytes)
    : ScriptServer([bytes = std::move(bytes)](const RequestHead&) {
        ScriptReply reply;
        reply.bytes = bytes;
        return reply;
      }) {}

ScriptServer::~ScriptServer() {
  loop_.stop();
  thread_.join();
}

std::string ScriptServer::authority() const {
  return absl::StrCat("127.0.0.1:", port_);
}

std::vector<SeenRequest> ScriptServer::requests() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

size_t ScriptServer::connections() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return connections_;
}

bool ScriptServer::WaitForRequests(size_t count,
                                   absl::Duration deadline) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return recorded_.wait_for(lock, absl::ToChronoNanoseconds(deadline),
                            [&] { return requests_.size() >= count; });
}

void ScriptServer::Release() {
  asio::post(loop_, [this] {
    released_ = true;
    gate_.cancel();
  });
}

Task<> ScriptServer::Accept() {
  while (true) {
    Socket socket(loop_);
    error_code error;
    co_await acceptor_.async_accept(
        socket, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    size_t number = 0;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      number = ++connections_;
    }
    asio::co_spawn(loop_, Serve(std::move(socket), number), asio::detached);
  }
}

Task<> ScriptServer::Serve(Socket socket, size_t number) {
  std::string rest;
  bool open = true;
  while (open) {
    RequestReader reader;
    reader.Feed(rest);
    bool has_head = co_await ReadHead(socket, reader);
    if (!has_head) {
      if (reader.refusal()) (void)Record(reader, number);
      co_return;
    }
    open = co_await Play(socket, reader, number);
    rest = reader.rest();
  }
}

Task<bool> ScriptServer::ReadHead(Socket& socket, RequestReader& reader) {
  while (!reader.head() && !reader.refusal()) {
    std::string piece = co_await ReadSome(socket);
    if (piece.empty()) co_return false;
    reader.Feed(piece);
  }
  co_return reader.head().has_value();
}

Task<bool> ScriptServer::ReadBody(Socket& socket, RequestReader& reader,
                                  size_t wanted) {
  while (!reader.done() && !reader.refusal() && reader.body().size() < wanted) {
    std::string piece = co_await ReadSome(socket);
    if (piece.empty()) co_return false;
    reader.Feed(piece);
  }
  co_return !reader.refusal();
}

Task<bool> ScriptServer::Play(Socket& socket, RequestReader& reader,
                              size_t number) {
  ScriptReply reply = script_(*reader.head());
  bool alive = co_await ReadBody(socket, reader, reply.read_first);
  const SeenRequest seen = Record(reader, number);
  if (!alive) co_return false;
  if (reply.answer) reply.bytes = reply.answer(seen);
  alive = co_await Write(socket, reply.bytes);
  if (alive && !reply.after_release.empty()) {
    co_await Gate();
    alive = co_await Write(socket, reply.after_release);
  }
  if (!alive) co_return false;
  if (reply.then == ScriptReply::Then::kKeepOpen) {
    alive = co_await Drain(socket, reader, number);
    co_return alive;
  }
  co_await End(socket, reply.then);
  co_return false;
}

Task<bool> ScriptServer::Drain(Socket& socket, RequestReader& reader,
                               size_t number) {
  bool alive = co_await ReadBody(socket, reader, ScriptReply::kWholeBody);
  if (reader.refusal()) (void)Record(reader, number);
  co_return alive;
}

Task<> ScriptServer::End(Socket& socket, ScriptReply::Then then) {
  error_code ignored;
  if (then == ScriptReply::Then::kStall) co_await Gate();
  if (then == ScriptReply::Then::kReset) {
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
    co_return;
  }
  socket.shutdown(Tcp::socket::shutdown_send, ignored);
  std::string piece = co_await ReadSome(socket);
  while (!piece.empty()) piece = co_await ReadSome(socket);
}

Task<> ScriptServer::Gate() {
  error_code ignored;
  if (released_) co_return;
  co_await gate_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

SeenRequest ScriptServer::Record(const RequestReader& reader, size_t number) {
  SeenRequest seen;
  seen.connection = number;
  seen.malformed = reader.refusal().has_value();
  seen.head_bytes = reader.head() ? reader.head_bytes() : reader.rest();
  if (reader.head()) seen.head = *reader.head();
  seen.body = reader.body();
  seen.whole = reader.done();
  std::lock_guard<std::mutex> lock(mutex_);
  requests_.push_back(seen);
  recorded_.notify_all();
  return seen;
}

std::string CannedAnswer(absl::string_view status, absl::string_view body,
                         absl::string_view fields) {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n", fields,
                      "Content-Length: ", body.size(), "\r\n\r\n", body);
}

}  // namespace plimsoll

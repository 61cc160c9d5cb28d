// What the tests of forwarding share: a server that forwards every exchange to
// a scripted upstream, and how each forwarding ended.
#ifndef PLIMSOLL_TESTS_GATEWAY_HTTP_FORWARDER_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_HTTP_FORWARDER_FIXTURE_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "gateway/http/forward.h"
#include "gateway/http/forwarder.h"
#include "tests/gateway/http/server_fixture.h"
#include "tests/support/script_server.h"

namespace plimsoll {

class ForwarderTest : public ServerTest {
 protected:
  using Then = ScriptReply::Then;

  ~ForwarderTest() override {
    loop_.Stop();
    if (pool_) pool_->Clear();
  }

  // Forwards to an upstream that follows `script`.
  void StartWith(ScriptServer::Script script, HttpServer::Options server = {}) {
    upstream_ = std::make_unique<ScriptServer>(std::move(script));
    ForwardTo(upstream_->port(), std::move(server));
  }
  // ... that answers everything so.
  void StartWith(ScriptReply reply, HttpServer::Options server = {}) {
    StartWith([reply](const RequestHead&) { return reply; }, std::move(server));
  }
  void StartWith(std::string bytes) {
    ScriptReply reply;
    reply.bytes = std::move(bytes);
    StartWith(reply);
  }

  void ForwardTo(uint16_t port, HttpServer::Options server = {}) {
    const UpstreamAddress address{false, "127.0.0.1", absl::StrCat(port)};
    auto pool = std::make_unique<UpstreamPool>(loop_.loop(), address, nullptr);
    if (server_ != nullptr) {  // to another one, once NextEnd() was seen
      loop_.Do([&] { pool_ = std::move(pool); });
      return;
    }
    pool_ = std::move(pool);
    Start([this](Exchange& exchange) { return ForwardOne(exchange); },
          std::move(server));
  }

  // How the next forwarding ended, once it has; Unknown where none does.
  ForwardEnd NextEnd() {
    std::unique_lock lock(mutex_);
    const bool ended = ended_.wait_for(lock, std::chrono::seconds(20),
                                       [this] { return !ends_.empty(); });
    if (!ended) return ForwardEnd{absl::UnknownError("it goes on"), false, 0};
    ForwardEnd end = ends_.front();
    ends_.pop_front();
    return end;
  }

  // Sends `request` on a connection of its own and reads the answer.
  RawResponse Ask(absl::string_view request, absl::string_view method = "GET") {
    RawClient client = Connected();
    EXPECT_THAT(client.Send(request), IsOk());
    return Answered(client, method);
  }

  ForwardOptions base_;  // of every forwarding; set before the first request
  std::unique_ptr<ScriptServer> upstream_;
  std::unique_ptr<UpstreamPool> pool_;

 private:
  Task<> ForwardOne(Exchange& exchange) {
    ForwardOptions options = base_;
    const ForwardedBy by{"registry.example", "http",
                         *exchange.head.headers.Find("Host"), exchange.peer};
    options.framing = exchange.framing;
    options.head = ForwardedRequest(exchange.head, exchange.framing, by);
    const ForwardEnd end =
        co_await Forward(exchange, *pool_, std::move(options));
    {
      // A status of its own: TSan does not see how Abseil counts who shares
      // one.
      const Status status(end.status.code(), end.status.message());
      const std::lock_guard lock(mutex_);
      ends_.push_back({status, end.sent_any, end.answer});
    }
    ended_.notify_all();
    if (exchange.answered()) co_return;
    HttpError error{502, std::string(end.status.message())};
    co_await handler_.Refuse(exchange, std::move(error));
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  std::deque<ForwardEnd> ends_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_HTTP_FORWARDER_FIXTURE_H_

// What the tests of the server side share: an HttpServer on a loop of its own,
// whose handler a test writes, and clients for it.
#ifndef PLIMSOLL_TESTS_GATEWAY_HTTP_SERVER_FIXTURE_H_
#define PLIMSOLL_TESTS_GATEWAY_HTTP_SERVER_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/http/server.h"
#include "tests/support/kept_accesses.h"
#include "tests/support/loop_thread.h"
#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {

// Answers with what the test says; a refusal is answered with its message.
class ScriptedHandler : public HttpHandler {
 public:
  using Script = std::function<Task<>(Exchange&)>;

  Task<> Handle(Exchange& exchange) override { return script(exchange); }
  Task<> Refuse(Exchange& exchange, HttpError error) override {
    ResponseHead head;
    head.status = error.status;
    head.reason = "Refused";
    (void)co_await exchange.Answer(std::move(head), error.message);
  }

  Script script = SayTarget;  // changed on the loop only

  // 200 with method and target, as a handler that reads no body.
  static Task<> SayTarget(Exchange& exchange) {
    ResponseHead head;
    head.status = 200;
    head.reason = "OK";
    std::string body =
        absl::StrCat(exchange.head.method, " ", exchange.head.target);
    (void)co_await exchange.Answer(std::move(head), std::move(body));
  }
  // 200 with the body that came, or 400 with the status of its reading.
  static Task<> SayBody(Exchange& exchange) {
    const StatusOr<std::string> body = co_await exchange.ReadWholeBody(1 << 20);
    ResponseHead head;
    head.status = body.ok() ? 200 : 400;
    head.reason = "Read";
    std::string text =
        body.ok() ? *body : absl::StrCat("not read: ", body.status().message());
    (void)co_await exchange.Answer(std::move(head), std::move(text));
  }
};

class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override {
    loop_.Stop();
    server_.reset();
  }

  void Start(HttpServer::Options options = {}) {
    if (options.name.empty()) options.name = "test";
    options.host = "127.0.0.1";
    options.port = "0";
    server_ = std::make_unique<HttpServer>(loop_.loop(), handler_, options);
    ASSERT_THAT(server_->Listen(), IsOk());
    port_ = server_->port();
    loop_.Do([this] { server_->Start(); });
  }
  void Start(ScriptedHandler::Script script, HttpServer::Options options = {}) {
    handler_.script = std::move(script);
    Start(std::move(options));
  }

  RawClient Connected() {
    StatusOr<RawClient> client = RawClient::Connect(port_);
    EXPECT_THAT(client, IsOk());
    return *std::move(client);
  }
  static RawResponse Answered(RawClient& client, absl::string_view method) {
    StatusOr<RawResponse> response = client.ReadResponse(method);
    EXPECT_THAT(response, IsOk());
    return response.ok() ? *std::move(response) : RawResponse{};
  }
  static std::string HeaderOf(const RawResponse& response,
                              absl::string_view name) {
    const std::string* value = response.head.headers.Find(name);
    return value == nullptr ? "(none)" : *value;
  }

  ScriptedHandler handler_;
  KeptAccesses accesses_;  // before the loop, whose last exchanges tell of it
  LoopThread loop_;
  std::unique_ptr<HttpServer> server_;
  uint16_t port_ = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_GATEWAY_HTTP_SERVER_FIXTURE_H_

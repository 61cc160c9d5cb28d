#include "gateway/observe/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/http/server.h"
#include "tests/support/loop_thread.h"
#include "tests/support/raw_client.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

class AdminTest : public testing::Test {
 protected:
  AdminTest() : admin_(readiness_, [] { return "the metrics\n"; }) {
    HttpServer::Options options;
    options.name = "admin";
    options.host = "127.0.0.1";
    options.port = "0";
    server_ = std::make_unique<HttpServer>(loop_.loop(), admin_, options);
    EXPECT_THAT(server_->Listen(), IsOk());
    loop_.Do([this] { server_->Start(); });
  }
  ~AdminTest() override {
    loop_.Stop();
    server_.reset();
  }

  // "200 OK: the body".
  std::string Ask(absl::string_view method, absl::string_view target) {
    return Send(method, absl::StrCat(method, " ", target,
                                     " HTTP/1.1\r\nHost: a\r\n\r\n"));
  }
  std::string Send(absl::string_view method, absl::string_view bytes) {
    StatusOr<RawClient> client = RawClient::Connect(server_->port());
    EXPECT_THAT(client, IsOk());
    EXPECT_THAT(client->Send(bytes), IsOk());
    const StatusOr<RawResponse> answer = client->ReadResponse(method);
    EXPECT_THAT(answer, IsOk());
    if (!answer.ok()) return "";
    const std::string* type = answer->head.headers.Find("Content-Type");
    type_ = type == nullptr ? "" : *type;
    return absl::StrCat(answer->head.status, " ", answer->head.reason, ": ",
                        answer->body);
  }

  std::string type_;  // of the last answer
  Readiness readiness_;
  AdminHandler admin_;
  LoopThread loop_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(AdminTest, IsAliveWhetherOrNotItIsReady) {
  EXPECT_EQ(Ask("GET", "/livez"), "200 OK: alive\n");
  EXPECT_EQ(Ask("GET", "/readyz"), "503 Service Unavailable: not ready\n");
  readiness_.Start();
  EXPECT_EQ(Ask("GET", "/livez"), "200 OK: alive\n");
  EXPECT_EQ(Ask("GET", "/readyz"), "200 OK: ready\n");
  EXPECT_EQ(Ask("HEAD", "/readyz"), "200 OK: ");
}

TEST_F(AdminTest, GivesMetricsAsPrometheusText) {
  EXPECT_EQ(Ask("GET", "/metrics"), "200 OK: the metrics\n");
  EXPECT_EQ(type_, "text/plain; version=0.0.4; charset=utf-8");
}

TEST_F(AdminTest, SaysWhatThereIs) {
  EXPECT_EQ(Ask("GET", "/"),
            "404 Not Found: try /livez, /readyz or /metrics\n");
  EXPECT_EQ(Ask("POST", "/readyz"),
            "405 Method Not Allowed: only GET and HEAD\n");
}

TEST_F(AdminTest, RefusesWhatIsNoRequestWithItsReason) {
  const std::string answer = Send("GET", "GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(answer, testing::StartsWith("400 Bad Request: "));
}

}  // namespace
}  // namespace plimsoll

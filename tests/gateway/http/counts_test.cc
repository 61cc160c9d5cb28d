// What the server side and the upstream pool count.
#include <functional>

#include "gateway/http/forwarder.h"
#include "gateway/observe/metrics.h"
#include "tests/gateway/http/forwarder_fixture.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kGet = "GET /a HTTP/1.1\r\nHost: r\r\n\r\n";

using Read = std::function<int64_t()>;

// What was counted since it was made.
class Since {
 public:
  explicit Since(Read read) : read_(std::move(read)), before_(read_()) {}
  int64_t count() const { return read_() - before_; }

 private:
  const Read read_;
  const int64_t before_;
};

double Open(absl::string_view state) {
  return metrics::upstream_connections.Get({state});
}

class CountsTest : public ForwarderTest {
 protected:
  // Counts follow the answer that a client has, and one that is wrong may
  // follow one that is right: waits until the server has nothing left to count.
  // REQUIRES: the clients have gone, or the server has closed on them.
  void Settle() {
    ASSERT_TRUE(Eventually([this] { return server_->connections() == 0; }));
    loop_.Do([] {});
  }
};

TEST_F(CountsTest, CountsRequestsByRouteMethodAndCode) {
  const Since found([] {
    return metrics::requests.Get({"blob", "read", "2xx"});
  });
  const Since refused([] {
    return metrics::requests.Get({"none", "other", "5xx"});
  });
  const int64_t timed = metrics::request_seconds.Count({"blob"});
  Start([](Exchange& exchange) -> Task<> {
    exchange.notes.route = "blob";
    EXPECT_GE(metrics::requests_under_way.Get(), 1);
    co_await ScriptedHandler::SayTarget(exchange);
  });
  RawClient client = Connected();
  ASSERT_THAT(client.Send(absl::StrCat(kGet, kGet, "GET / HTTP/1.0\r\n\r\n")),
              IsOk());
  for (int i = 0; i < 3; ++i) Answered(client, "GET");
  client.Reset();
  Settle();
  EXPECT_EQ(found.count(), 2);
  EXPECT_EQ(refused.count(), 1);
  EXPECT_EQ(metrics::request_seconds.Count({"blob"}), timed + 2);
  EXPECT_EQ(metrics::requests_under_way.Get(), 0);
}

TEST_F(CountsTest, CountsNoRequestOfAQuietServer) {
  const Since all([] {
    return metrics::requests.Get({"none", "read", "2xx"});
  });
  HttpServer::Options options;
  options.quiet = true;
  Start(options);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  Answered(client, "GET");
  client.CloseWrite();
  EXPECT_TRUE(client.AtEnd());
  Settle();
  EXPECT_EQ(all.count(), 0);
}

TEST_F(CountsTest, CountsBodiesThatItReadsAndWritesItself) {
  const Since in([] { return metrics::body_bytes.Get({"in"}); });
  const Since out([] { return metrics::body_bytes.Get({"out"}); });
  Start(ScriptedHandler::SayBody);
  Ask("PUT /a HTTP/1.1\r\nHost: r\r\nContent-Length: 5\r\n\r\nhello", "PUT");
  Settle();
  EXPECT_EQ(in.count(), 5);
  EXPECT_EQ(out.count(), 5);
}

TEST_F(CountsTest, CountsForwardedBodiesOnceHoweverTheyMove) {
  for (const int64_t size : {5, 40'000, 4 << 20}) {
    SCOPED_TRACE(size);
    const Since in([] { return metrics::body_bytes.Get({"in"}); });
    const Since out([] { return metrics::body_bytes.Get({"out"}); });
    const std::string body(static_cast<size_t>(size), 'x');
    const ScriptServer upstream(CannedAnswer("200 OK", body));
    ForwardTo(upstream.port());
    Ask(absl::StrCat("PUT /a HTTP/1.1\r\nHost: r\r\nContent-Length: ", size,
                     "\r\n\r\n", body),
        "PUT");
    NextEnd();
    Settle();
    EXPECT_EQ(in.count(), size);
    EXPECT_EQ(out.count(), size);
  }
}

// A blob may take hours: it is no step in a graph at their end.
TEST_F(CountsTest, CountsABodyWhileItMoves) {
  const Since out([] { return metrics::body_bytes.Get({"out"}); });
  ScriptReply half;
  half.bytes =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\nhalf\r\n";
  half.after_release = "5\r\n more\r\n0\r\n\r\n";
  StartWith(half);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  EXPECT_TRUE(Eventually([&out] { return out.count() == 4; }));
  upstream_->Release();
  Answered(client, "GET");
  client.Reset();
  Settle();
  EXPECT_EQ(out.count(), 9);
}

TEST_F(CountsTest, CountsConnectionsAndThoseThatItRefuses) {
  const Since refused([] {
    return metrics::refused_connections.Get({"registry", "all"});
  });
  const auto open = [] { return metrics::connections.Get({"registry"}); };
  HttpServer::Options options;
  options.name = "registry";
  options.max_connections = 1;
  Start(options);
  RawClient client = Connected();
  ASSERT_THAT(client.Send(kGet), IsOk());
  Answered(client, "GET");
  EXPECT_EQ(open(), 1);
  RawClient second = Connected();
  ASSERT_THAT(second.Send(kGet), IsOk());
  EXPECT_EQ(Answered(second, "GET").head.status, 503);
  client.Reset();
  second.Reset();
  Settle();
  EXPECT_EQ(refused.count(), 1);
  EXPECT_EQ(open(), 0);
}

TEST_F(CountsTest, CountsUpstreamConnectionsThatAreMadeKeptAndReused) {
  const Since made(
      [] { return metrics::upstream_connects.Get({"connected"}); });
  const Since reused([] { return metrics::upstream_reuses.Get({}); });
  const double idle = Open("idle");
  const double busy = Open("busy");
  StartWith(CannedAnswer("200 OK", "fine"));
  Ask(kGet);
  NextEnd();
  Settle();
  EXPECT_EQ(made.count(), 1);
  EXPECT_EQ(Open("idle"), idle + 1);
  EXPECT_EQ(Open("busy"), busy);
  Ask(kGet);
  NextEnd();
  Settle();
  EXPECT_EQ(made.count(), 1);
  EXPECT_EQ(reused.count(), 1);
  loop_.Do([this] { pool_->Clear(); });
  EXPECT_EQ(Open("idle"), idle);
  EXPECT_EQ(Open("busy"), busy);
}

TEST_F(CountsTest, CountsUpstreamsThatCannotBeReached) {
  const Since failed([] { return metrics::upstream_connects.Get({"failed"}); });
  uint16_t port = 0;
  {
    const ScriptServer gone("");
    port = gone.port();
  }
  ForwardTo(port);
  Ask(kGet);
  Settle();
  EXPECT_EQ(failed.count(), 1);
}

TEST_F(CountsTest, CountsUpstreamsWithoutAnAddress) {
  const Since unresolved(
      [] { return metrics::upstream_connects.Get({"unresolved"}); });
  const UpstreamAddress address{false, "no.such.host.invalid", "80"};
  UpstreamPool pool(loop_.loop(), address, nullptr);
  const bool connected = loop_.Wait<bool>(
      [&pool]() -> Task<bool> { co_return (co_await pool.Connect()).ok(); });
  EXPECT_FALSE(connected);
  EXPECT_EQ(unresolved.count(), 1);
}

}  // namespace
}  // namespace plimsoll

// The gateway's own reads of an upstream.
#include "gateway/http/client.h"

#include <gtest/gtest.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/loop_thread.h"
#include "tests/support/script_server.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using Then = ScriptReply::Then;

class ClientTest : public testing::Test {
 protected:
  ~ClientTest() override {
    loop_.Stop();
    if (pool_) pool_->Clear();
  }

  void StartWith(ScriptServer::Script script) {
    upstream_ = std::make_unique<ScriptServer>(std::move(script));
    const UpstreamAddress address{false, "127.0.0.1",
                                  absl::StrCat(upstream_->port())};
    pool_ = std::make_unique<UpstreamPool>(loop_.loop(), address, nullptr);
  }
  void StartWith(std::string bytes, Then then = Then::kKeepOpen) {
    ScriptReply reply;
    reply.bytes = std::move(bytes);
    reply.then = then;
    StartWith([reply](const RequestHead&) { return reply; });
  }

  static ClientRequest Request(absl::string_view target,
                               absl::string_view method = "GET") {
    ClientRequest request;
    request.head.method = std::string(method);
    request.head.target = std::string(target);
    return request;
  }
  StatusOr<HttpAnswer> Get(ClientRequest request, size_t max_bytes = 100) {
    return loop_.Wait<StatusOr<HttpAnswer>>(
        [&] { return Fetch(*pool_, request, max_bytes); });
  }
  StatusOr<HttpAnswer> Stream(ClientRequest request, BodySink sink) {
    return loop_.Wait<StatusOr<HttpAnswer>>([&] {
      return FetchInto(*pool_, request, std::chrono::seconds(20), sink);
    });
  }

  LoopThread loop_;
  std::unique_ptr<ScriptServer> upstream_;
  std::unique_ptr<UpstreamPool> pool_;
};

TEST_F(ClientTest, FetchesAWholeAnswerAndKeepsTheConnection) {
  StartWith(CannedAnswer("200 OK", "{}", "A: b\r\n"));
  for (int i = 0; i < 3; ++i) {
    const auto answer = Get(Request("/v2/"));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->head.status, 200);
    EXPECT_EQ(*answer->head.headers.Find("A"), "b");
    EXPECT_EQ(answer->body, "{}");
  }
  EXPECT_EQ(upstream_->connections(), 1u);
  EXPECT_EQ(*upstream_->requests()[0].head.headers.Find("Host"),
            upstream_->authority());
}

TEST_F(ClientTest, ReadsEveryFraming) {
  for (absl::string_view framed :
       {"Content-Length: 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "Connection: close\r\n\r\nhello"}) {
    StartWith(absl::StrCat("HTTP/1.1 200 OK\r\n", framed), Then::kClose);
    const auto answer = Get(Request("/"));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->body, "hello");
  }
}

TEST_F(ClientTest, ReadsNoMoreThanItIsAllowed) {
  StartWith(CannedAnswer("200 OK", "12345"));
  EXPECT_THAT(Get(Request("/"), 5), IsOk());
  EXPECT_THAT(Get(Request("/"), 4), StatusIs(StatusCode::kResourceExhausted));
}

// The answer would be found by whoever asks next on that connection.
TEST_F(ClientTest, TakesNoInterimAnswerForTheAnswer) {
  StartWith([](const RequestHead& head) {
    ScriptReply reply;
    reply.bytes = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    reply.bytes += CannedAnswer("200 OK", head.target);
    return reply;
  });
  for (absl::string_view target : {"/a", "/b"}) {
    const auto answer = Get(Request(target));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->head.status, 200);
    EXPECT_EQ(answer->body, target);
  }
}

TEST_F(ClientTest, UsesNoConnectionAgainOnWhichMoreWasSaid) {
  StartWith([](const RequestHead& head) {
    ScriptReply reply;
    reply.bytes = CannedAnswer("200 OK", head.target);
    reply.bytes += CannedAnswer("200 OK", "nobody asked");
    return reply;
  });
  for (absl::string_view target : {"/a", "/b", "/c"}) {
    const auto answer = Get(Request(target));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->body, target);
  }
}

TEST_F(ClientTest, TriesOnceMoreWhereAConnectionWasClosedUnderIt) {
  int count = 0;
  StartWith([&count](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = CannedAnswer("200 OK", "fine");
    if (++count == 2) {
      reply.bytes = "";
      reply.then = Then::kReset;
    }
    return reply;
  });
  EXPECT_THAT(Get(Request("/")), IsOk());
  EXPECT_THAT(Get(Request("/")), IsOk());
  EXPECT_EQ(upstream_->requests().size(), 3u);
  EXPECT_EQ(upstream_->connections(), 2u);
}

TEST_F(ClientTest, GivesUpOnANewConnection) {
  StartWith("", Then::kReset);
  EXPECT_THAT(Get(Request("/")),
              StatusIs(StatusCode::kUnavailable,
                       HasSubstr(absl::StrCat("upstream 127.0.0.1:",
                                              upstream_->port()))));
  EXPECT_EQ(upstream_->requests().size(), 1u);
}

TEST_F(ClientTest, RefusesMalformedAndBrokenAnswers) {
  for (absl::string_view bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 O", "\r\n\r\n", "220 smtp.example ready\r\n\r\n"}) {
    SCOPED_TRACE(bytes);
    StartWith(std::string(bytes), Then::kClose);
    EXPECT_FALSE(Get(Request("/")).ok());
  }
}

TEST_F(ClientTest, SendsABodyAsItsHeadFramesIt) {
  StartWith(CannedAnswer("202 Accepted", ""));
  ClientRequest whole = Request("/", "PUT");
  whole.head.headers.Add("Content-Length", "5");
  whole.body = "hello";
  ClientRequest chunked = Request("/", "PATCH");
  chunked.head.headers.Add("Transfer-Encoding", "chunked");
  chunked.body = "5\r\nhello\r\n0\r\n\r\n";
  for (ClientRequest* request : {&whole, &chunked}) {
    request->once = true;
    EXPECT_THAT(Get(*request), IsOk());
    EXPECT_EQ(upstream_->requests().back().body, "hello");
  }
}

// A registry may have acted on it already.
TEST_F(ClientTest, SendsWhatActsOnANewConnectionAndNeverAgain) {
  int count = 0;
  StartWith([&count](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = CannedAnswer("200 OK", "fine");
    if (++count == 2) {
      reply.bytes = "";
      reply.then = Then::kReset;
    }
    return reply;
  });
  ClientRequest request = Request("/", "DELETE");
  request.once = true;
  EXPECT_THAT(Get(request), IsOk());
  EXPECT_THAT(Get(request), StatusIs(StatusCode::kUnavailable));
  EXPECT_EQ(upstream_->requests().size(), 2u);
  EXPECT_EQ(upstream_->connections(), 2u);
}

TEST_F(ClientTest, AsksUnderAnotherHostWhereItIsTold) {
  StartWith(CannedAnswer("200 OK", ""));
  ClientRequest request = Request("/");
  request.host = "gateway.example:5000";
  EXPECT_THAT(Get(request), IsOk());
  EXPECT_EQ(*upstream_->requests()[0].head.headers.Find("Host"),
            "gateway.example:5000");
}

TEST_F(ClientTest, EndsAtTheDeadline) {
  StartWith("", Then::kStall);
  ClientRequest request = Request("/");
  request.deadline = absl::Now();
  EXPECT_THAT(Get(request), StatusIs(StatusCode::kDeadlineExceeded));
}

TEST_F(ClientTest, AsksForNothingThatIsNoPath) {
  StartWith(CannedAnswer("200 OK", ""));
  for (absl::string_view target : {"", "x", "/a b", "/a\r\nHost: evil"}) {
    EXPECT_THAT(Get(Request(target)), StatusIs(StatusCode::kUnavailable));
  }
  EXPECT_TRUE(upstream_->requests().empty());
}

TEST_F(ClientTest, StreamsAGoodAnswerOnly) {
  std::string streamed;
  const BodySink sink = [&streamed](absl::string_view bytes) -> Task<Status> {
    streamed.append(bytes.data(), bytes.size());
    co_return absl::OkStatus();
  };
  StartWith(CannedAnswer("200 OK", "hello"));
  auto answer = Stream(Request("/"), sink);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(streamed, "hello");
  EXPECT_EQ(answer->body, "");

  StartWith(CannedAnswer("404 Not Found", "unknown blob"));
  answer = Stream(Request("/"), sink);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(streamed, "hello");
  EXPECT_EQ(answer->body, "unknown blob");
}

TEST_F(ClientTest, KeepsLittleOfARefusalHoweverLongItIs) {
  StartWith(CannedAnswer("500 Sorry", std::string(1 << 20, 'x')));
  const BodySink none = [](absl::string_view) -> Task<Status> {
    co_return absl::OkStatus();
  };
  const auto answer = Stream(Request("/"), none);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body.size(), 64u << 10);
}

TEST_F(ClientTest, StopsWhereTheSinkDoes) {
  const BodySink full = [](absl::string_view) -> Task<Status> {
    co_return absl::OutOfRangeError("enough");
  };
  StartWith(CannedAnswer("200 OK", std::string(1 << 20, 'x')));
  EXPECT_THAT(Stream(Request("/"), full), StatusIs(StatusCode::kOutOfRange));
}

TEST(CredentialClass, NamesACredentialWithoutHoldingIt) {
  EXPECT_EQ(CredentialClass(""), "");
  EXPECT_NE(CredentialClass("Basic QTpC"), CredentialClass("Basic QTpD"));
  EXPECT_THAT(CredentialClass("Basic QTpC"), testing::Not(HasSubstr("QTpC")));
}

}  // namespace
}  // namespace plimsoll

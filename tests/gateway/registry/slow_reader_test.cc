// What a push still has of the gateway's while its answer is being written: a
// client may take long to read it.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <deque>
#include <memory>

#include "gateway/http/message.h"
#include "tests/gateway/registry/door_fixture.h"
#include "tests/support/fake_stream.h"

namespace plimsoll {
namespace {

class SlowReaderTest : public DoorTest {
 protected:
  struct Kept {
    std::string answer;  // its first line
    int64_t bytes = -1;
    size_t free = 0;  // places for pushes
    bool tag = true;  // somebody's turn at the tag has not ended
  };

  // How many more pushes there is a place for.
  size_t FreePlaces() {
    std::deque<DecisionTurns::Turn> others;
    do {
      others.emplace_back(turns_, absl::StrCat("free ", others.size()), false);
    } while (others.back().Enter().ok());
    return others.size() - 1;
  }
  // What is kept while the first answer to `request` is being written.
  Kept WhileAnswering(const std::string& request) {
    Kept kept;
    loop_.Wait<bool>([&] { return Serve(request, kept); });
    return kept;
  }
  // Nothing is kept where `request` is refused so, but for `recorded` bytes of
  // documents that the store may still be writing.
  void ExpectNothingKept(absl::string_view status, const std::string& request,
                         size_t recorded = 0) {
    const size_t before = FreePlaces();
    const Kept kept = WhileAnswering(request);
    EXPECT_THAT(kept.answer,
                testing::StartsWith(absl::StrCat("HTTP/1.1 ", status)));
    EXPECT_GE(kept.bytes, 0);
    EXPECT_LE(kept.bytes, static_cast<int64_t>(recorded));
    EXPECT_EQ(kept.free, before);
    EXPECT_FALSE(kept.tag);
  }

 private:
  Task<bool> Serve(const std::string& request, Kept& kept) {
    FakeStream stream(loop_.loop());
    std::vector<std::string> pieces{request};
    stream.Give(std::move(pieces));
    stream.on_write = [&](absl::string_view bytes) {
      return Look(bytes, kept);
    };
    MessageReader reader(stream);
    const HttpOr<std::string> head = co_await reader.ReadHead();
    Exchange exchange(loop_.loop(), stream, reader, timeouts_);
    exchange.head = *ParseRequestHead(*head);
    exchange.framing = *RequestFraming(exchange.head);
    exchange.peer = "192.0.2.1";
    reader.StartBody(exchange.framing);
    co_await door().Handle(exchange);
    co_return true;
  }
  Task<Status> Look(absl::string_view bytes, Kept& kept) {
    if (kept.bytes >= 0) co_return absl::OkStatus();
    kept.answer = std::string(bytes.substr(0, bytes.find('\r')));
    kept.bytes = held_.held();
    kept.free = FreePlaces();
    const auto taken = std::make_shared<bool>(false);
    asio::co_spawn(loop_.loop().executor(), TakeTag(taken), asio::detached);
    // One that is free is taken without a wait.
    co_await asio::post(loop_.loop().executor(), asio::use_awaitable);
    kept.tag = !*taken;
    co_return absl::OkStatus();
  }
  Task<> TakeTag(std::shared_ptr<bool> taken) {
    std::vector<std::string> keys{"main team/app:v1"};
    const auto held =
        co_await tag_locks().Take(std::move(keys), absl::InfiniteFuture());
    *taken = true;
  }
};

TEST_F(SlowReaderTest, KeepsNothingOfAPushThatIsNotWhole) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  ExpectNothingKept(
      "400 ", PutRequest(Digest::Sha256("another").ToString(), image.manifest));
  const std::string large(kMaxManifestBytes + 1, ' ');
  ExpectNothingKept("413 ", PutRequest("v1", large));
  ExpectNothingKept(
      "403 ", PutRequest("v1", image.manifest, "Content-Encoding: gzip\r\n"));
}

TEST_F(SlowReaderTest, KeepsNothingOfAPushWhoseTurnDoesNotCome) {
  const StoredImage image = Image();
  times_.turn = absl::ZeroDuration();
  Start(kAdmitAll);
  std::deque<DecisionTurns::Turn> others;
  TakeAllTurns(others);
  ExpectNothingKept("503 ", PutRequest("v1", image.manifest));
}

TEST_F(SlowReaderTest, KeepsNothingOfAPushThatTheUpstreamDoesNotAuthorise) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  SetOverride([](const RequestHead&) {
    ScriptReply reply;
    reply.bytes = "HTTP/1.1 403 Forbidden\r\n\r\n";
    return reply;
  });
  ExpectNothingKept("403 ", PutRequest("v1", image.manifest));
}

TEST_F(SlowReaderTest, KeepsNothingOfAPushThatIsRefused) {
  const StoredImage image = Image();
  Start(kNoRoot);
  Upload(image);
  ExpectNothingKept("403 ", PutRequest("v1", image.manifest),
                    image.manifest.size() + image.config.size());
}

// What the upstream answers goes on to the client as it is.
TEST_F(SlowReaderTest, KeepsNoTurnAtATagForWhoReadsTheUpstreamsAnswer) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  for (absl::string_view status : {"201 Created", "401 Unauthorized"}) {
    SCOPED_TRACE(status);
    ScriptReply reply;
    reply.bytes =
        absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: 0\r\n\r\n");
    Answer("PUT", reply);
    const Kept kept = WhileAnswering(PutRequest("v1", image.manifest));
    EXPECT_THAT(kept.answer, testing::HasSubstr(status));
    EXPECT_FALSE(kept.tag);
  }
}

TEST_F(SlowReaderTest, KeepsNothingOfAPushThatTheUpstreamDoesNotAnswer) {
  const StoredImage image = Image();
  Start(kAdmitAll);
  Upload(image);
  ScriptReply reply;
  reply.then = Then::kReset;
  Answer("PUT", reply);
  ExpectNothingKept("502 ", PutRequest("v1", image.manifest));
}

}  // namespace
}  // namespace plimsoll

// Bodies that the kernel moves from socket to socket.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <memory>
#include <string>
#include <thread>

#include "gateway/http/relay.h"
#include "tests/support/loop_thread.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

// A TcpStream of a loop, and its peer as a blocking socket of the test's.
class Link {
 public:
  explicit Link(Loop& loop) {
    asio::io_context io;
    const asio::ip::tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
    asio::ip::tcp::acceptor acceptor(io, any);
    asio::ip::tcp::socket peer(io);
    peer.connect(acceptor.local_endpoint());
    stream = std::make_unique<TcpStream>(acceptor.accept(loop.executor()),
                                         loop.deadlines());
    peer_ = peer.release();
  }
  ~Link() { Hang(); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void Send(absl::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent =
          ::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  // All up to the end of the stream.
  std::string Read() const {
    std::string all;
    char piece[64 << 10];
    for (;;) {
      const ssize_t count = ::recv(peer_, piece, sizeof(piece), 0);
      if (count <= 0) return all;
      all.append(piece, static_cast<size_t>(count));
    }
  }
  void EndWriting() const { ::shutdown(peer_, SHUT_WR); }
  void Reset() {
    const linger now{1, 0};
    ::setsockopt(peer_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    Hang();
  }
  void Hang() {
    if (peer_ >= 0) ::close(std::exchange(peer_, -1));
  }

  std::unique_ptr<TcpStream> stream;

 private:
  int peer_ = -1;
};

class SpliceTest : public testing::Test {
 protected:
  ~SpliceTest() override {
    loop_.Do([this] {
      from_.stream->Close();
      to_.stream->Close();
    });
    loop_.Stop();
  }

  // Relays a body of `length` bytes and ends the sink's side. `reader_` may
  // hold what came with the head.
  RelayEnd Relay(uint64_t length, RelayOptions options = {}) {
    options.framing = {BodyKind::kLength, length};
    return loop_.Wait<RelayEnd>([&]() -> Task<RelayEnd> {
      reader_.StartBody(options.framing);
      RelayEnd end =
          co_await RelayBody(*from_.stream, reader_, *to_.stream, options);
      to_.stream->FinishWriting();
      co_return end;
    });
  }
  static std::string Body(size_t size) {
    std::string body(size, '\0');
    for (size_t i = 0; i < size; ++i) {
      body[i] = static_cast<char>((i * 2654435761u) >> 13);
    }
    return body;
  }

  LoopThread loop_;
  Link from_{loop_.loop()};
  Link to_{loop_.loop()};
  MessageReader reader_{*from_.stream};
};

TEST_F(SpliceTest, ArrivesByteForByteBehindWhatCameWithTheHead) {
  const std::string body = Body(5 << 20);
  std::thread client([&] {
    from_.Send(absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\n\r\n", body));
  });
  std::string got;
  std::thread server([&] { got = to_.Read(); });
  const bool read = loop_.Wait<bool>(
      [&]() -> Task<bool> { co_return (co_await reader_.ReadHead()).ok(); });
  EXPECT_TRUE(read);
  EXPECT_TRUE(Relay(body.size()).ok());
  client.join();
  server.join();
  EXPECT_EQ(got.size(), body.size());
  EXPECT_TRUE(got == body);
  EXPECT_TRUE(reader_.body_done());
}

// What follows the body is the next message, and stays in the socket.
TEST_F(SpliceTest, TakesNoByteBeyondTheBody) {
  const std::string body = Body(300'001);
  std::thread client([&] { from_.Send(absl::StrCat(body, "next\r\n\r\n")); });
  std::string got;
  std::thread server([&] { got = to_.Read(); });
  EXPECT_TRUE(Relay(body.size()).ok());
  client.join();
  server.join();
  EXPECT_TRUE(got == body);
  const std::string rest = loop_.Wait<std::string>([&]() -> Task<std::string> {
    std::string room(64, '\0');
    const absl::Span<char> span(room.data(), room.size());
    const StatusOr<size_t> count = co_await from_.stream->Read(span);
    room.resize(count.value_or(0));
    co_return room;
  });
  EXPECT_EQ(rest, "next\r\n\r\n");
}

TEST_F(SpliceTest, ACutBodyIsTheSourcesFailure) {
  from_.Send(Body(200'000));
  from_.EndWriting();
  std::string got;
  std::thread server([&] { got = to_.Read(); });
  const RelayEnd end = Relay(200'001);
  server.join();
  EXPECT_THAT(end.read, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(end.write, IsOk());
  EXPECT_EQ(got.size(), 200'000u) << "what came went on";
}

TEST_F(SpliceTest, AResetSourceIsTheSourcesFailure) {
  std::thread server([&] { to_.Read(); });
  from_.Send(Body(100'000));
  from_.Reset();
  const RelayEnd end = Relay(1 << 20);
  server.join();
  EXPECT_THAT(end.read, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(end.write, IsOk());
}

TEST_F(SpliceTest, ASinkThatIsGoneIsTheSinksFailure) {
  to_.Reset();
  std::thread client([&] { from_.Send(Body(8 << 20)); });
  const RelayEnd end = Relay(8 << 20);
  loop_.Do([&] { from_.stream->Close(); });
  client.join();
  EXPECT_THAT(end.read, IsOk());
  EXPECT_THAT(end.write, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(SpliceTest, AStalledSideEndsAtTheIdleDeadline) {
  RelayOptions options;
  options.idle = std::chrono::seconds(1);
  from_.Send(Body(100'000));
  RelayEnd end = Relay(1 << 20, options);
  EXPECT_THAT(end.read, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(end.write, IsOk());
}

// A sink that takes nothing stops the source after what sockets and pipe hold.
TEST_F(SpliceTest, AStalledSinkStopsTheSource) {
  RelayOptions options;
  options.idle = std::chrono::seconds(1);
  const std::string piece = Body(1 << 20);
  std::thread client([&] {
    for (int i = 0; i < 256; ++i) from_.Send(piece);
  });
  const RelayEnd end = Relay(256 << 20, options);
  EXPECT_GT(reader_.remaining(), uint64_t{128} << 20);
  loop_.Do([&] { from_.stream->Close(); });
  client.join();
  EXPECT_THAT(end.read, IsOk());
  EXPECT_THAT(end.write, StatusIs(absl::StatusCode::kDeadlineExceeded));
}

// Whoever looks at a body gets all of it.
TEST_F(SpliceTest, ABodyWithATapIsNotSpliced) {
  const std::string body = Body(1 << 20);
  std::thread client([&] { from_.Send(body); });
  std::string got;
  std::thread server([&] { got = to_.Read(); });
  std::string tapped;
  RelayOptions options;
  options.tap = [&tapped](absl::string_view bytes) -> Task<bool> {
    tapped.append(bytes.data(), bytes.size());
    co_return true;
  };
  EXPECT_TRUE(Relay(body.size(), options).ok());
  client.join();
  server.join();
  EXPECT_TRUE(tapped == body);
  EXPECT_TRUE(got == body);
}

TEST_F(SpliceTest, ABodyIsSplicedOnceItsTapHasSeenEnough) {
  const std::string body = Body(1 << 20);
  std::thread client([&] { from_.Send(body); });
  std::string got;
  std::thread server([&] { got = to_.Read(); });
  size_t tapped = 0;
  RelayOptions options;
  options.tap = [&tapped](absl::string_view bytes) -> Task<bool> {
    tapped += bytes.size();
    co_return false;
  };
  EXPECT_TRUE(Relay(body.size(), options).ok());
  client.join();
  server.join();
  EXPECT_GT(tapped, 0u);
  EXPECT_LE(tapped, MessageReader::kBodyBufferBytes) << "one block";
  EXPECT_TRUE(got == body);
}

// Two bodies on one loop share it.
TEST_F(SpliceTest, AFastBodyLetsOthersOnTheLoopRun) {
  std::atomic<bool> stop = false;
  std::thread client([&] {
    const std::string piece = Body(1 << 20);
    while (!stop) from_.Send(piece);
  });
  std::thread server([&] { to_.Read(); });
  std::thread relay([&] { Relay(uint64_t{1} << 40); });
  for (int i = 0; i < 100; ++i) loop_.Do([] {});
  stop = true;
  loop_.Do([&] {
    from_.stream->Close();
    to_.stream->Close();
  });
  client.join();
  server.join();
  relay.join();
}

TEST(PipeTest, HasTheSizeThatItSays) {
  const StatusOr<Pipe> pipe = Pipe::New(512 << 10);
  ASSERT_THAT(pipe, IsOk());
  EXPECT_EQ(pipe->size(), size_t{512} << 10);
  const std::string bytes(pipe->size(), 'x');
  EXPECT_EQ(::write(pipe->in(), bytes.data(), bytes.size()),
            static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(::write(pipe->in(), "x", 1), -1) << "full, and does not block";
}

TEST(PipeTest, IsAsLargeAsTheSystemAllows) {
  const StatusOr<Pipe> pipe = Pipe::New(64 << 20);
  ASSERT_THAT(pipe, IsOk());
  EXPECT_GE(pipe->size(), Pipe::kLeastBytes);
  EXPECT_LE(pipe->size(), size_t{64} << 20);
}

// Through a pipe of a page or two a body would crawl.
TEST(PipeTest, IsNoneWhereItWouldBeTooSmall) {
  EXPECT_THAT(Pipe::New(Pipe::kLeastBytes / 2).status(),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace plimsoll

#include "gateway/http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/fake_stream.h"
#include "tests/support/loop_thread.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

class MessageTest : public testing::Test {
 protected:
  // The next head, or "!STATUS".
  std::string Head() {
    return loop_.Wait<std::string>([&]() -> Task<std::string> {
      const HttpOr<std::string> head = co_await reader_.ReadHead();
      co_return head.ok() ? *head : absl::StrCat("!", head.error().status);
    });
  }
  // The whole body in `framing`, or what its reading ended with.
  StatusOr<std::string> Body(Framing framing) {
    reader_.StartBody(framing);
    return Rest();
  }
  // What is left of the body.
  StatusOr<std::string> Rest() {
    return loop_.Wait<StatusOr<std::string>>(
        [&]() -> Task<StatusOr<std::string>> {
          std::string body;
          for (;;) {
            CO_ASSIGN_OR_RETURN(const absl::string_view block,
                                co_await reader_.ReadBody());
            if (block.empty()) co_return body;
            body.append(block.data(), block.size());
          }
        });
  }

  LoopThread loop_;
  FakeStream stream_{loop_.loop()};
  MessageReader reader_{stream_};
};

TEST_F(MessageTest, ReadsMessageAfterMessageHoweverTheyArrive) {
  const std::string all =
      "PUT /a HTTP/1.1\r\n\r\nhelloPUT /b HTTP/1.1\r\n\r\n"
      "3\r\nabc\r\n0\r\n\r\nGET /c HTTP/1.1\r\n\r\n";
  for (size_t step : {size_t{1}, size_t{3}, size_t{7}, all.size()}) {
    SCOPED_TRACE(step);
    std::vector<std::string> pieces;
    for (size_t at = 0; at < all.size(); at += step) {
      pieces.push_back(all.substr(at, step));
    }
    stream_.Give(pieces);
    EXPECT_EQ(Head(), "PUT /a HTTP/1.1\r\n\r\n");
    EXPECT_EQ(Body({BodyKind::kLength, 5}).value(), "hello");
    EXPECT_EQ(Head(), "PUT /b HTTP/1.1\r\n\r\n");
    EXPECT_EQ(Body({BodyKind::kChunked, 0}).value(), "abc");
    EXPECT_EQ(Head(), "GET /c HTTP/1.1\r\n\r\n");
    EXPECT_EQ(Body({}).value(), "");
    EXPECT_TRUE(reader_.empty());
    EXPECT_EQ(Head(), "!0");
  }
}

TEST_F(MessageTest, ReadsHeadsUpToTheirLimits) {
  // Larger than the buffer that heads are read into at first.
  const std::string large =
      absl::StrCat("GET /", std::string(8000, 'p'),
                   " HTTP/1.1\r\nA: ", std::string(16'000, 'v'), "\r\n\r\n");
  stream_.Give({large + "x"});
  EXPECT_EQ(Head(), large);
  stream_.Give({std::string(9000, 'p')});
  EXPECT_EQ(Head(), "!414");
}

TEST_F(MessageTest, TellsWhatNeverCameFromWhatBrokeOff) {
  stream_.on_read = [this](absl::Span<char>) -> Task<StatusOr<size_t>> {
    co_return co_await stream_.Hang();
  };
  loop_.Do([this] { stream_.ExpireAfter(std::chrono::seconds(0)); });
  EXPECT_EQ(Head(), "!408");
  EXPECT_TRUE(reader_.empty());
}

TEST_F(MessageTest, EndsABodyThatEndsEarly) {
  stream_.Give({"half"});
  EXPECT_THAT(Body({BodyKind::kLength, 9}),
              StatusIs(absl::StatusCode::kUnavailable));
  stream_.Give({"4\r\nha"});
  EXPECT_THAT(Body({BodyKind::kChunked, 0}),
              StatusIs(absl::StatusCode::kUnavailable));
  stream_.Give({"half"});
  EXPECT_EQ(Body({BodyKind::kUntilClose, 0}).value(), "half");
}

// Each block becomes a call of the kernel's and a chunk of ours.
TEST_F(MessageTest, JoinsTheChunksThatAreThere) {
  stream_.Give(
      {"2\r\nhe\r\n3\r\nllo\r\n4\r\nwo", "rl\r\n2\r\nd!\r\n0\r\n\r\n"});
  reader_.StartBody({BodyKind::kChunked, 0});
  std::vector<std::string> blocks;
  loop_.Wait<bool>([&]() -> Task<bool> {
    for (;;) {
      const StatusOr<absl::string_view> block = co_await reader_.ReadBody();
      EXPECT_THAT(block, IsOk());
      if (!block.ok() || block->empty()) co_return true;
      blocks.emplace_back(*block);
    }
  });
  EXPECT_THAT(blocks, testing::ElementsAre("hellowo", "rld!"));
  EXPECT_TRUE(reader_.empty());
}

TEST_F(MessageTest, HandsOutWhatStandsBeforeAMalformedChunk) {
  stream_.Give({"2\r\nhe\r\n2;x=y\r\nhi\r\n0\r\n\r\n"});
  reader_.StartBody({BodyKind::kChunked, 0});
  const bool as_expected = loop_.Wait<bool>([&]() -> Task<bool> {
    const auto first = co_await reader_.ReadBody();
    EXPECT_EQ(first.value_or(""), "he");
    const auto second = co_await reader_.ReadBody();
    EXPECT_THAT(second, StatusIs(absl::StatusCode::kInvalidArgument));
    co_return true;
  });
  EXPECT_TRUE(as_expected);
  EXPECT_FALSE(reader_.body_done());
}

TEST_F(MessageTest, HandsOutWhatCameWithTheHead) {
  stream_.Give({"GET / HTTP/1.1\r\n\r\n12345678", "90next"});
  Head();
  reader_.StartBody({BodyKind::kLength, 10});
  EXPECT_EQ(reader_.TakeHeld(6), "123456");
  EXPECT_EQ(reader_.remaining(), 4u);
  EXPECT_EQ(reader_.TakeHeld(6), "78");
  EXPECT_EQ(reader_.TakeHeld(6), "") << "nothing is waited for";
  EXPECT_FALSE(reader_.body_done());
  EXPECT_EQ(Rest().value(), "90");
  EXPECT_TRUE(reader_.body_done());
  EXPECT_EQ(reader_.TakeHeld(6), "") << "the next message's";
  for (const Framing& other :
       {Framing{BodyKind::kChunked, 0}, Framing{BodyKind::kUntilClose, 0}}) {
    reader_.StartBody(other);
    EXPECT_EQ(reader_.TakeHeld(6), "");
  }
}

// Connections are kept by the hundred; what they hold counts.
TEST_F(MessageTest, GivesTheRoomOfABodyBack) {
  stream_.Give({"12345"});
  EXPECT_EQ(Body({BodyKind::kLength, 5}).value(), "12345");
  EXPECT_GE(reader_.room(), MessageReader::kBodyBufferBytes);
  reader_.Rest();
  EXPECT_EQ(reader_.room(), 0u);

  stream_.Give({"GET / HTTP/1.1\r\n\r\n"});
  Head();
  const size_t room = reader_.room();
  EXPECT_LE(room, MessageReader::kHeadBufferBytes);
  reader_.Rest();
  EXPECT_EQ(reader_.room(), room) << "kept: it is needed again at once";
}

TEST_F(MessageTest, KeepsTheRoomThatHoldsSomething) {
  stream_.Give({"12345more"});
  EXPECT_EQ(Body({BodyKind::kLength, 5}).value(), "12345");
  reader_.Rest();
  EXPECT_FALSE(reader_.empty());
  EXPECT_EQ(Body({BodyKind::kLength, 4}).value(), "more");
}

}  // namespace
}  // namespace plimsoll

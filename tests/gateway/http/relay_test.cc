#include "gateway/http/relay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/fake_stream.h"
#include "tests/support/loop_thread.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

class RelayTest : public testing::Test {
 protected:
  // Relays what `source_` gives, in its framing, to `sink_`.
  RelayEnd Relay(Framing framing, BodyTap tap = nullptr,
                 FastRooms* fast_rooms = nullptr) {
    return loop_.Wait<RelayEnd>([&]() -> Task<RelayEnd> {
      MessageReader reader(source_);
      reader.StartBody(framing);
      RelayOptions options;
      options.framing = framing;
      options.tap = tap;
      options.fast_rooms = fast_rooms;
      co_return co_await RelayBody(source_, reader, sink_, options);
    });
  }
  void KeepWhatIsWritten() {
    sink_.on_write = [this](absl::string_view bytes) -> Task<Status> {
      largest_ = std::max(largest_, bytes.size());
      written_.append(bytes.data(), bytes.size());
      co_return absl::OkStatus();
    };
  }

  LoopThread loop_;
  FakeStream source_{loop_.loop()};
  FakeStream sink_{loop_.loop()};
  std::string written_;
  size_t largest_ = 0;  // of the writes
};

TEST_F(RelayTest, MovesABodyInItsFraming) {
  KeepWhatIsWritten();
  source_.Give({"he", "llo", "more"});
  EXPECT_TRUE(Relay({BodyKind::kLength, 5}).ok());
  EXPECT_EQ(written_, "hello");

  written_.clear();
  source_.Give({"2\r\nhe\r\n3\r", "\nllo\r\n0\r\n", "A: b\r\n\r\nmore"});
  EXPECT_TRUE(Relay({BodyKind::kChunked, 0}).ok());
  EXPECT_EQ(written_, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n");

  written_.clear();
  source_.Give({"0\r\n\r\n"});
  EXPECT_TRUE(Relay({BodyKind::kChunked, 0}).ok());
  EXPECT_EQ(written_, "0\r\n\r\n");

  written_.clear();
  source_.Give({"to", "the", "end"});
  EXPECT_TRUE(Relay({BodyKind::kUntilClose, 0}).ok());
  EXPECT_EQ(written_, "totheend");
}

TEST_F(RelayTest, MovesMoreAtOnceOfABodyThatIsFastWhereItMay) {
  KeepWhatIsWritten();
  const std::string body(8 << 20, 'x');
  const Framing framing{BodyKind::kLength, body.size()};
  source_.Give({body});
  EXPECT_TRUE(Relay(framing).ok());
  EXPECT_TRUE(written_ == body);
  EXPECT_EQ(largest_, MessageReader::kBodyBufferBytes);

  FastRooms rooms(1);
  {
    const FastRooms::Room others(rooms);
    source_.Give({body});
    EXPECT_TRUE(Relay(framing, nullptr, &rooms).ok());
    EXPECT_EQ(largest_, MessageReader::kBodyBufferBytes) << "all are taken";
  }
  for (int i = 0; i < 2; ++i) {  // the first gives it back
    written_.clear();
    source_.Give({body});
    EXPECT_TRUE(Relay(framing, nullptr, &rooms).ok());
    EXPECT_TRUE(written_ == body);
    EXPECT_EQ(largest_, FastRooms::kRoomBytes);
    largest_ = 0;
  }
}

// Whose blocks fill no more than half of the room that it has.
TEST_F(RelayTest, GivesASlowBodyNoMoreRoom) {
  KeepWhatIsWritten();
  FastRooms rooms;
  const size_t half = MessageReader::kBodyBufferBytes / 2;
  source_.Give(std::vector<std::string>(10, std::string(half, 'x')));
  const Framing framing{BodyKind::kLength, 10 * half};
  EXPECT_TRUE(Relay(framing, nullptr, &rooms).ok());
  EXPECT_EQ(largest_, half);

  source_.Give({std::string(half + 1, 'x'), std::string(8 << 20, 'x')});
  const Framing faster{BodyKind::kLength, half + 1 + (8 << 20)};
  EXPECT_TRUE(Relay(faster, nullptr, &rooms).ok());
  EXPECT_EQ(largest_, FastRooms::kRoomBytes);
}

// What was read is written before more is read: a reader that is slow, or
// stops, costs one buffer.
TEST_F(RelayTest, ReadsNoFurtherThanItWrites) {
  size_t read = 0;
  size_t written = 0;
  size_t most_held = 0;
  source_.on_read = [&](absl::Span<char> buffer) -> Task<StatusOr<size_t>> {
    std::fill(buffer.begin(), buffer.end(), 'x');
    read += buffer.size();
    most_held = std::max(most_held, read - written);
    co_return buffer.size();
  };
  sink_.on_write = [&](absl::string_view bytes) -> Task<Status> {
    // Others get their turn while it waits.
    for (int i = 0; i < 10; ++i) co_await asio::post(asio::use_awaitable);
    written += bytes.size();
    co_return absl::OkStatus();
  };
  EXPECT_TRUE(Relay({BodyKind::kLength, 100 << 20}).ok());
  EXPECT_EQ(written, size_t{100} << 20);
  EXPECT_LE(most_held, MessageReader::kBodyBufferBytes);
}

TEST_F(RelayTest, TellsWhichSideEndedIt) {
  KeepWhatIsWritten();
  source_.Give({"half"});
  RelayEnd end = Relay({BodyKind::kLength, 9});
  EXPECT_THAT(end.read, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(end.write, IsOk());

  source_.Give({"4\r\nhalf\r\n"});
  end = Relay({BodyKind::kChunked, 0});
  EXPECT_THAT(end.read, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(written_, "half4\r\nhalf") << "no last chunk";

  source_.Give({"4\nhalf"});
  EXPECT_THAT(Relay({BodyKind::kChunked, 0}).read,
              StatusIs(absl::StatusCode::kInvalidArgument));

  source_.Give({"whole"});
  sink_.on_write = [](absl::string_view) -> Task<Status> {
    co_return absl::UnavailableError("gone");
  };
  end = Relay({BodyKind::kLength, 5});
  EXPECT_THAT(end.read, IsOk());
  EXPECT_THAT(end.write, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RelayTest, ShowsTheTapWhatPassesBeforeItGoesOn) {
  std::string tapped;
  sink_.on_write = [&](absl::string_view) -> Task<Status> {
    EXPECT_EQ(tapped, "hello");
    co_return absl::OkStatus();
  };
  source_.Give({"hello"});
  const BodyTap tap = [&tapped](absl::string_view bytes) -> Task<bool> {
    tapped.append(bytes.data(), bytes.size());
    co_return true;
  };
  EXPECT_TRUE(Relay({BodyKind::kLength, 5}, tap).ok());
}

}  // namespace
}  // namespace plimsoll

#include "gateway/http/chunked.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

struct Decoded {
  bool ok = true;
  bool done = false;
  std::string data;
  std::string rest;
};

// Feeds `bytes` in pieces of `piece` bytes.
Decoded Decode(absl::string_view bytes, size_t piece) {
  ChunkDecoder decoder;
  Decoded out;
  while (!bytes.empty() && !decoder.done()) {
    auto step = decoder.Next(bytes.substr(0, piece));
    if (!step.ok()) {
      out.ok = false;
      return out;
    }
    EXPECT_GT(step->consumed, 0u);
    absl::StrAppend(&out.data, step->data);
    bytes.remove_prefix(step->consumed);
  }
  out.done = decoder.done();
  out.rest = std::string(bytes);
  EXPECT_EQ(decoder.total(), out.data.size());
  return out;
}

TEST(ChunkDecoder, GivesTheDataAndLeavesTheNextMessage) {
  constexpr absl::string_view kBytes =
      "5\r\nhello\r\n00A\r\n, world...\r\n0\r\n\r\nGET /";
  for (size_t piece = 1; piece <= kBytes.size(); ++piece) {
    Decoded out = Decode(kBytes, piece);
    ASSERT_TRUE(out.ok) << piece;
    EXPECT_TRUE(out.done) << piece;
    EXPECT_EQ(out.data, "hello, world...") << piece;
    EXPECT_EQ(out.rest, "GET /") << piece;
  }
}

TEST(ChunkDecoder, TakesWhatIsUnusualButPlain) {
  for (absl::string_view bytes :
       {"0\r\n\r\n", "000\r\n\r\n", "0000000000000000\r\n\r\n",
        "0\r\nX-Checksum: 1\r\nEtag: \"x\"\r\n\r\n"}) {
    Decoded out = Decode(bytes, bytes.size());
    EXPECT_TRUE(out.ok && out.done) << bytes;
    EXPECT_EQ(out.data, "") << bytes;
  }
}

TEST(ChunkDecoder, IsNotDoneBeforeTheLastByte) {
  constexpr absl::string_view kBytes = "5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n";
  for (size_t size = 0; size < kBytes.size(); ++size) {
    Decoded out = Decode(kBytes.substr(0, size), 3);
    EXPECT_TRUE(out.ok) << size;
    EXPECT_FALSE(out.done) << size;
  }
}

TEST(ChunkDecoder, PointsIntoWhatItWasGiven) {
  std::string in = "5\r\nhello\r\n";
  ChunkDecoder decoder;
  auto step = decoder.Next(in);
  ASSERT_TRUE(step.ok());
  EXPECT_EQ(step->data.data(), in.data() + 3);
  EXPECT_EQ(step->data, "hello");
  EXPECT_EQ(step->consumed, 8u);
}

TEST(ChunkDecoder, TakesTheLargestChunkAndNoByteMore) {
  ChunkDecoder largest;
  EXPECT_TRUE(largest.Next("7fffffffffffffff\r\n").ok());
  ChunkDecoder larger;
  EXPECT_FALSE(larger.Next("8000000000000000\r\n").ok());
}

TEST(ChunkDecoder, StaysRefusedOnceItHasRefused) {
  ChunkDecoder decoder;
  EXPECT_FALSE(decoder.Next("x").ok());
  EXPECT_FALSE(decoder.Next("5\r\nhello\r\n0\r\n\r\n").ok());
  EXPECT_FALSE(decoder.done());
}

TEST(ChunkDecoder, TakesNothingAfterTheEnd) {
  ChunkDecoder decoder;
  ASSERT_TRUE(decoder.Next("0\r\n\r\n").ok());
  auto step = decoder.Next("5\r\nhello\r\n");
  ASSERT_TRUE(step.ok());
  EXPECT_EQ(step->consumed, 0u);
  EXPECT_EQ(step->data, "");
}

TEST(EncodeChunkHeader, IsReadBackByTheDecoder) {
  EXPECT_EQ(EncodeChunkHeader(1), "1\r\n");
  EXPECT_EQ(EncodeChunkHeader(512 * 1024), "80000\r\n");
  EXPECT_EQ(EncodeChunkHeader(~uint64_t{0}), "ffffffffffffffff\r\n");
  std::string data(300, 'x');
  std::string bytes =
      absl::StrCat(EncodeChunkHeader(data.size()), data, kChunkEnd, kLastChunk);
  Decoded out = Decode(bytes, bytes.size());
  EXPECT_TRUE(out.ok && out.done);
  EXPECT_EQ(out.data, data);
}

}  // namespace
}  // namespace plimsoll

#include <gtest/gtest.h>

#include "tests/gateway/layers/read_layer.h"
#include "tests/support/compression.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;
constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

std::string TarOfZeros(size_t size) {
  return TarBuilder().File("zeros", std::string(size, '\0')).Build();
}

TEST(InflateLimits, RefuseABombOfEitherFormat) {
  const std::string tar = TarOfZeros(64 << 20);
  for (const std::string& stored : {Gzip(tar), Zstd(tar)}) {
    EXPECT_THAT(ReadLayer(stored),
                StatusIs(kExhausted, HasSubstr("100 times")));
  }
}

TEST(InflateLimits, SeeABombLongBeforeItsEnd) {
  const std::string bomb = Gzip(TarOfZeros(64 << 20));
  auto reader = LayerReader::New();
  size_t read = 0;
  while (read < bomb.size() && reader->Update(bomb.substr(read, 256)).ok()) {
    read += 256;
  }
  EXPECT_LT(read, bomb.size() / 16);
}

TEST(InflateLimits, SeeABombInManySmallMembers) {
  std::string stored = Gzip(TarOfZeros(900 << 10));
  for (int i = 0; i < 16; ++i) stored += Gzip(std::string(1 << 20, '\0'));
  EXPECT_THAT(ReadLayer(stored, 100), StatusIs(kExhausted));
}

TEST(InflateLimits, LetTheFirstMebibyteExpandFreely) {
  EXPECT_THAT(ReadLayer(Gzip(TarOfZeros(1000 << 10))), IsOk());
}

TEST(InflateLimits, CapTheSizeAtExactlyTheBound) {
  const std::string tar = TarBuilder().File("a", Noise(50'000, 1)).Build();
  InflateLimits limits;
  limits.max_inflated_bytes = static_cast<int64_t>(tar.size());
  for (const std::string& stored : {tar, Gzip(tar), Zstd(tar)}) {
    EXPECT_THAT(ReadLayer(stored, 1000, limits), IsOk());
  }
  --limits.max_inflated_bytes;
  for (const std::string& stored : {tar, Gzip(tar), Zstd(tar)}) {
    EXPECT_THAT(ReadLayer(stored, 1000, limits),
                StatusIs(kExhausted, HasSubstr("more than 51711 bytes")));
  }
}

TEST(InflateLimits, TakeZstdWindowsUpToTheCapOnly) {
  const std::string tar = TarBuilder().File("a", Noise(100'000, 1)).Build();
  EXPECT_THAT(ReadLayer(Zstd(tar, 3, 23)), IsOk());
  EXPECT_THAT(ReadLayer(Zstd(tar, 3, 24)),
              StatusIs(kExhausted, HasSubstr("8388608")));
  EXPECT_THAT(ReadLayer(Zstd(tar, 3, 27)), StatusIs(kExhausted));
  InflateLimits wider;
  wider.zstd_window_log = 27;
  EXPECT_THAT(ReadLayer(Zstd(tar, 3, 27), 1000, wider), IsOk());
}

TEST(InflateLimits, DoNotTrustTheSizeThatAFrameStates) {
  // A single-segment frame that states 2^62 bytes and holds none.
  const std::string frame("\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x40\x01\0\0", 16);
  EXPECT_THAT(ReadLayer(frame), StatusIs(kExhausted, HasSubstr("window")));
}

}  // namespace
}  // namespace plimsoll

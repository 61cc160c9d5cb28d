// The gzip reader against zlib: whatever both accept inflates to the same
// bytes, and what zlib accepts the reader accepts.
#include <gtest/gtest.h>

#include <random>

#include "tests/gateway/layers/read_layer.h"
#include "tests/support/compression.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

constexpr int kStreams = 20'000;

// Streams of several block types and headers, to be mutated.
std::vector<std::string> Seeds() {
  const std::string zeros = TarBuilder().File("z", "").Build();
  const std::string noise = TarBuilder().File("n", Noise(300, 1)).Build();
  const std::string header("\x1f\x8b\x08\x0c\0\0\0\0\0\3\2\0xyname\0", 19);
  return {Gzip(zeros),
          Gzip(noise),
          Gzip(zeros, 0),
          Gzip(zeros, 1),
          Gzip(noise, 9),
          GzipUnder(header, noise),
          Gzip(zeros) + Gzip(noise)};
}

void Mutate(std::string& bytes, std::mt19937& random) {
  const size_t at = random() % bytes.size();
  switch (random() % 4) {
    case 0:
      bytes[at] = static_cast<char>(random());
      return;
    case 1:
      bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
      return;
    case 2:
      bytes.erase(at, 1 + random() % 3);
      return;
    default:
      bytes.insert(at, 1, static_cast<char>(random()));
  }
}

TEST(GzipReader, AgreesWithZlibAboutMutatedStreams) {
  std::mt19937 random(20);
  const std::vector<std::string> seeds = Seeds();
  int accepted = 0;
  for (int i = 0; i < kStreams; ++i) {
    std::string bytes = seeds[i % seeds.size()];
    for (size_t n = 1 + random() % 2; n > 0; --n) Mutate(bytes, random);
    std::optional<std::string> expected = ZlibGunzip(bytes);
    StatusOr<LayerFacts> facts = ReadLayer(bytes, 1 + random() % 64);
    if (facts.ok() && facts->compression == Compression::kGzip) {
      ASSERT_TRUE(expected) << "stream " << i << " is accepted by us alone";
      ASSERT_EQ(facts->diff_id, Digest::Sha256(*expected)) << "stream " << i;
      ++accepted;
    } else if (expected && expected->size() >= 512) {
      ASSERT_FALSE(facts.status().message().find("tar") == std::string::npos)
          << "stream " << i << ": " << facts.status();
    }
  }
  // Mutations of a header's time or name change nothing.
  EXPECT_GT(accepted, kStreams / 100);
}

}  // namespace
}  // namespace plimsoll

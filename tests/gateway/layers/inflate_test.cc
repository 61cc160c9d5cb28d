#include "gateway/layers/inflate.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/gateway/layers/read_layer.h"
#include "tests/support/compression.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

// A tar of one small file whose bytes do not compress away.
std::string SmallTar() {
  return TarBuilder().File("etc/motd", Noise(700, 1)).Build();
}

struct Case {
  const char* name;
  std::string stored;
  std::string tar;
  Compression compression;
};

std::vector<Case> Accepted() {
  const std::string tar = SmallTar();
  const std::string front = tar.substr(0, 900);
  const std::string back = tar.substr(900);
  const std::string zeros(1024, '\0');
  const std::string named = GzipUnder(
      std::string("\x1f\x8b\x08\x08\0\0\0\0\0\3layer.tar\0", 20), tar);
  return {
      {"plain", tar, tar, Compression::kNone},
      {"empty plain", zeros, zeros, Compression::kNone},
      {"one zero block", zeros.substr(512), zeros.substr(512),
       Compression::kNone},
      {"gzip", Gzip(tar), tar, Compression::kGzip},
      {"stored gzip", Gzip(tar, 0), tar, Compression::kGzip},
      {"best gzip", Gzip(tar, 9), tar, Compression::kGzip},
      {"gzip with a name", named, tar, Compression::kGzip},
      {"two members", Gzip(front) + Gzip(back), tar, Compression::kGzip},
      {"empty members", Gzip("") + Gzip(tar) + Gzip(""), tar,
       Compression::kGzip},
      {"empty gzip", Gzip(zeros), zeros, Compression::kGzip},
      {"zstd", Zstd(tar), tar, Compression::kZstd},
      {"two frames", Zstd(front) + Zstd(back), tar, Compression::kZstd},
      {"empty frame", Zstd("") + Zstd(tar), tar, Compression::kZstd},
      {"zstd and skippable frames",
       Zstd(front) + ZstdSkippable("table") + ZstdSkippable("") + Zstd(back) +
           ZstdSkippable(Noise(300, 2)),
       tar, Compression::kZstd},
  };
}

TEST(LayerReader, GivesTheFactsInPiecesOfAnySize) {
  for (const Case& row : Accepted()) {
    LayerFacts expected = {Digest::Sha256(row.stored), Digest::Sha256(row.tar)};
    expected.size = static_cast<int64_t>(row.stored.size());
    expected.inflated_size = static_cast<int64_t>(row.tar.size());
    expected.compression = row.compression;
    for (size_t piece = 1; piece <= row.stored.size(); ++piece) {
      StatusOr<LayerFacts> facts = ReadLayer(row.stored, piece);
      ASSERT_THAT(facts, IsOk()) << row.name << " by " << piece;
      ASSERT_EQ(*facts, expected) << row.name << " by " << piece;
    }
  }
}

TEST(LayerReader, RefusesABodyCutAtAnyByte) {
  const std::string tar = SmallTar();
  for (const std::string& stored : {Gzip(tar), Gzip(tar, 0), Zstd(tar)}) {
    for (size_t size = 0; size < stored.size(); ++size) {
      EXPECT_THAT(ReadLayer(stored.substr(0, size)),
                  StatusIs(absl::StatusCode::kInvalidArgument))
          << size;
    }
  }
}

struct RejectCase {
  const char* message;
  std::string stored;
};

std::string Changed(std::string bytes, size_t from_end) {
  char& byte = bytes[bytes.size() - from_end];
  byte = static_cast<char>(byte ^ 1);
  return bytes;
}

std::vector<RejectCase> Rejected() {
  const std::string tar = SmallTar();
  const std::string gzip = Gzip(tar);
  const std::string zstd = Zstd(tar);
  const std::string legacy("\x27\xb5\x2f\xfd", 4);  // zstd 0.7
  return {
      {"no gzip, zstd or tar", ""},
      {"no gzip, zstd or tar", "abc"},
      {"no gzip, zstd or tar", "{\"json\": true}" + std::string(600, ' ')},
      {"no gzip, zstd or tar", std::string(511, '\0')},
      {"no gzip, zstd or tar", tar.substr(1)},
      {"no gzip, zstd or tar", legacy + std::string(600, 'x')},
      {"bzip2", "BZh91AY&SY" + std::string(600, 'x')},
      {"xz", std::string("\xfd"
                         "7zXZ\0",
                         6) +
                 std::string(600, 'x')},
      {"after gzip member 1", gzip + std::string(1, '\0')},
      {"after gzip member 1", gzip + std::string(512, '\0')},
      {"after gzip member 1", gzip + "garbage"},
      {"after gzip member 1", gzip + zstd},
      {"after gzip member 2", gzip + gzip + "garbage that is long"},
      {"trailer", Changed(gzip, 8)},  // CRC-32
      {"trailer", Changed(gzip, 1)},  // ISIZE
      {"reserved",
       GzipUnder(std::string("\x1f\x8b\x08\x20\0\0\0\0\0\3", 10), tar)},
      {"method", std::string("\x1f\x8b\x07\0\0\0\0\0\0\3", 10) + tar},
      {"(gzip) to no tar", Gzip("no tar" + std::string(600, 'x'))},
      {"(gzip) to no tar", Gzip("")},
      {"(gzip) to no tar", Gzip(Gzip(tar))},
      {"(zstd) to no tar", Zstd("no tar")},
      {"zstd frame 2", zstd + std::string(4, '\0')},
      {"zstd frame 2: truncated", zstd + "abc"},
      {"zstd frame 2", zstd + gzip},
      {"zstd frame 2", zstd + legacy + std::string(40, 'x')},
      {"zstd frame 2: truncated", zstd + ZstdSkippable("abc").substr(0, 9)},
      {"zstd frame 1", Changed(zstd, 1)},  // checksum
      {"skippable", ZstdSkippable("abc") + zstd},
  };
}

TEST(LayerReader, RefusesWhatIsNoWellFormedArchive) {
  for (const RejectCase& row : Rejected()) {
    for (size_t piece : {1, 3, 64, 4096}) {
      EXPECT_THAT(
          ReadLayer(row.stored, piece),
          StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(row.message)));
    }
  }
}

TEST(LayerReader, ReadsTwoHundredMembersCutAnywhere) {
  const std::string tar = TarBuilder().File("a", Noise(100'000, 3)).Build();
  std::string stored;
  for (size_t i = 0; i < 200; ++i) {
    size_t from = tar.size() * i / 200;
    stored += Gzip(tar.substr(from, tar.size() * (i + 1) / 200 - from));
  }
  for (size_t piece :
       {1, 2, 3, 5, 7, 11, 13, 64, 509, 512, 1000, 4099, 65536, 200000}) {
    StatusOr<LayerFacts> facts = ReadLayer(stored, piece);
    ASSERT_THAT(facts, IsOk()) << piece;
    EXPECT_EQ(facts->diff_id, Digest::Sha256(tar));
  }
}

TEST(LayerReader, ReadsLayersLargerThanItsBuffers) {
  std::string text;
  while (text.size() < (4 << 20)) absl::StrAppend(&text, "line ", text.size());
  const std::string tar =
      TarBuilder().File("noise", Noise(3 << 20, 4)).File("text", text).Build();
  for (const std::string& stored :
       {Gzip(tar), Zstd(tar), Gzip(tar, 0), tar, Zstd(tar, 3, 23)}) {
    for (size_t piece : {size_t{4093}, size_t{1} << 20, stored.size()}) {
      StatusOr<LayerFacts> facts = ReadLayer(stored, piece);
      ASSERT_THAT(facts, IsOk());
      EXPECT_EQ(facts->diff_id, Digest::Sha256(tar));
      EXPECT_EQ(facts->layer, Digest::Sha256(stored));
    }
  }
}

TEST(LayerReader, HashesTheStoredBytesWithTheAlgorithmAskedFor) {
  for (const std::string& stored : {Gzip(SmallTar()), SmallTar()}) {
    StatusOr<LayerFacts> facts =
        ReadLayer(stored, 100, {}, Digest::Algorithm::kSha512);
    ASSERT_THAT(facts, IsOk());
    EXPECT_EQ(facts->layer,
              Digest::Compute(Digest::Algorithm::kSha512, stored));
    EXPECT_EQ(facts->diff_id, Digest::Sha256(SmallTar()));
  }
}

TEST(LayerReader, GoesOnHashingAfterAnErrorAndStaysWithIt) {
  const std::string stored = "no archive" + std::string(3000, 'x');
  auto reader = LayerReader::New();
  Status first;
  for (char byte : stored) {
    Status status = reader->Update(std::string(1, byte));
    if (first.ok()) first = status;
    EXPECT_EQ(status, first);
  }
  EXPECT_EQ(reader->Finish().status(), first);
  EXPECT_EQ(reader->stored_digest(), Digest::Sha256(stored));
  EXPECT_EQ(reader->stored_size(), static_cast<int64_t>(stored.size()));
}

}  // namespace
}  // namespace plimsoll

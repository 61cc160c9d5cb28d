#include "gateway/layers/gzip_header.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

std::string Fixed(char flags) {
  std::string header("\x1f\x8b\x08\x00\x01\x02\x03\x04\x02\x03", 10);
  header[3] = flags;
  return header;
}

std::string WithChecksum(std::string header, unsigned change = 0) {
  uLong crc = crc32(0, reinterpret_cast<const Bytef*>(header.data()),
                    static_cast<uInt>(header.size()));
  crc ^= change;
  header.push_back(static_cast<char>(crc & 0xff));
  header.push_back(static_cast<char>(crc >> 8 & 0xff));
  return header;
}

// Feeds `bytes` in pieces; the number of bytes that the header took.
StatusOr<size_t> Parse(absl::string_view bytes, size_t piece) {
  GzipHeader header;
  size_t taken = 0;
  while (taken < bytes.size() && !header.done()) {
    ASSIGN_OR_RETURN(size_t run, header.Update(bytes.substr(taken, piece)));
    taken += run;
  }
  if (!header.done()) return absl::OutOfRangeError("not done");
  return taken;
}

struct Case {
  const char* name;
  std::string bytes;
};

std::vector<Case> Accepted() {
  const std::string extra(
      "\x05\x00"
      "AB\x01\x00x",
      7);
  const std::string all = Fixed(0x1f) + extra + std::string("name\0", 5) +
                          std::string("a comment\0", 10);
  return {
      {"plain", Fixed(0)},
      {"text flag", Fixed(1)},
      {"checksum", WithChecksum(Fixed(2))},
      {"extra", Fixed(4) + extra},
      {"empty extra", Fixed(4) + std::string(2, '\0')},
      {"name", Fixed(8) + std::string("layer.tar\0", 10)},
      {"empty name", Fixed(8) + std::string(1, '\0')},
      {"comment", Fixed(16) + std::string("c\0", 2)},
      {"all", WithChecksum(all)},
      {"longest extra", Fixed(4) + "\xff\xff" + std::string(0xffff, 'e')},
      {"longest name", Fixed(8) + std::string(kMaxGzipTextBytes - 1, 'n') +
                           std::string(1, '\0')},
  };
}

TEST(GzipHeader, TakesExactlyTheHeaderInPiecesOfAnySize) {
  for (const Case& row : Accepted()) {
    size_t longest = std::min<size_t>(row.bytes.size() + 3, 100);
    for (size_t piece = 1; piece <= longest; ++piece) {
      StatusOr<size_t> taken = Parse(row.bytes + "\x01\x00\x1f", piece);
      ASSERT_THAT(taken, IsOk()) << row.name << " by " << piece;
      EXPECT_EQ(*taken, row.bytes.size()) << row.name << " by " << piece;
    }
  }
}

TEST(GzipHeader, IsNotDoneBeforeItsLastByte) {
  for (const Case& row : Accepted()) {
    std::string cut = row.bytes.substr(0, row.bytes.size() - 1);
    EXPECT_THAT(Parse(cut, 7), StatusIs(absl::StatusCode::kOutOfRange))
        << row.name;
  }
}

struct RejectCase {
  const char* message;
  absl::StatusCode code;
  std::string bytes;
};

TEST(GzipHeader, RefusesWhatTheFormatForbids) {
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  std::string other_method = Fixed(0);
  other_method[2] = 7;
  std::string other_magic = Fixed(0);
  other_magic[1] = 'B';
  const RejectCase kCases[] = {
      {"magic", kInvalid, other_magic},
      {"method 7", kInvalid, other_method},
      {"reserved", kInvalid, Fixed(0x20)},
      {"reserved", kInvalid, Fixed(0x40)},
      {"reserved", kInvalid, Fixed(static_cast<char>(0x80))},
      {"checksum", kInvalid, WithChecksum(Fixed(2), 1)},
      {"checksum", kInvalid, WithChecksum(Fixed(2), 0x100)},
      {"over 65536", absl::StatusCode::kResourceExhausted,
       Fixed(8) + std::string(kMaxGzipTextBytes + 1, 'n')},
      {"over 65536", absl::StatusCode::kResourceExhausted,
       Fixed(16) + std::string(kMaxGzipTextBytes + 1, 'n')},
  };
  for (const RejectCase& row : kCases) {
    for (size_t piece : {1, 3, 10, 4096}) {
      EXPECT_THAT(Parse(row.bytes, piece),
                  StatusIs(row.code, HasSubstr(row.message)));
    }
  }
}

TEST(GzipHeader, SaysWhetherItHasBegun) {
  GzipHeader header;
  EXPECT_FALSE(header.started());
  ASSERT_THAT(header.Update("\x1f"), IsOk());
  EXPECT_TRUE(header.started());
}

}  // namespace
}  // namespace plimsoll

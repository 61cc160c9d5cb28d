#include "gateway/layers/tar_header.h"

#include <gtest/gtest.h>

#include "absl/strings/str_format.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

using testing::HasSubstr;

// A block with `text` written at `offset` and its checksum made right.
std::string Block(size_t offset, absl::string_view text) {
  std::string block = TarHeaderBlock('0', "name", "", 5);
  block.replace(offset, text.size(), std::string(text));
  block.replace(148, 8, "        ");
  unsigned sum = 0;
  for (char byte : block) sum += static_cast<unsigned char>(byte);
  block.replace(148, 7, absl::StrFormat("%06o", sum) + std::string(1, '\0'));
  return block;
}

TEST(ParseTarHeader, ReadsNameLinkTypeAndSize) {
  auto header = ParseTarHeader(TarHeaderBlock('2', "a/b", "../c", 0));
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->name, "a/b");
  EXPECT_EQ(header->link, "../c");
  EXPECT_EQ(header->type, '2');
  header = ParseTarHeader(TarHeaderBlock('0', "a", "", 1234567));
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->size, 1234567);
}

TEST(ParseTarHeader, ReadsThePrefixOfUstarOnly) {
  auto header = ParseTarHeader(Block(345, "usr/share"));
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->name, "usr/share/name");
  std::string gnu = Block(345, "usr/share");
  gnu.replace(257, 8, std::string("ustar  \0", 8));
  EXPECT_THAT(ParseTarHeader(gnu),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(ParseTarHeader, TakesTheOldTypeOfAFile) {
  auto header = ParseTarHeader(Block(156, std::string(1, '\0')));
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->type, '0');
}

TEST(ParseTarHeader, ReadsEveryFormOfASize) {
  const struct {
    std::string field;
    int64_t size;
  } kCases[] = {
      {"00000000012\0", 10},
      {std::string("         12 ", 12), 10},
      {std::string("777777777777", 12), int64_t{0777777777777}},
      {std::string("\x80\0\0\0\0\0\0\2\0\0\0\0", 12), int64_t{1} << 33},
      {std::string(12, '\0'), 0},
  };
  for (const auto& row : kCases) {
    auto header = ParseTarHeader(Block(124, row.field));
    ASSERT_THAT(header, IsOk()) << row.field;
    EXPECT_EQ(header->size, row.size);
  }
}

TEST(ParseTarHeader, RefusesMalformedSizes) {
  for (const std::string& field :
       {std::string("0000000008\0", 11), std::string("-0000000001\0", 12),
        std::string("0x000000001\0", 12), std::string("1 2\0", 4) + "00000000",
        std::string(12, '\xff'),
        std::string("\x80\xff\0\0\0\0\0\0\0\0\0\0", 12)}) {
    EXPECT_THAT(ParseTarHeader(Block(124, field)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("malformed size")));
  }
}

TEST(ParseTarHeader, RefusesAWrongChecksum) {
  std::string block = TarHeaderBlock('0', "name", "", 5);
  block[0] = 'N';
  EXPECT_THAT(
      ParseTarHeader(block),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("checksum")));
}

TEST(StartsTar, TakesAHeaderOrZeros) {
  EXPECT_TRUE(StartsTar(TarHeaderBlock('5', "dir/", "", 0)));
  EXPECT_TRUE(StartsTar(std::string(512, '\0')));
  EXPECT_TRUE(StartsTar(Block(0, "\xc3\xa9t\xc3\xa9")));
}

TEST(StartsTar, RefusesEverythingElse) {
  EXPECT_FALSE(StartsTar(""));
  EXPECT_FALSE(StartsTar(std::string(511, '\0')));
  EXPECT_FALSE(StartsTar(std::string(511, '\0') + "x"));
  EXPECT_FALSE(StartsTar(std::string(512, ' ')));
  EXPECT_FALSE(StartsTar(TarHeaderBlock('0', "a", "", 0).substr(1) + "x"));
}

}  // namespace
}  // namespace plimsoll

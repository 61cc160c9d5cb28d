#include "gateway/read_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

TEST(ReadFile, ReadsAWholeFileUpToItsBound) {
  const ScratchDir scratch;
  const std::string path = scratch.Write("a", std::string("a\0b\n", 4));
  const StatusOr<std::string> whole = ReadFile(path, 4);
  ASSERT_THAT(whole, IsOk());
  EXPECT_EQ(*whole, std::string("a\0b\n", 4));
  EXPECT_THAT(ReadFile(path, 3),
              StatusIs(StatusCode::kInvalidArgument,
                       absl::StrCat(path, ": is larger than 3 bytes")));
  EXPECT_EQ(*ReadFile(scratch.Write("empty", ""), 0), "");
}

TEST(ReadFile, SaysWhyItCannot) {
  const ScratchDir scratch;
  EXPECT_THAT(ReadFile(scratch.path(), 100),
              StatusIs(StatusCode::kNotFound,
                       absl::StrCat(scratch.path(), ": Is a directory")));
}

TEST(ReadFile, ReadsBlockByBlock) {
  const ScratchDir scratch;
  std::string bytes(300'000, 'x');
  bytes[200'000] = '\0';
  EXPECT_EQ(ReadFile(scratch.Write("blocks", bytes), 300'000).value(), bytes);
}

// The memory for the largest catalog was taken, and filled with zeros, for
// every `plimsoll check --catalog`.
TEST(ReadFile, TakesMemoryForTheFileAndNotForItsBound) {
  const ScratchDir scratch;
  const std::string path = scratch.Write("small", "small");
  EXPECT_EQ(ReadFile(path, size_t{1} << 60).value(), "small");
}

}  // namespace
}  // namespace plimsoll

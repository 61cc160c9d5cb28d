#include "gateway/policy_files.h"

#include <gtest/gtest.h>

#include <fstream>

namespace plimsoll {
namespace {

std::string WriteFile(const std::string& name, const std::string& bytes) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(ReadFile, TakesAsManyBytesAsItMay) {
  const std::string path = WriteFile("hundred", std::string(100, 'x'));
  EXPECT_EQ(ReadFile(path, 100).value(), std::string(100, 'x'));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadFile(path, 99).status()));
}

TEST(ReadFile, ReadsMoreThanOneBlock) {
  std::string bytes(300'000, 'x');
  bytes[200'000] = '\0';
  EXPECT_EQ(ReadFile(WriteFile("blocks", bytes), 300'000).value(), bytes);
}

// A bug: the memory for the largest catalog was taken, and filled with zeros,
// for every `plimsoll check --catalog`.
TEST(ReadFile, TakesMemoryForTheFileAndNotForItsBound) {
  const std::string path = WriteFile("small", "small");
  EXPECT_EQ(ReadFile(path, size_t{1} << 60).value(), "small");
}

TEST(ReadFile, SaysWhatCannotBeRead) {
  EXPECT_TRUE(absl::IsNotFound(ReadFile("/no/such/file", 1).status()));
  EXPECT_TRUE(absl::IsNotFound(ReadFile(testing::TempDir(), 1).status()));
}

}  // namespace
}  // namespace plimsoll

#include "tests/policy/oci/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"

namespace plimsoll {
namespace {

namespace fs = std::filesystem;

const fs::path& Folder() {
  static const fs::path* const folder =
      new fs::path(PLIMSOLL_SOURCE_DIR "/tests/testdata/images");
  return *folder;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::vector<Sample> ReadSamples(absl::string_view suffix) {
  std::vector<Sample> samples;
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator(Folder())) {
    const std::string name = fs::relative(entry.path(), Folder()).string();
    if (!entry.is_regular_file() || !absl::EndsWith(name, suffix)) continue;
    samples.push_back(Sample{name, ReadFile(entry.path())});
  }
  std::sort(samples.begin(), samples.end(),
            [](const Sample& a, const Sample& b) { return a.name < b.name; });
  return samples;
}

std::string ReadSample(absl::string_view name) {
  return ReadFile(Folder() / std::string(name));
}

}  // namespace plimsoll

// What docs/ shows is what loads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/config.h"
#include "policy/language/load.h"

namespace plimsoll {
namespace {

// The blocks of YAML of a page.
std::vector<std::string> YamlOf(const std::string& page) {
  std::ifstream file(absl::StrCat(PLIMSOLL_SOURCE_DIR "/docs/", page));
  EXPECT_TRUE(file) << page;
  std::string line;
  std::vector<std::string> blocks;
  bool inside = false;
  while (std::getline(file, line)) {
    const bool is_fence = line.rfind("```", 0) == 0;
    if (inside && !is_fence) absl::StrAppend(&blocks.back(), line, "\n");
    if (!is_fence) continue;
    inside = line == "```yaml";
    if (inside) blocks.emplace_back();
  }
  EXPECT_THAT(blocks, testing::Not(testing::IsEmpty())) << page;
  return blocks;
}

TEST(Documentation, ShowsConfigurationsThatLoad) {
  for (const std::string& block : YamlOf("configuration.md")) {
    const LoadedConfig loaded = LoadConfig("configuration.md", block);
    EXPECT_EQ(FormatIssues(loaded.issues), "") << block;
    EXPECT_TRUE(loaded.config.has_value());
  }
}

TEST(Documentation, ShowsPoliciesThatLoad) {
  const PolicyFile page{"policy.md",
                        absl::StrJoin(YamlOf("policy.md"), "---\n")};
  const LoadedPolicies loaded = LoadPolicies({&page, 1});
  EXPECT_EQ(FormatIssues(loaded.issues), "");
  ASSERT_TRUE(loaded.policies.has_value());
  EXPECT_EQ(loaded.policies->policies.size(), 1u);
  EXPECT_EQ(loaded.policies->sources.size(), 1u);
}

}  // namespace
}  // namespace plimsoll

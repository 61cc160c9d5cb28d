// What docs/ shows is what loads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gateway/config.h"
#include "policy/language/load.h"

namespace plimsoll {
namespace {

// The YAML of a page, each block a document.
std::string YamlOf(const std::string& page) {
  std::ifstream file(absl::StrCat(PLIMSOLL_SOURCE_DIR "/docs/", page));
  EXPECT_TRUE(file) << page;
  std::string line;
  std::string yaml;
  bool inside = false;
  while (std::getline(file, line)) {
    if (line == "```yaml") absl::StrAppend(&yaml, yaml.empty() ? "" : "---\n");
    const bool is_fence = line.rfind("```", 0) == 0;
    if (inside && !is_fence) absl::StrAppend(&yaml, line, "\n");
    if (is_fence) inside = line == "```yaml";
  }
  EXPECT_NE(yaml, "") << page;
  return yaml;
}

TEST(Documentation, ShowsAConfigurationThatLoads) {
  const LoadedConfig loaded =
      LoadConfig("configuration.md", YamlOf("configuration.md"));
  EXPECT_EQ(FormatIssues(loaded.issues), "");
  EXPECT_TRUE(loaded.config.has_value());
}

TEST(Documentation, ShowsPoliciesThatLoad) {
  const PolicyFile page{"policy.md", YamlOf("policy.md")};
  const LoadedPolicies loaded = LoadPolicies({&page, 1});
  EXPECT_EQ(FormatIssues(loaded.issues), "");
  ASSERT_TRUE(loaded.policies.has_value());
  EXPECT_EQ(loaded.policies->policies.size(), 1u);
  EXPECT_EQ(loaded.policies->sources.size(), 1u);
}

}  // namespace
}  // namespace plimsoll

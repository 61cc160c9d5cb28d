#include "policy/language/issue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/text.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

TEST(Issue, ReadsAsFileLineColumnAndMessage) {
  EXPECT_EQ((Issue{"a.yaml", 4, 7, "unknown key `tag`"}).ToString(),
            "a.yaml:4:7: unknown key `tag`");
}

TEST(Issue, OfAWholeFileHasNoLine) {
  EXPECT_EQ((Issue{"a.yaml", 0, 0, "holds nothing"}).ToString(),
            "a.yaml: holds nothing");
}

TEST(FormatIssues, EndsEachWithALineFeed) {
  EXPECT_EQ(FormatIssues({}), "");
  EXPECT_EQ(FormatIssues({{"a", 1, 2, "x"}, {"b", 0, 0, "y"}}),
            "a:1:2: x\nb: y\n");
}

TEST(Issues, StartEmptyAndCount) {
  Issues issues;
  EXPECT_TRUE(issues.empty());
  EXPECT_EQ(issues.size(), 0u);
  issues.Add(
      {
          issues.AddFile("a"),
          1,
          1,
      },
      "x");
  EXPECT_FALSE(issues.empty());
  EXPECT_EQ(issues.size(), 1u);
  EXPECT_THAT(IssueLines(issues.Take()), ElementsAre("a:1:1: x"));
  EXPECT_TRUE(issues.empty());
  EXPECT_THAT(issues.Take(), IsEmpty());
}

TEST(Issues, ComeInTheOrderOfFilesLinesAndColumns) {
  Issues issues;
  const int z = issues.AddFile("z");
  const int a = issues.AddFile("a");
  issues.Add({a, 1, 1}, "5");
  issues.Add({z, 10, 1}, "4");
  issues.Add({z, 2, 30}, "2");
  issues.Add({z, 2, 30}, "3, added after 2");
  issues.Add({z, 2, 4}, "1");
  issues.Add({z, 0, 0}, "0");
  EXPECT_THAT(IssueLines(issues.Take()),
              ElementsAre("z: 0", "z:2:4: 1", "z:2:30: 2",
                          "z:2:30: 3, added after 2", "z:10:1: 4", "a:1:1: 5"));
}

TEST(Issues, DescribePlacesByFileAndLine) {
  Issues issues;
  issues.AddFile("a.yaml");
  const int file = issues.AddFile("b.yaml");
  EXPECT_EQ(issues.Describe({file, 12, 3}), "b.yaml:12");
}

TEST(Issues, AreKeptUpToTheirBound) {
  Issues issues;
  const int file = issues.AddFile("a");
  for (size_t i = 0; i < Issues::kMax; ++i) issues.Add({file, 1, 1}, "x");
  EXPECT_EQ(issues.size(), Issues::kMax);
  EXPECT_EQ(issues.Take().size(), Issues::kMax);
}

TEST(Issues, PastTheirBoundAreCounted) {
  Issues issues;
  const int file = issues.AddFile("a");
  for (size_t i = 0; i <= Issues::kMax; ++i) issues.Add({file, 1, 1}, "x");
  EXPECT_EQ(issues.size(), Issues::kMax + 1);
  std::vector<Issue> taken = issues.Take();
  ASSERT_EQ(taken.size(), Issues::kMax + 1);
  EXPECT_EQ(taken.back().ToString(), "a: and 1 more issue");

  for (size_t i = 0; i < Issues::kMax + 7; ++i) issues.Add({file, 1, 1}, "x");
  taken = issues.Take();
  ASSERT_EQ(taken.size(), Issues::kMax + 1);
  EXPECT_EQ(taken.back().ToString(), "a: and 7 more issues");
}

TEST(Issues, HaveMessagesUpToTheirBound) {
  Issues issues;
  const int file = issues.AddFile("a");
  const std::string longest(Issues::kMaxMessageBytes, 'x');
  issues.Add({file, 1, 1}, longest);
  issues.Add({file, 2, 1}, longest + "x");
  const std::vector<Issue> taken = issues.Take();
  EXPECT_EQ(taken[0].message, longest);
  EXPECT_EQ(taken[1].message.size(), Issues::kMaxMessageBytes);
  EXPECT_THAT(taken[1].message, EndsWith("x..."));
}

// A cut within a character left bytes that no terminal and no JSON takes.
TEST(Issues, AreCutBetweenCharacters) {
  for (size_t before = 0; before < 4; ++before) {
    Issues issues;
    issues.Add({issues.AddFile("a"), 1, 1},
               std::string(before, 'x') + Repeat("\xe2\x82\xac", 400));
    EXPECT_TRUE(IsUtf8(issues.Take()[0].message)) << before;
  }
}

TEST(Issues, AreOneLineWhateverTheFileHolds) {
  Issues issues;
  const int file = issues.AddFile("a\nb");
  issues.Add({file, 1, 1}, "x\r\ny\tz\x1b[31m\xc2\x9b\xe2\x80\xae\xff `q`");
  EXPECT_THAT(IssueLines(issues.Take()),
              ElementsAre("a?b:1:1: x??y?z?[31m??? `q`"));
}

}  // namespace
}  // namespace plimsoll

#include "policy/language/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "tests/policy/language/documents_text.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kRule[] = "  - {name: r, check: base.denied}\n";

TEST(LoadPolicies, MakesAnEmptySetOfNoFile) {
  const LoadedPolicies loaded = LoadPolicies({}, Action::kWarn);
  EXPECT_THAT(loaded.issues, IsEmpty());
  ASSERT_TRUE(loaded.policies.has_value());
  EXPECT_THAT(loaded.policies->policies, IsEmpty());
  EXPECT_EQ(loaded.policies->no_match, Action::kWarn);
  EXPECT_NE(loaded.policies->revision, "");
}

TEST(LoadPolicies, ReadsAnyNumberOfDocumentsAndFiles) {
  const PolicyFile files[] = {
      {"a.yaml",
       absl::StrCat(PolicyText("p", kRule), "---\n", PolicyText("q", kRule))},
      {"b.yaml",
       absl::StrCat("# none\n---\n---\n", PolicyText("s", kRule), "---\n")},
  };
  const LoadedPolicies loaded = LoadPolicies(files);
  EXPECT_THAT(IssueLines(loaded.issues), IsEmpty());
  ASSERT_TRUE(loaded.policies.has_value());
  ASSERT_THAT(loaded.policies->policies, SizeIs(3));
  EXPECT_EQ(loaded.policies->policies[0].name, "p");
  EXPECT_EQ(loaded.policies->policies[2].name, "s");
  EXPECT_EQ(loaded.policies->no_match, Action::kDeny);
}

TEST(LoadPolicies, GivesRulesTheGlobsOfTheSourcesThatTheyName) {
  // The catalog may come after, and in another file.
  const PolicyFile files[] = {
      {"a.yaml", PolicyText("p",
                            "  - {name: r, check: base.approved, with: "
                            "{sources: [x, y]}}\n")},
      {"b.yaml", CatalogText("c",
                             "  - {name: x, images: ['x.io/**']}\n"
                             "  - {name: z, images: ['z.io/**']}\n")},
      {"c.yaml", CatalogText("d", "  - {name: y, images: ['y.io/**']}\n")},
  };
  const LoadedPolicies loaded = LoadPolicies(files);
  ASSERT_TRUE(loaded.policies.has_value()) << FormatIssues(loaded.issues);
  const auto& params =
      std::get<BaseApproved>(loaded.policies->policies[0].rules[0].check);
  ASSERT_THAT(params.source_images, SizeIs(2));
  EXPECT_EQ(params.source_images[0].pattern(), "x.io/**");
  EXPECT_EQ(params.source_images[1].pattern(), "y.io/**");
  EXPECT_THAT(loaded.policies->sources, SizeIs(3));
}

TEST(LoadPolicies, RefusesSourcesThatNoCatalogHas) {
  const std::string rule =
      "  - {name: r, check: base.approved, with: {sources: [x, w]}}\n";
  EXPECT_EQ(IssuesOfText(PolicyText("p", rule)),
            (Lines{"p.yaml:7:54: source `x` is in no BaseCatalog; add a "
                   "BaseCatalog that has it",
                   "p.yaml:7:57: source `w` is in no BaseCatalog; add a "
                   "BaseCatalog that has it"}));
  EXPECT_EQ(
      IssuesOfText(
          absl::StrCat(PolicyText("p", rule), "---\n",
                       CatalogText("c",
                                   "  - {name: x, images: ['x.io/**']}\n"
                                   "  - {name: y, images: ['y.io/**']}\n"))),
      Lines{"p.yaml:7:57: source `w` is in no BaseCatalog; known are x or y"});
}

TEST(LoadPolicies, RefusesOneNameTwice) {
  const PolicyFile files[] = {
      {"a.yaml",
       absl::StrCat(PolicyText("p", kRule), "---\n",
                    CatalogText("p", "  - {name: x, images: ['x.io/**']}\n"))},
      {"b.yaml",
       absl::StrCat(PolicyText("p", kRule), "---\n",
                    CatalogText("q",
                                "  - {name: x, images: ['x.io/**']}\n"
                                "  - {name: x, images: ['y.io/**']}\n"))},
  };
  EXPECT_THAT(
      IssueLines(LoadPolicies(files).issues),
      ElementsAre(
          "b.yaml:3:18: BaseImagePolicy `p` is there already, at a.yaml:3",
          "b.yaml:14:12: source `x` is there already, at a.yaml:14",
          "b.yaml:15:12: source `x` is there already, at a.yaml:14"));
}

TEST(LoadPolicies, LoadsNothingWhereAnyFileHasAnIssue) {
  const PolicyFile files[] = {
      {"a.yaml", PolicyText("p", kRule)},
      {"b.yaml", "# nothing\n"},
      {"c.yaml", "a: [\n"},
      {"d.yaml", "kind: X\n---\n[]\n"},
      {"e.yaml", DocumentText("GatewayConfig", "g", "spec: {}\n")},
  };
  const LoadedPolicies loaded = LoadPolicies(files);
  EXPECT_FALSE(loaded.policies.has_value());
  EXPECT_THAT(
      IssueLines(loaded.issues),
      ElementsAre("b.yaml: the file holds no document",
                  "c.yaml:2:1: a `[` is not closed (it may be that of line 1), "
                  "or a comma is missing before",
                  "d.yaml:1:1: `apiVersion` is missing",
                  "d.yaml:1:7: kind `X` is not known; known here are "
                  "BaseImagePolicy or BaseCatalog",
                  "d.yaml:3:1: a mapping is expected, not a list",
                  "e.yaml:2:7: kind `GatewayConfig` is not known; known here "
                  "are BaseImagePolicy or BaseCatalog"));
}

TEST(LoadPolicies, TakesFilesUpToTheirBound) {
  std::vector<PolicyFile> files;
  for (size_t i = 0; i < kMaxPolicyFiles; ++i) {
    files.push_back(
        {absl::StrCat(i, ".yaml"), PolicyText(absl::StrCat("p", i), kRule)});
  }
  EXPECT_TRUE(LoadPolicies(files).policies.has_value());
  files.push_back({"last.yaml", PolicyText("last", kRule)});
  const LoadedPolicies loaded = LoadPolicies(files);
  EXPECT_FALSE(loaded.policies.has_value());
  EXPECT_THAT(IssueLines(loaded.issues),
              ElementsAre("last.yaml: more than 1000 policy files"));
}

TEST(LoadPolicies, TakesPoliciesUpToTheirBound) {
  std::vector<PolicyFile> files;
  for (size_t i = 0; i < kMaxPolicies; ++i) {
    if (i % 200 == 0) files.push_back({absl::StrCat(i, ".yaml"), ""});
    absl::StrAppend(&files.back().bytes, "---\n",
                    PolicyText(absl::StrCat("p", i), kRule));
  }
  EXPECT_TRUE(LoadPolicies(files).policies.has_value());
  files.push_back({"last.yaml", PolicyText("last", kRule)});
  const LoadedPolicies loaded = LoadPolicies(files);
  EXPECT_FALSE(loaded.policies.has_value());
  EXPECT_THAT(IssueLines(loaded.issues),
              ElementsAre("last.yaml:3:18: more than 1000 policies"));
}

TEST(LoadPolicies, CountsTheIssuesThatItLeavesOut) {
  std::string text;
  for (size_t i = 0; i < Issues::kMax + 3; ++i) {
    absl::StrAppend(&text, "---\n[]\n");
  }
  const Lines lines = IssuesOfText(text);
  ASSERT_THAT(lines, SizeIs(Issues::kMax + 1));
  EXPECT_EQ(lines.front(), "p.yaml:2:1: a mapping is expected, not a list");
  EXPECT_EQ(lines.back(), "p.yaml: and 3 more issues");
}

}  // namespace
}  // namespace plimsoll

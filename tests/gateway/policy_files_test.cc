#include "gateway/policy_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "policy/language/yaml.h"
#include "tests/support/scratch_dir.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

std::string PolicyText(const std::string& name) {
  return absl::StrCat(
      "apiVersion: plimsoll.dev/v1alpha1\nkind: BaseImagePolicy\n"
      "metadata: {name: ",
      name,
      "}\nspec:\n  match: {repositories: ['**']}\n"
      "  rules: [{name: r, check: base.denied}]\n");
}

std::vector<std::string> Names(const PolicySet& set) {
  std::vector<std::string> names;
  for (const Policy& policy : set.policies) names.push_back(policy.name);
  return names;
}

class PolicyFilesTest : public testing::Test {
 protected:
  // The names of the policies that `paths` give.
  std::vector<std::string> Load(const std::vector<std::string>& paths) {
    const StatusOr<PolicySet> set = LoadPolicyFiles(paths, Action::kDeny);
    EXPECT_THAT(set, IsOk());
    return set.ok() ? Names(*set) : std::vector<std::string>{};
  }

  const ScratchDir scratch_;
};

TEST_F(PolicyFilesTest, AreTheBaselineWithoutAPath) {
  EXPECT_THAT(Load({}), ElementsAre("baseline"));
}

// Two gateways that treat what no policy matches differently showed the same
// revision in their decisions.
TEST_F(PolicyFilesTest, TellWhatNoPolicyMatchesInTheRevisionOfTheBaseline) {
  const StatusOr<PolicySet> deny = LoadPolicyFiles({}, Action::kDeny);
  const StatusOr<PolicySet> warn = LoadPolicyFiles({}, Action::kWarn);
  EXPECT_EQ(warn->no_match, Action::kWarn);
  EXPECT_NE(warn->revision, deny->revision);
}

TEST_F(PolicyFilesTest, AreFilesOfAnyName) {
  EXPECT_THAT(Load({scratch_.Write("b.txt", PolicyText("b")),
                    scratch_.Write(".a", PolicyText("a"))}),
              ElementsAre("b", "a"));
}

TEST_F(PolicyFilesTest, AreTheYamlFilesOfADirectoryInOrderOfName) {
  scratch_.Write("b.yaml", PolicyText("b"));
  scratch_.Write("a.yml", PolicyText("a"));
  scratch_.Write("c.yaml.bak", "no policy");
  scratch_.Write("README.md", "no policy");
  scratch_.Write("deeper/d.yaml", "no policy");
  scratch_.Write("folder.yaml/e.yaml", "no policy");
  EXPECT_THAT(Load({scratch_.path()}), ElementsAre("a", "b"));
}

// An editor's lock is a link to nowhere, and stopped a reload.
TEST_F(PolicyFilesTest, LeaveHiddenFilesOut) {
  scratch_.Write("a.yaml", PolicyText("a"));
  scratch_.Write("._a.yaml", "no policy");
  std::filesystem::create_symlink("someone@host:1", scratch_.Path(".#a.yaml"));
  EXPECT_THAT(Load({scratch_.path()}), ElementsAre("a"));
}

TEST_F(PolicyFilesTest, FollowTheLinksOfAMountedConfigMap) {
  scratch_.Write("..2026_01/a.yaml", PolicyText("a"));
  std::filesystem::create_symlink("..2026_01", scratch_.Path("..data"));
  std::filesystem::create_symlink("..data/a.yaml", scratch_.Path("a.yaml"));
  EXPECT_THAT(Load({scratch_.path()}), ElementsAre("a"));
}

TEST_F(PolicyFilesTest, SayWhyAPathCannotBeRead) {
  std::filesystem::create_symlink("nowhere", scratch_.Path("link.yaml"));
  for (const std::string& path :
       {scratch_.Path("none"), scratch_.Path("link.yaml")}) {
    EXPECT_THAT(LoadPolicyFiles({path}, Action::kDeny),
                StatusIs(StatusCode::kNotFound,
                         absl::StrCat(path, ": No such file or directory")));
  }
}

// A set without a policy denies every push without a word about its files.
TEST_F(PolicyFilesTest, RefuseADirectoryWithoutAny) {
  scratch_.Write("policy.json", "{}");
  EXPECT_THAT(LoadPolicyFiles({scratch_.path()}, Action::kDeny),
              StatusIs(StatusCode::kNotFound,
                       absl::StrCat(scratch_.path(),
                                    ": no *.yaml or *.yml in this directory")));
}

TEST_F(PolicyFilesTest, ShowEveryIssueOfEveryFile) {
  const std::string a = scratch_.Write("a.yaml", "kind: X\n");
  const std::string b = scratch_.Write("b.yaml", "a: [");
  EXPECT_THAT(
      LoadPolicyFiles({a, b}, Action::kDeny),
      StatusIs(
          StatusCode::kInvalidArgument,
          absl::StrCat(
              "policies:\n", a, ":1:1: `apiVersion` is missing\n", a,
              ":1:7: kind `X` is not known; known here are BaseImagePolicy or "
              "BaseCatalog\n",
              b,
              ":1:1: a `[` is not closed (it may be that of line 1), or a "
              "comma is missing before\n")));
}

TEST_F(PolicyFilesTest, AreBoundedInSize) {
  std::string text = PolicyText("a");
  text.resize(kMaxYamlBytes, '\n');
  EXPECT_THAT(Load({scratch_.Write("a.yaml", text)}), ElementsAre("a"));
  text.push_back('\n');
  EXPECT_THAT(LoadPolicyFiles({scratch_.Write("b.yaml", text)}, Action::kDeny),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("b.yaml: is larger than 1048576 bytes")));
}

}  // namespace
}  // namespace plimsoll

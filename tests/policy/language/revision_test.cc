// The revision names what decisions were made by: it changes with any change of
// meaning and with nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/policy/language/documents_text.h"

namespace plimsoll {
namespace {

using testing::StartsWith;

constexpr char kPolicy[] = R"(apiVersion: plimsoll.dev/v1alpha1
kind: BaseImagePolicy
metadata: {name: p, annotations: {owner: me}}
spec:
  match: {repositories: ["a/**", "b/**"]}
  rules:
    - {name: r, check: base.age, with: {max: 30d}}
    - {name: s, check: base.denied}
)";

std::string Catalog() {
  return CatalogText("c", "  - {name: x, images: ['x.io/**', 'y.io/**']}\n");
}

std::string RevisionOf(const std::vector<PolicyFile>& files,
                       Action no_match = Action::kDeny) {
  const LoadedPolicies loaded = LoadPolicies(files, no_match);
  EXPECT_EQ(FormatIssues(loaded.issues), "");
  return loaded.policies ? loaded.policies->revision : "";
}

TEST(Revision, IsADigest) {
  const std::string revision = RevisionOf({{"a", kPolicy}});
  EXPECT_THAT(revision, StartsWith("sha256:"));
  EXPECT_EQ(revision.size(), 7u + 64u);
}

TEST(Revision, StaysWithLayoutAndOrder) {
  const std::string revision = RevisionOf({{"a", kPolicy}, {"b", Catalog()}});
  EXPECT_EQ(RevisionOf({{"b", Catalog()}, {"a", kPolicy}}), revision);
  EXPECT_EQ(RevisionOf({{"other", kPolicy}, {"names", Catalog()}}), revision);
  EXPECT_EQ(RevisionOf({{"a", absl::StrCat(kPolicy, "---\n", Catalog())}}),
            revision);
  EXPECT_EQ(RevisionOf({{"a", absl::StrCat("# text\n---\n", Catalog(), "---\n",
                                           kPolicy, "# more\n")}}),
            revision);
  constexpr char kOtherLayout[] = R"({"kind": "BaseImagePolicy",
"spec": {rules: [{check: base.age, name: r, with: {max: '30d'}}, # comment
                 {check: base.denied, name: s}],
         match: {repositories: [a/**, b/**]}},
metadata: {annotations: {owner: me}, name: p},
"apiVersion": "plimsoll.dev/v1alpha1"}
)";
  EXPECT_EQ(RevisionOf({{"a", kOtherLayout}, {"b", Catalog()}}), revision);
}

// `text` with the first `from` in it made `to`.
std::string Edited(std::string text, const std::string& from,
                   const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Revision, ChangesWithEveryChange) {
  std::map<std::string, std::string> seen;
  const auto expect_new = [&seen](const std::string& revision,
                                  const std::string& what) {
    const auto [first, is_new] = seen.emplace(revision, what);
    EXPECT_TRUE(is_new) << what << " and " << first->second;
  };
  expect_new(RevisionOf({}), "nothing");
  expect_new(RevisionOf({}, Action::kWarn), "nothing, Warn");
  expect_new(RevisionOf({{"a", kPolicy}}), "the policy");
  expect_new(RevisionOf({{"a", kPolicy}}, Action::kWarn), "Warn");
  expect_new(RevisionOf({{"a", kPolicy}}, Action::kAudit), "Audit");
  expect_new(RevisionOf({{"a", kPolicy}, {"b", Catalog()}}), "a catalog");
  const std::pair<const char*, const char*> edits[] = {
      {"name: p", "name: q"},
      {"owner: me", "owner: you"},
      {", annotations: {owner: me}", ""},
      {"30d", "31d"},
      // The same length of time, but not the same text.
      {"30d", "720h"},
      {"\"a/**\", \"b/**\"", "\"b/**\", \"a/**\""},
      {"\"a/**\", \"b/**\"", "\"a/**\""},
      {"name: s, check: base.denied", "name: s, check: base.approved"},
      {"check: base.denied", "check: base.denied, action: Deny"},
      {"    - {name: s, check: base.denied}\n", ""},
      {"  rules:", "  action: Deny\n  rules:"},
  };
  for (const auto& [from, to] : edits) {
    expect_new(RevisionOf({{"a", Edited(kPolicy, from, to)}}),
               absl::StrCat(from, " to ", to));
  }
  expect_new(RevisionOf({{"a", kPolicy},
                         {"b", Edited(Catalog(), "y.io/**", "z.io/**")}}),
             "an image of a source");
}

}  // namespace
}  // namespace plimsoll

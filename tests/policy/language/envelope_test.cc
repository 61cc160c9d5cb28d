#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/language/documents.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

struct Read {
  std::optional<Envelope> envelope;
  Lines issues;
};

// The envelope's `spec` is not to be looked into: its document is gone.
Read ReadText(const std::string& text,
              const std::vector<std::string>& kinds = {"One", "Two"}) {
  Issues issues;
  const std::vector<YamlValue> documents =
      ParseYaml(issues.AddFile("f"), text, issues);
  Read read;
  if (!documents.empty()) {
    read.envelope = ReadEnvelope(documents[0], kinds, issues);
  }
  read.issues = IssueLines(issues.Take());
  return read;
}

constexpr char kHead[] = "apiVersion: plimsoll.dev/v1alpha1\nkind: One\n";

TEST(ReadEnvelope, ReadsWhatAllKindsShare) {
  const Read read = ReadText(absl::StrCat(
      kHead,
      "metadata:\n  name: a-b.1\n  annotations: {owner: me, no: no}\n"
      "  labels: {app: x}\nspec: {}\n"));
  EXPECT_THAT(read.issues, IsEmpty());
  ASSERT_TRUE(read.envelope.has_value());
  EXPECT_EQ(read.envelope->kind, "One");
  EXPECT_EQ(read.envelope->name, "a-b.1");
  EXPECT_EQ(read.envelope->name_place, (Place{0, 4, 9}));
  EXPECT_THAT(read.envelope->annotations,
              ElementsAre(Pair("no", "no"), Pair("owner", "me")));
  EXPECT_NE(read.envelope->spec, nullptr);
}

TEST(ReadEnvelope, TellsAllThatIsMissingAtOnce) {
  EXPECT_THAT(ReadText("{}").issues,
              ElementsAre("f:1:1: `apiVersion` is missing",
                          "f:1:1: `kind` is missing"));
  EXPECT_THAT(
      ReadText(kHead).issues,
      ElementsAre("f:1:1: `metadata` is missing", "f:1:1: `spec` is missing"));
  EXPECT_THAT(ReadText(absl::StrCat(kHead, "metadata: {}\nspec:\n")).issues,
              ElementsAre("f:3:11: metadata: `name` is missing",
                          "f:4:1: `spec` has no value"));
}

// The rest of such a document has keys of its own.
TEST(ReadEnvelope, LeavesOtherKindsAndVersionsUnread) {
  const std::pair<const char*, const char*> cases[] = {
      {"apiVersion: v1\nkind: One\nmetadata: 1\nspec: 1\n",
       "f:1:13: apiVersion `v1` is not known; write plimsoll.dev/v1alpha1"},
      {"apiVersion: plimsoll.dev/v1\nkind: One\n",
       "f:1:13: apiVersion `plimsoll.dev/v1` is not known; write "
       "plimsoll.dev/v1alpha1"},
      {"apiVersion: plimsoll.dev/v1alpha1\nkind: one\n",
       "f:2:7: kind `one` is not known; known here are One or Two"},
      {"apiVersion: plimsoll.dev/v1alpha1\nkind: Deployment\nspec: {a: 1}\n",
       "f:2:7: kind `Deployment` is not known; known here are One or Two"},
      {"apiVersion: plimsoll.dev/v1alpha1\nkind: [One]\n",
       "f:2:7: `kind` is a single value, not a list"},
      {"apiVersion: plimsoll.dev/v1alpha1\nkind: ~\n",
       "f:2:1: `kind` has no value"},
      {"apiVersion: ''\nkind: One\n", "f:1:13: `apiVersion` is empty"},
      {"hello", "f:1:1: a mapping is expected, not text"},
      {"[]", "f:1:1: a mapping is expected, not a list"},
  };
  for (const auto& [text, issue] : cases) {
    const Read read = ReadText(text);
    EXPECT_FALSE(read.envelope.has_value()) << text;
    EXPECT_THAT(read.issues, ElementsAre(issue)) << text;
  }
  EXPECT_THAT(
      ReadText("apiVersion: plimsoll.dev/v1alpha1\nkind: Two\n", {"One"})
          .issues,
      ElementsAre("f:2:7: kind `Two` is not known; known here is One"));
}

TEST(ReadEnvelope, RefusesUnknownKeys) {
  EXPECT_THAT(ReadText(absl::StrCat(kHead,
                                    "metadata: {name: a, namespace: b}\n"
                                    "spec: {}\nstatus: {}\n"))
                  .issues,
              ElementsAre("f:3:21: metadata: unknown key `namespace`; known "
                          "are annotations, labels, name",
                          "f:5:1: unknown key `status`; known are apiVersion, "
                          "kind, metadata, spec"));
  EXPECT_THAT(ReadText("apiversion: plimsoll.dev/v1alpha1\nkind: One\n").issues,
              ElementsAre("f:1:1: `apiVersion` is missing",
                          "f:1:1: unknown key `apiversion`; did you mean "
                          "`apiVersion`?"));
}

TEST(ReadEnvelope, RefusesMetadataOfOtherTypes) {
  EXPECT_THAT(ReadText(absl::StrCat(kHead,
                                    "metadata: {name: [a], annotations: [b], "
                                    "labels: {c: [d]}}\nspec: {}\n"))
                  .issues,
              ElementsAre("f:3:18: metadata: `name` is a single value, not a "
                          "list",
                          "f:3:36: metadata: `annotations` is a mapping of at "
                          "most 500 keys to text, not a list",
                          "f:3:53: metadata: `labels`: `c`: text is expected, "
                          "not a list"));
  EXPECT_THAT(ReadText(absl::StrCat(kHead, "metadata: a\nspec: {}\n")).issues,
              ElementsAre("f:3:11: metadata: a mapping is expected, not text"));
}

std::string NameIssue(const std::string& name) {
  return absl::StrCat(
      "f:3:18: metadata: `name` is 1 to 63 lower-case letters, digits, `-` and "
      "`.`, of which `-` and `.` stand inside, not `",
      name, "`");
}

TEST(ReadName, TakesNamesAsKubernetesHasThem) {
  for (const std::string& name :
       {std::string("a"), std::string("0"), std::string("a-b"),
        std::string("a.b"), std::string("no"), std::string("1e3"),
        std::string("a--b..c"), std::string(63, 'a')}) {
    const Read read =
        ReadText(absl::StrCat(kHead, "metadata: {name: ", name, "}\nspec: {}"));
    EXPECT_THAT(read.issues, IsEmpty()) << name;
    EXPECT_EQ(read.envelope->name, name);
  }
}

TEST(ReadName, RefusesOthersAndLeavesThemEmpty) {
  for (const std::string& name :
       {std::string("A"), std::string("a_b"), std::string("a/b"),
        std::string("a b"), std::string(".a"), std::string("a."),
        std::string("-"), std::string("a-"), std::string("\xc3\xa9"),
        std::string(64, 'a')}) {
    const Read read = ReadText(
        absl::StrCat(kHead, "metadata: {name: \"", name, "\"}\nspec: {}"));
    EXPECT_THAT(read.issues, ElementsAre(NameIssue(name)));
    ASSERT_TRUE(read.envelope.has_value());
    EXPECT_EQ(read.envelope->name, "");
  }
}

}  // namespace
}  // namespace plimsoll

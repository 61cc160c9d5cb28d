// The bounds of one file: at each and one past it, and files that cost other
// readers much more than their bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/language/yaml.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

struct Read {
  std::vector<YamlValue> documents;
  Lines issues;
};

Read Parse(const std::string& text) {
  Issues issues;
  Read read;
  read.documents = ParseYaml(issues.AddFile("f"), text, issues);
  read.issues = IssueLines(issues.Take());
  return read;
}

TEST(YamlBounds, OfBytes) {
  std::string text = "a: ";
  text.resize(kMaxYamlBytes, 'x');
  EXPECT_EQ(Parse(text).issues, Lines{});
  text.push_back('x');
  const Read read = Parse(text);
  EXPECT_THAT(read.documents, SizeIs(0));
  EXPECT_THAT(read.issues,
              ElementsAre("f: the file has 1048577 bytes, at most 1048576 are "
                          "read; split it"));
}

TEST(YamlBounds, OfDepthInBrackets) {
  const auto nested = [](size_t depth) {
    return Repeat("[", depth) + "x" + Repeat("]", depth);
  };
  EXPECT_EQ(Parse(nested(kMaxYamlDepth)).issues, Lines{});
  EXPECT_THAT(Parse(nested(kMaxYamlDepth + 1)).issues,
              ElementsAre("f:1:17: nested deeper than 16 levels"));
}

TEST(YamlBounds, OfDepthInIndentation) {
  const auto nested = [](size_t depth) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) {
      absl::StrAppend(&text, std::string(i, ' '), "a:\n");
    }
    return text;
  };
  EXPECT_EQ(Parse(nested(kMaxYamlDepth)).issues, Lines{});
  EXPECT_THAT(Parse(nested(kMaxYamlDepth + 1)).issues,
              ElementsAre("f:17:17: nested deeper than 16 levels"));
}

TEST(YamlBounds, OfValues) {
  // The list is a value too.
  const auto list = [](size_t items) {
    return "[" + Repeat("a,", items) + "]";
  };
  EXPECT_EQ(Parse(list(kMaxYamlValues - 1)).issues, Lines{});
  EXPECT_THAT(Parse(list(kMaxYamlValues)).issues,
              ElementsAre("f:1:100000: more than 50000 values in one file"));
}

TEST(YamlBounds, OfDocuments) {
  EXPECT_THAT(Parse(Repeat("--- a\n", kMaxYamlDocuments)).documents,
              SizeIs(kMaxYamlDocuments));
  const Read read = Parse(Repeat("--- a\n", kMaxYamlDocuments + 1));
  EXPECT_THAT(read.issues,
              ElementsAre("f:257:1: more than 256 documents in one file"));
  EXPECT_THAT(Parse(Repeat("---\n", kMaxYamlDocuments + 1)).issues, SizeIs(1));
}

// Nothing is expanded: each alias is an issue where it stands.
TEST(YamlBounds, OfABillionLaughs) {
  std::string text = "a0: &a0 [lol]\n";
  size_t issues = 1;
  for (int i = 1; i < 10; ++i) {
    absl::StrAppend(&text, "a", i, ": &a", i, " [");
    for (int j = 0; j < 9; ++j) absl::StrAppend(&text, "*a", i - 1, ",");
    absl::StrAppend(&text, "]\n");
    issues += 10;
  }
  const Read read = Parse(text);
  EXPECT_THAT(read.issues, SizeIs(issues));
  EXPECT_EQ(read.issues.front(),
            "f:1:5: anchors are not used here; write the value out");
  ASSERT_THAT(read.documents, SizeIs(1));
  EXPECT_THAT(read.documents[0].entries, SizeIs(10));
  EXPECT_THAT(read.documents[0].entries[9].value.items, SizeIs(9));
}

// One issue for each, not one more for the place at which yaml-cpp gave up.
TEST(YamlBounds, OfWholeFilesOfOneCharacter) {
  for (const char* text : {"[", "{", "- ", "? ", "{a: ", "[a: ", "-\n"}) {
    const std::string file = Repeat(text, kMaxYamlBytes / strlen(text) / 4);
    EXPECT_THAT(Parse(file).issues, SizeIs(1)) << text;
  }
}

TEST(YamlBounds, OfKeysInMessages) {
  const std::string key(kMaxYamlBytes / 4, 'k');
  const Read read = Parse(absl::StrCat("? ", key, "\n: 1\n? ", key, "\n: 2\n"));
  EXPECT_THAT(read.issues,
              ElementsAre(absl::StrCat("f:3:3: key `", std::string(97, 'k'),
                                       "...` is there already, in line 1")));
}

}  // namespace
}  // namespace plimsoll

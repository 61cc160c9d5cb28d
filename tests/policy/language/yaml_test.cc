#include "policy/language/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::vector<YamlValue> Parse(const std::string& text) {
  Issues issues;
  std::vector<YamlValue> documents =
      ParseYaml(issues.AddFile("f"), text, issues);
  EXPECT_EQ(IssueLines(issues.Take()), Lines{}) << text;
  return documents;
}

// All documents, each ended by a line feed.
std::string Canonical(const std::string& text) {
  std::string all;
  for (const YamlValue& document : Parse(text)) {
    absl::StrAppend(&all, CanonicalYaml(document), "\n");
  }
  return all;
}

TEST(ParseYaml, ReadsWhatPeopleWrite) {
  const std::pair<const char*, const char*> cases[] = {
      {"a: 1", R"({"a":"1",})"},
      {"a: {b: [1, x y], c: {}}", R"({"a":{"b":["1","x y",],"c":{},},})"},
      {"a:\n  - 1\n  - b: 2\n    c: 3\n",
       R"({"a":["1",{"b":"2","c":"3",},],})"},
      {"a:\n- 1\n- 2\n", R"({"a":["1","2",],})"},
      {"[1, 2,]", R"(["1","2",])"},
      {"a: 'it''s'\nb: \"x\\ty\"", R"({"a":"it\'s","b":"x\ty",})"},
      {"a: |\n  one\n  two\n", R"({"a":"one\ntwo\n",})"},
      {"a: >-\n  one\n  two\n", R"({"a":"one two",})"},
      {"a: one\n  two\n", R"({"a":"one two",})"},
      {"a: 1 # comment\n# more\n", R"({"a":"1",})"},
      {"a: b#c", R"({"a":"b#c",})"},
      {"a: http://x:5000", R"({"a":"http://x:5000",})"},
      {"a: 1\r\nb: |\r\n  x\r\n", R"({"a":"1","b":"x\n",})"},
      {"a:\tb", R"({"a":"b",})"},
      {"? a\n: 1", R"({"a":"1",})"},
      {"'<<': 1", R"({"<<":"1",})"},
      {"a: \"*x\"\nb: '&x'\nc: '!x'", R"({"a":"*x","b":"&x","c":"!x",})"},
      {"hello", R"("hello")"},
      {"\xc3\xa9: \xf0\x9f\x9a\xa2", R"({"\303\251":"\360\237\232\242",})"},
  };
  for (const auto& [text, canonical] : cases) {
    EXPECT_EQ(Canonical(text), absl::StrCat(canonical, "\n")) << text;
  }
}

// Other readers make booleans, numbers and dates of these, each its own.
TEST(ParseYaml, LeavesEveryScalarTheTextThatItIs) {
  for (const char* text :
       {"no",       "on",         "yes",  "y",   "true",  "False",
        "010",      "0o10",       "0x1F", "1e3", "1_000", "1:30",
        "60:30:20", ".5",         "+1",   "-0",  ".inf",  ".nan",
        "1.10",     "2001-12-14", "=",    "nil", "none",  "undefined"}) {
    const std::vector<YamlValue> documents =
        Parse(absl::StrCat("a: ", text, "\n"));
    ASSERT_THAT(documents, SizeIs(1));
    const YamlValue* value = documents[0].Find("a");
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(value->kind, YamlValue::Kind::kScalar) << text;
    EXPECT_EQ(value->text, text);
    EXPECT_FALSE(value->quoted);
  }
}

TEST(ParseYaml, ReadsNothingWhereNothingIsWritten) {
  for (const char* text : {"a:", "a: ", "a: ~", "a: null", "a: Null", "a: NULL",
                           "a: # comment", "{a}", "{a: }", "? a"}) {
    const std::vector<YamlValue> documents = Parse(text);
    ASSERT_THAT(documents, SizeIs(1)) << text;
    ASSERT_NE(documents[0].Find("a"), nullptr) << text;
    EXPECT_EQ(documents[0].Find("a")->kind, YamlValue::Kind::kNull) << text;
  }
}

TEST(ParseYaml, TellsQuotedFromPlainScalars) {
  for (const char* text : {"'true'", "\"true\"", "|-\n  true", ">-\n  true"}) {
    const std::vector<YamlValue> documents = Parse(absl::StrCat("a: ", text));
    EXPECT_TRUE(documents[0].Find("a")->quoted) << text;
    EXPECT_EQ(documents[0].Find("a")->text, "true") << text;
  }
  for (const char* text : {"'~'", "\"null\"", "''"}) {
    const std::vector<YamlValue> documents = Parse(absl::StrCat("a: ", text));
    EXPECT_EQ(documents[0].Find("a")->kind, YamlValue::Kind::kScalar) << text;
  }
}

TEST(ParseYaml, ReadsDocumentsAndLeavesEmptyOnesOut) {
  EXPECT_EQ(Canonical("a: 1\n---\nb: 2\n"), "{\"a\":\"1\",}\n{\"b\":\"2\",}\n");
  EXPECT_EQ(Canonical("--- a\n--- b\n"), "\"a\"\n\"b\"\n");
  EXPECT_EQ(Canonical("a: 1\n...\n---\nb: 2"),
            "{\"a\":\"1\",}\n{\"b\":\"2\",}\n");
  for (const char* text :
       {"", "\n\n", "# comment\n", "---", "---\n---\n# x\n---\n", "...", "~"}) {
    EXPECT_THAT(Parse(text), IsEmpty()) << text;
  }
}

Place At(int line, int column) { return {0, line, column}; }

TEST(ParseYaml, KnowsWhereEverythingStands) {
  const std::vector<YamlValue> documents =
      Parse("# x\nkey: value\nlist:\n  - {a: 1}\nnone:\n\xc3\xa9: {b: 'c'}\n");
  ASSERT_THAT(documents, SizeIs(1));
  const YamlValue& map = documents[0];
  EXPECT_EQ(map.place, At(2, 1));
  EXPECT_EQ(map.entries[0].place, At(2, 1));
  EXPECT_EQ(map.Find("key")->place, At(2, 6));
  EXPECT_EQ(map.Find("list")->place, At(4, 3));
  EXPECT_EQ(map.Find("list")->items[0].place, At(4, 5));
  EXPECT_EQ(map.Find("list")->items[0].Find("a")->place, At(4, 9));
  EXPECT_EQ(map.Find("none")->place, At(5, 1));
  EXPECT_EQ(map.Find("\xc3\xa9")->place, At(6, 5));
  EXPECT_EQ(map.Find("\xc3\xa9")->Find("b")->place, At(6, 9));
}

TEST(ParseYaml, CountsLinesTheSameWithCarriageReturns) {
  const std::vector<YamlValue> documents = Parse("a: 1\r\n\r\nb: 2\r\n");
  ASSERT_THAT(documents, SizeIs(1));
  EXPECT_EQ(documents[0].Find("b")->place, At(3, 4));
}

TEST(YamlValue, FindsKeysOfMappingsAlone) {
  const std::vector<YamlValue> documents = Parse("{a: [x], b: text}");
  const YamlValue& map = documents[0];
  EXPECT_EQ(map.Find("c"), nullptr);
  EXPECT_EQ(map.Find(""), nullptr);
  EXPECT_EQ(map.Find("a")->Find("x"), nullptr);
  EXPECT_EQ(map.Find("b")->Find("text"), nullptr);
}

TEST(YamlValue, NamesItsKind) {
  const std::vector<YamlValue> documents = Parse("{a: [], b: x, c: }");
  EXPECT_EQ(documents[0].KindName(), "a mapping");
  EXPECT_EQ(documents[0].Find("a")->KindName(), "a list");
  EXPECT_EQ(documents[0].Find("b")->KindName(), "text");
  EXPECT_EQ(documents[0].Find("c")->KindName(), "nothing");
}

TEST(CanonicalYaml, IsTheSameForTheSameMeaning) {
  const std::string canonical = Canonical("a: 1\nb: [x, {c: d, e: }]\n");
  for (const char* text : {
           "# comment\na: 1 # one\nb: [x, {c: d, e: }]",
           "b: [x, {e: , c: d}]\na: 1",
           "{\"a\": '1', b: [\"x\", {c: d, e: ~}]}",
           "a: 1\r\nb:\r\n- x\r\n- c: d\r\n  e: null\r\n",
           "---\na: |-\n  1\nb: [x, {c: d, e}]\n...\n",
       }) {
    EXPECT_EQ(Canonical(text), canonical) << text;
  }
}

TEST(CanonicalYaml, DiffersWhereTheMeaningDoes) {
  const char* texts[] = {
      "a: 1",         "a: '1 '",     "a: [1]",      "a: {1: }",
      "a: ",          "a: 'null'",   "a: ''",       "b: 1",
      "{a: 1, b: 2}", "[a, 1]",      "[1, a]",      "[[a], 1]",
      "[a, '1,']",    "a: '\"1\"'",  "a: \"1\\n\"", "{a: {b: 1}}",
      "{a: , b: 1}",  "a: '{b: 1}'", "a: '\\\\n'",  "A: 1",
  };
  std::map<std::string, std::string> seen;
  for (const char* text : texts) {
    const auto [first, is_new] = seen.emplace(Canonical(text), text);
    EXPECT_TRUE(is_new) << text << " and " << first->second;
  }
}

}  // namespace
}  // namespace plimsoll

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "policy/language/fields.h"
#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

Lines Read(const std::string& text,
           const std::function<void(YamlFields&)>& read) {
  Issues issues;
  const std::vector<YamlValue> documents =
      ParseYaml(issues.AddFile("f"), text, issues);
  EXPECT_EQ(documents.size(), 1u) << text;
  if (!documents.empty()) {
    YamlFields fields(documents[0], "", issues);
    read(fields);
  }
  return IssueLines(issues.Take());
}

using Getter = std::function<std::vector<std::string>(YamlFields&)>;

std::vector<std::string> Patterns(const std::vector<Glob>& globs) {
  std::vector<std::string> patterns;
  for (const Glob& glob : globs) patterns.push_back(glob.pattern());
  return patterns;
}

const Getter kTexts = [](YamlFields& fields) { return fields.Texts("a"); };
const Getter kGlobs = [](YamlFields& fields) {
  return Patterns(fields.Globs("a"));
};
const Getter kRepositories = [](YamlFields& fields) {
  return Patterns(fields.RepositoryGlobs("a"));
};
const Getter kTags = [](YamlFields& fields) {
  return Patterns(fields.TagGlobs("a"));
};

// The issues of a list; `kept` are the items that could be read.
void ExpectList(const Getter& get, const std::string& value, const Lines& kept,
                const Lines& issues) {
  Lines read;
  EXPECT_EQ(Read(absl::StrCat("a: ", value),
                 [&](YamlFields& fields) { read = get(fields); }),
            issues)
      << value;
  EXPECT_EQ(read, kept) << value;
}

TEST(FieldsLists, ReadTexts) {
  ExpectList(kTexts, "[x, 'y z', no, 010]", {"x", "y z", "no", "010"}, {});
  ExpectList(kTexts, "\n- x\n- y\n", {"x", "y"}, {});
  const std::string longest(kMaxTextBytes, 'x');
  ExpectList(kTexts, "[" + longest + "]", {longest}, {});
}

TEST(FieldsLists, RefuseEveryItemThatIsNoText) {
  ExpectList(
      kTexts,
      "[x, '', [y], {z: 1}, ~, " + std::string(kMaxTextBytes + 1, 'x') + "]",
      {"x"},
      {"f:1:8: `a`: text is empty", "f:1:12: `a`: text is expected, not a list",
       "f:1:17: `a`: text is expected, not a mapping",
       "f:1:25: `a`: text is expected, not nothing",
       "f:1:28: `a`: text has at most 4096 bytes, not 4097"});
}

TEST(FieldsLists, RefuseWhatIsNoList) {
  ExpectList(kTexts, "x", {}, {"f:1:4: `a` is a list, not text"});
  ExpectList(kTexts, "{x: 1}", {}, {"f:1:4: `a` is a list, not a mapping"});
  ExpectList(kTexts, "", {}, {"f:1:1: `a` has no value"});
  ExpectList(kTexts, "[]", {}, {"f:1:4: `a` has 1 to 500 items, not 0"});
}

TEST(FieldsLists, HaveABound) {
  const auto list = [](size_t items) {
    return "[" + Repeat("x,", items) + "]";
  };
  ExpectList(kTexts, list(kMaxListItems), Lines(kMaxListItems, "x"), {});
  ExpectList(kTexts, list(kMaxListItems + 1), {},
             {"f:1:4: `a` has 1 to 500 items, not 501"});
  const Getter two = [](YamlFields& fields) {
    return Lines(fields.Items("a", 2).size(), "item");
  };
  ExpectList(two, list(2), {"item", "item"}, {});
  ExpectList(two, list(3), {}, {"f:1:4: `a` has 1 to 2 items, not 3"});
}

TEST(FieldsLists, SayNothingMoreOfAliasesAmongTheItems) {
  ExpectList(kTexts, "[&y x, *y, \"\\0\", z]", {"x", "z"},
             {"f:1:5: anchors are not used here; write the value out",
              "f:1:11: aliases are not used here; write the value out",
              "f:1:15: an escape makes a control or invisible character; "
              "remove it"});
  ExpectList(kRepositories, "[&y x, *y, \"X\\0\", z]", {"x", "z"},
             {"f:1:5: anchors are not used here; write the value out",
              "f:1:11: aliases are not used here; write the value out",
              "f:1:15: an escape makes a control or invisible character; "
              "remove it"});
}

TEST(FieldsLists, ReadGlobs) {
  ExpectList(kGlobs, "['a/**', 'Any text {x,y}']", {"a/**", "Any text {x,y}"},
             {});
  ExpectList(kGlobs, "['a?', b, 'c]', [d]]", {"b"},
             {"f:1:5: `a`: `a?`: `?` is not used in these globs; write `*` for "
              "any characters",
              "f:1:14: `a`: `c]`: `]` is not used in these globs; write {a,b} "
              "for a or b",
              "f:1:20: `a`: text is expected, not a list"});
}

TEST(FieldsLists, RefuseGlobsThatMatchNoRepository) {
  ExpectList(kRepositories, "['a/**', 'x-y_z.0/{b,c}*']",
             {"a/**", "x-y_z.0/{b,c}*"}, {});
  Lines ignored;
  EXPECT_THAT(
      Read("a: [Payments/**, 'a b', 'a:v1', '\xc3\xa9/x', 'a?']",
           [&](YamlFields& fields) { ignored = kRepositories(fields); }),
      ElementsAre(
          "f:1:5: `a`: `Payments/**` matches no repository: no repository has "
          "a `P`",
          "f:1:18: `a`: `a b` matches no repository: no repository has a ` `",
          "f:1:25: `a`: `a:v1` matches no repository: no repository has a `:`",
          "f:1:33: `a`: `\xc3\xa9/x` matches no repository: no repository has "
          "a `\xc3\xa9`",
          "f:1:41: `a`: `a?`: `?` is not used in these globs; write `*` for "
          "any characters"));
}

TEST(FieldsLists, RefuseGlobsThatMatchNoTag) {
  ExpectList(kTags, "['v*', 'Release-{1,2}.0_x']", {"v*", "Release-{1,2}.0_x"},
             {});
  Lines ignored;
  EXPECT_THAT(Read("a: [a/b, 'v1+2']",
                   [&](YamlFields& fields) { ignored = kTags(fields); }),
              ElementsAre("f:1:5: `a`: `a/b` matches no tag: no tag has a `/`",
                          "f:1:10: `a`: `v1+2` matches no tag: no tag has a "
                          "`+`"));
}

TEST(FieldsLists, ReadMapsToText) {
  std::map<std::string, std::string> map;
  const auto read = [&map](YamlFields& fields) { map = fields.TextMap("a"); };
  EXPECT_THAT(Read("a: {x: 1, y: '', Z/z: no}", read), IsEmpty());
  EXPECT_THAT(map,
              ElementsAre(Pair("Z/z", "no"), Pair("x", "1"), Pair("y", "")));
  EXPECT_THAT(Read("a: {}", read), IsEmpty());
  EXPECT_THAT(map, IsEmpty());
  EXPECT_THAT(Read("b: 1",
                   [](YamlFields& fields) {
                     fields.Find("b");
                     EXPECT_THAT(fields.TextMap("a"), IsEmpty());
                   }),
              IsEmpty());
}

TEST(FieldsLists, RefuseWhatIsNoMapToText) {
  std::map<std::string, std::string> map;
  const auto read = [&map](YamlFields& fields) { map = fields.TextMap("a"); };
  EXPECT_THAT(Read("a: [x]", read),
              ElementsAre("f:1:4: `a` is a mapping of at most 500 keys to "
                          "text, not a list"));
  EXPECT_THAT(Read("a: {x: [1], y: {}, z: , ok: 1, l: " +
                       std::string(kMaxTextBytes + 1, 'x') + "}",
                   read),
              ElementsAre("f:1:8: `a`: `x`: text is expected, not a list",
                          "f:1:16: `a`: `y`: text is expected, not a mapping",
                          "f:1:20: `a`: `z`: text is expected, not nothing",
                          "f:1:35: `a`: `l`: text has at most 4096 bytes, not "
                          "4097"));
  EXPECT_THAT(map, ElementsAre(Pair("ok", "1")));
}

TEST(FieldsLists, HaveABoundOfKeys) {
  const auto map_of = [](size_t keys) {
    std::string text = "a:\n";
    for (size_t i = 0; i < keys; ++i) absl::StrAppend(&text, " k", i, ": v\n");
    return text;
  };
  std::map<std::string, std::string> map;
  const auto read = [&map](YamlFields& fields) { map = fields.TextMap("a"); };
  EXPECT_THAT(Read(map_of(kMaxListItems), read), IsEmpty());
  EXPECT_THAT(map, SizeIs(kMaxListItems));
  EXPECT_THAT(Read(map_of(kMaxListItems + 1), read),
              ElementsAre("f:2:2: `a` is a mapping of at most 500 keys to "
                          "text, not of 501"));
}

}  // namespace
}  // namespace plimsoll

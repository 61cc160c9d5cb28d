// What yaml-cpp takes and the reader refuses, and what yaml-cpp refuses, in our
// words.
#include "policy/language/yaml_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr char kAnchor[] = "anchors are not used here; write the value out";
constexpr char kAlias[] = "aliases are not used here; write the value out";
constexpr char kTag[] = "tags are not used here; remove the `!` word";
constexpr char kMerge[] = "merge keys are not used here; write the keys out";
constexpr char kKey[] = "a key must be plain text";
constexpr char kUnsafe[] = "a control or invisible character; remove it";
constexpr char kEscape[] =
    "an escape makes a control or invisible character; remove it";
constexpr char kStray[] =
    "this is no part of what stands above: check the indentation, or start "
    "another document with `---`";
constexpr char kValue[] =
    "no value can follow a `:` here; check the indentation, and quote text "
    "that holds `: `";
constexpr char kNoKey[] =
    "this belongs to no key; check the indentation and the quotes";
constexpr char kBrace[] =
    "a `{` is not closed (it may be that of line 1), or a comma is missing "
    "before";
constexpr char kBracket[] =
    "a `[` is not closed (it may be that of line 1), or a comma is missing "
    "before";

Lines IssuesOf(const std::string& text) {
  Issues issues;
  ParseYaml(issues.AddFile("f"), text, issues);
  return IssueLines(issues.Take());
}

// A line of `place` and `message`.
std::string At(const char* place, const char* message) {
  return absl::StrCat("f:", place, ": ", message);
}

void ExpectRejected(const std::vector<RejectCase>& cases) {
  for (const RejectCase& c : cases) {
    EXPECT_EQ(IssuesOf(c.text), c.issues) << c.text;
  }
}

TEST(ParseYaml, RefusesAnchorsAndAliases) {
  ExpectRejected({
      {"a: &x 1\nb: *x", {At("1:4", kAnchor), At("2:4", kAlias)}},
      {"a: &x [1]", {At("1:4", kAnchor)}},
      {"a: &x {b: 1}", {At("1:4", kAnchor)}},
      {"a: &x", {At("1:4", kAnchor)}},
      {"&x a: 1", {At("1:1", kAnchor)}},
      {"&x", {At("1:1", kAnchor)}},
      {"a: &x 1\n*x : 2", {At("1:4", kAnchor), At("2:1", kAlias)}},
      {"a: *unknown", {At("1:4", kAlias)}},
      {"a: &x !y 1", {At("1:4", kAnchor), At("1:4", kTag)}},
      {"a: &x &y 1",
       {At("1:7",
           "not YAML: cannot assign multiple anchors to the same node")}},
  });
}

TEST(ParseYaml, RefusesTagsAndMergeKeys) {
  ExpectRejected({
      {"a: !!str 1", {At("1:4", kTag)}},
      {"a: !x 1", {At("1:4", kTag)}},
      {"a: ! 1", {At("1:4", kTag)}},
      {"a: ! '1'", {At("1:4", kTag)}},
      {"a: !<tag:yaml.org,2002:str> 1", {At("1:4", kTag)}},
      {"a: !!null", {At("1:4", kTag)}},
      {"a: !", {At("1:4", kTag)}},
      {"a: !!set {b}", {At("1:4", kTag)}},
      {"a: ! {b: 1}", {At("1:4", kTag)}},
      {"a: ! [1]", {At("1:4", kTag)}},
      {"- !!omap [x]", {At("1:3", kTag)}},
      {"!!str a: 1", {At("1:1", kTag)}},
      {"<<: {a: 1}", {At("1:1", kMerge)}},
      {"a: &x {b: 1}\nc: {<<: *x, d: 1}",
       {At("1:4", kAnchor), At("2:5", kMerge), At("2:9", kAlias)}},
  });
}

TEST(ParseYaml, RefusesKeysThatAreTwiceOrNoText) {
  ExpectRejected({
      {"a: 1\nb: 2\na: 3", {At("3:1", "key `a` is there already, in line 1")}},
      {"a: 1\n'a': 2\n\"\\x61\": 3",
       {At("2:1", "key `a` is there already, in line 1"),
        At("3:1", "key `a` is there already, in line 1")}},
      {"- {a: 1, a: 1}", {At("1:10", "key `a` is there already, in line 1")}},
      {"<<: 1\n'<<': 2",
       {At("1:1", kMerge), At("2:1", "key `<<` is there already, in line 1")}},
      {"? [a]\n: 1", {At("1:3", kKey)}},
      {"{a: 1}: 2", {At("1:1", kKey)}},
      {"~: 1", {At("1:1", kKey)}},
      {"'': 1", {At("1:1", kKey)}},
      {": 1", {At("1:1", kKey)}},
      {"{,}", {At("1:2", kKey)}},
  });
  EXPECT_EQ(IssuesOf("a: {b: 1}\nc: {b: 1}"), Lines{});
  EXPECT_EQ(IssuesOf("a: 1\nA: 1"), Lines{});
}

TEST(ParseYaml, RefusesCharactersThatEscapesMake) {
  ExpectRejected({
      {R"(a: "x\0")", {At("1:4", kEscape)}},
      {R"(a: "\x1b[31m")", {At("1:4", kEscape)}},
      {R"(a: "\r")", {At("1:4", kEscape)}},
      {R"(a: "\u202e")", {At("1:4", kEscape)}},
      // yaml-cpp makes bytes of these that are not UTF-8.
      {R"(a: "\N")", {At("1:4", kEscape)}},
      {R"(a: "\_")", {At("1:4", kEscape)}},
      {R"("\e": 1)", {At("1:1", kEscape)}},
      {R"(a: "\ud800")", {At("1:11", "not YAML: invalid unicode: 55296")}},
      {R"(a: "\q")",
       {At("1:7",
           "this escape is not known; write `\\\\` for a backslash, or quote "
           "with '")}},
  });
  EXPECT_EQ(IssuesOf(R"(a: "\n\t\u20ac")"), Lines{});
}

TEST(ParseYaml, RefusesDocumentsThatStartUnseen) {
  ExpectRejected({
      {"a: 1\n...\nb: 2", {At("3:1", kStray)}},
      {"a: 1\n...\n---b: 2", {At("3:1", kStray)}},
      {"- a\nb: 1", {At("2:1", kStray)}},
      {" a: 1\nb: 2", {At("2:1", kStray)}},
      {"'a':1", {At("1:4", kStray)}},
      {"[], []", {At("1:3", kStray)}},
  });
}

TEST(ParseYaml, SaysWhatToWriteInstead) {
  ExpectRejected({
      {"a: b: c", {At("1:5", kValue)}},
      {"a: b\n  c: d", {At("2:4", kValue)}},
      {"a: - b", {At("1:4", "a list item starts on a line of its own")}},
      {"a:\n  - x\n y: 1", {At("3:2", kNoKey)}},
      {"a: 'x' y", {At("1:8", kNoKey)}},
      {"a: [1]x", {At("1:7", kNoKey)}},
      {"{a: 1", {At("1:1", kBrace)}},
      {"{a: 1 b: 2}", {At("1:8", kBrace)}},
      {"[1, 2", {At("1:1", kBracket)}},
      {"{a: 1]", {At("1:6", "this bracket closes none that is open")}},
      {"a: ]", {At("1:4", "this bracket closes none that is open")}},
      {"a: @x", {At("1:4", "no text starts with this character; quote it")}},
      {"a: `x`", {At("1:4", "no text starts with this character; quote it")}},
      {"a: 'x", {At("1:6", "the file ends within quotes")}},
  });
}

// The documents before a mistake are read: theirs are shown as well.
TEST(ParseYaml, ReturnsWhatItReadBeforeAMistake) {
  Issues issues;
  const std::vector<YamlValue> documents =
      ParseYaml(issues.AddFile("f"), "a: 1\n---\nb: [\n", issues);
  ASSERT_THAT(documents, SizeIs(1));
  EXPECT_EQ(CanonicalYaml(documents[0]), R"({"a":"1",})");
  EXPECT_EQ(
      IssueLines(issues.Take()),
      (Lines{At("4:1",
                "a `[` is not closed (it may be that of line 3), or a comma is "
                "missing before")}));
}

TEST(ParseYaml, RefusesAByteOrderMark) {
  ExpectRejected(
      {{"\xef\xbb\xbf"
        "a: 1",
        {At("1:1", "remove the byte order mark")}}});
}

TEST(ParseYaml, ParsesNothingOfBytesThatAreNoText) {
  ExpectRejected(
      {{"a: [\xff",
        {At("1:5", "a byte that is not UTF-8; save the file as UTF-8")}},
       {std::string("a\0:\0", 4), {At("1:2", kUnsafe)}}});
}

}  // namespace
}  // namespace plimsoll

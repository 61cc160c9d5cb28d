#include "policy/language/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What `read` makes of a YAML record, and the issues that it leaves.
Lines Read(const std::string& text, absl::string_view what,
           const std::function<void(YamlFields&)>& read) {
  Issues issues;
  const std::vector<YamlValue> documents =
      ParseYaml(issues.AddFile("f"), text, issues);
  EXPECT_EQ(documents.size(), 1u) << text;
  if (!documents.empty()) {
    YamlFields fields(documents[0], what, issues);
    read(fields);
  }
  return IssueLines(issues.Take());
}

// The value of key `a` by `get`, of a text that has no issue.
template <typename Get>
auto Accept(const std::string& value, Get get) {
  decltype(get(std::declval<YamlFields&>())) result;
  EXPECT_THAT(Read(absl::StrCat("a: ", value), "",
                   [&](YamlFields& fields) { result = get(fields); }),
              IsEmpty())
      << value;
  return result;
}

// The message of the one issue that `get` finds in key `a`.
template <typename Get>
std::string Reject(const std::string& value, Get get) {
  bool is_absent = false;
  const Lines lines =
      Read(absl::StrCat("a: ", value), "",
           [&](YamlFields& fields) { is_absent = !get(fields).has_value(); });
  EXPECT_TRUE(is_absent) << value;
  EXPECT_EQ(lines.size(), 1u) << value;
  return lines.empty() ? "" : lines[0];
}

const auto kText = [](YamlFields& fields) { return fields.Text("a"); };
const auto kBool = [](YamlFields& fields) { return fields.Bool("a"); };
const auto kInteger = [](YamlFields& fields) {
  return fields.Integer("a", {1, 500});
};
const auto kFraction = [](YamlFields& fields) { return fields.Fraction("a"); };
const auto kDuration = [](YamlFields& fields) { return fields.Duration("a"); };
const auto kSize = [](YamlFields& fields) { return fields.Size("a"); };
const auto kChoice = [](YamlFields& fields) {
  return fields.Choice<int>("a", {{"One", 1}, {"Two", 2}, {"Three", 3}});
};

TEST(YamlFields, ReadTextAsItStands) {
  for (const char* text : {"no", "on", "010", "1e3", "1.10", "true", "a b"}) {
    EXPECT_EQ(Accept(text, kText), text);
    EXPECT_EQ(Accept(absl::StrCat("'", text, "'"), kText), text);
  }
  EXPECT_EQ(Accept("'null'", kText), "null");
  const std::string longest(kMaxTextBytes, 'x');
  EXPECT_EQ(Accept(longest, kText), longest);
}

TEST(YamlFields, RefuseWhatIsNoText) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "f:1:1: `a` has no value"},
      {"~", "f:1:1: `a` has no value"},
      {"null", "f:1:1: `a` has no value"},
      {"''", "f:1:4: `a` is empty"},
      {"[x]", "f:1:4: `a` is a single value, not a list"},
      {"{x: y}", "f:1:4: `a` is a single value, not a mapping"},
      {std::string(kMaxTextBytes + 1, 'x'),
       "f:1:4: `a` has at most 4096 bytes, not 4097"},
  };
  for (const auto& [value, issue] : cases) {
    EXPECT_EQ(Reject(value, kText), issue) << value;
  }
}

TEST(YamlFields, ReadTrueAndFalseAlone) {
  EXPECT_EQ(Accept("true", kBool), true);
  EXPECT_EQ(Accept("false", kBool), false);
  for (const char* text : {"yes", "no", "on", "off", "True", "FALSE", "y", "1",
                           "0", "t", "truee"}) {
    EXPECT_EQ(Reject(text, kBool),
              absl::StrCat("f:1:4: `a` is true or false, not `", text, "`"));
  }
  EXPECT_EQ(Reject("'true'", kBool),
            "f:1:4: `a` is true or false, not quoted `true`");
}

TEST(YamlFields, ReadDecimalIntegersWithinTheirRange) {
  for (const int64_t number : {1, 2, 10, 100, 499, 500}) {
    EXPECT_EQ(Accept(absl::StrCat(number), kInteger), number);
  }
  const auto from_zero = [](YamlFields& fields) {
    return fields.Integer("a", {0, 9});
  };
  EXPECT_EQ(Accept("0", from_zero), 0);
}

// "010" is eight to readers of YAML 1.1 and ten to others.
TEST(YamlFields, RefuseEverythingElseAsAnInteger) {
  for (const char* text :
       {"0", "501", "-1", "+1", "010", "01", "00", "0o10", "0x10", "1e2", "1.0",
        "1_0", "1:30", "1,0", "5 0", "9223372036854775808", "inf",
        "99999999999999999999999999", "\xd9\xa1"}) {
    EXPECT_EQ(Reject(text, kInteger),
              absl::StrCat("f:1:4: `a` is a whole number from 1 to 500, not `",
                           text, "`"));
  }
  EXPECT_EQ(Reject("'5'", kInteger),
            "f:1:4: `a` is a whole number from 1 to 500, not quoted `5`");
}

TEST(YamlFields, ReadFractionsFromZeroToOne) {
  const std::pair<const char*, double> cases[] = {
      {"0", 0},         {"1", 1},   {"0.5", 0.5},
      {"0.125", 0.125}, {"1.0", 1}, {"0.00", 0}};
  for (const auto& [text, number] : cases) {
    EXPECT_EQ(Accept(text, kFraction), number) << text;
  }
  for (const char* text :
       {"1.01", "2", "-0.5", "-0", "+0.5", ".5", "1.", ".", "00.5", "01",
        "5e-1", "0,5", "0.5.0", "nan", "inf", "50%", "0x0", "0_0.5"}) {
    EXPECT_EQ(
        Reject(text, kFraction),
        absl::StrCat("f:1:4: `a` is a number from 0 to 1, not `", text, "`"));
  }
  EXPECT_EQ(Reject("'0.5'", kFraction),
            "f:1:4: `a` is a number from 0 to 1, not quoted `0.5`");
}

TEST(YamlFields, ReadDurationsAndSizes) {
  EXPECT_EQ(Accept("1d12h", kDuration), absl::Hours(36));
  EXPECT_EQ(Accept("'30d'", kDuration), absl::Hours(720));
  EXPECT_EQ(Accept("250Mi", kSize), 250 << 20);
  EXPECT_EQ(Accept("1000", kSize), 1000);
  EXPECT_EQ(Reject("30", kDuration),
            "f:1:4: `a`: `30`: write a duration as 30d, 24h or 1d12h, with the "
            "units d, h, m and s in this order");
  EXPECT_EQ(Reject("9999d", kDuration),
            "f:1:4: `a`: `9999d`: a duration is more than 0s and at most "
            "3650d");
  EXPECT_EQ(Reject("250MB", kSize),
            "f:1:4: `a`: `250MB`: write a size as 250Mi, 10G or 1000, with one "
            "of the units Ki, Mi, Gi, Ti, k, M, G, T or none");
  EXPECT_EQ(Reject("0", kSize),
            "f:1:4: `a`: `0`: a size is more than 0 and at most 16Ti");
}

TEST(YamlFields, ReadOneOfSeveralWords) {
  EXPECT_EQ(Accept("Two", kChoice), 2);
  EXPECT_EQ(Accept("'Three'", kChoice), 3);
  for (const char* text : {"two", "TWO", "Four", "Tw", "2"}) {
    EXPECT_EQ(
        Reject(text, kChoice),
        absl::StrCat("f:1:4: `a` is One, Two or Three, not `", text, "`"));
  }
  EXPECT_EQ(Reject("[One]", kChoice),
            "f:1:4: `a` is a single value, not a list");
}

TEST(YamlFields, QuoteLongValuesCutShort) {
  EXPECT_EQ(Reject(std::string(3000, 'x'), kChoice),
            absl::StrCat("f:1:4: `a` is One, Two or Three, not `",
                         std::string(97, 'x'), "...`"));
}

TEST(YamlFields, GiveNothingForAbsentKeys) {
  const Lines lines = Read("{}", "", [](YamlFields& fields) {
    EXPECT_EQ(fields.Find("a"), nullptr);
    EXPECT_FALSE(fields.Text("a").has_value());
    EXPECT_FALSE(fields.Bool("a").has_value());
    EXPECT_FALSE(fields.Integer("a", {0, 1}).has_value());
    EXPECT_FALSE(fields.Fraction("a").has_value());
    EXPECT_FALSE(fields.Duration("a").has_value());
    EXPECT_FALSE(fields.Size("a").has_value());
    EXPECT_FALSE(kChoice(fields).has_value());
    EXPECT_FALSE(fields.Has("a"));
  });
  EXPECT_THAT(lines, IsEmpty());
}

TEST(YamlFields, SayOfAKeyWithoutAValueOnce) {
  const Lines lines = Read("{a: ~, b: }", "spec", [](YamlFields& fields) {
    fields.Find("a");
    fields.Text("a");
    fields.Texts("a");
    EXPECT_TRUE(fields.Has("a"));
    EXPECT_TRUE(fields.Require("b"));
    fields.Bool("b");
  });
  EXPECT_THAT(lines, ElementsAre("f:1:2: spec: `a` has no value",
                                 "f:1:8: spec: `b` has no value"));
}

TEST(YamlFields, RequireKeys) {
  const Lines lines = Read("x: {a: 1}", "", [](YamlFields& outer) {
    YamlFields fields(*outer.Find("x"), "thing", outer.issues());
    EXPECT_TRUE(fields.Require("a"));
    EXPECT_FALSE(fields.Require("b"));
    fields.Find("a");
  });
  EXPECT_THAT(lines, ElementsAre("f:1:4: thing: `b` is missing"));
}

TEST(YamlFields, RefuseUnknownKeysWithTheNearestKnownOne) {
  const Lines lines =
      Read("{acton: 1, Hint: 2, zzz: 3, a: 4}", "rule", [](YamlFields& fields) {
        for (const char* key : {"hint", "action", "severity", "a"}) {
          fields.Find(key);
        }
      });
  EXPECT_THAT(
      lines,
      ElementsAre("f:1:2: rule: unknown key `acton`; did you mean `action`?",
                  "f:1:12: rule: unknown key `Hint`; did you mean `hint`?",
                  "f:1:21: rule: unknown key `zzz`; known are a, action, hint, "
                  "severity"));
  EXPECT_THAT(Read("b: 1", "", [](YamlFields& fields) { fields.Find("max"); }),
              ElementsAre("f:1:1: unknown key `b`; known is max"));
}

TEST(YamlFields, CutLongUnknownKeysShort) {
  EXPECT_THAT(
      Read(absl::StrCat(std::string(600, 'k'), ": 1"), "",
           [](YamlFields& fields) { fields.Find("max"); }),
      ElementsAre(absl::StrCat("f:1:1: unknown key `", std::string(97, 'k'),
                               "...`; known is max")));
}

TEST(YamlFields, ReadMappingsAlone) {
  for (const auto& [text, kind] :
       {std::pair<const char*, const char*>{"[1]", "a list"},
        {"hello", "text"}}) {
    const Lines lines = Read(text, "spec", [](YamlFields& fields) {
      EXPECT_FALSE(fields.Require("a"));
      EXPECT_FALSE(fields.Text("a").has_value());
    });
    EXPECT_THAT(lines, ElementsAre(absl::StrCat(
                           "f:1:1: spec: a mapping is expected, not ", kind)));
  }
}

// What is refused where it is parsed is not refused again where it is read.
TEST(YamlFields, SayNothingMoreOfAnAliasOrAnUnusableKey) {
  const Lines lines =
      Read("{k: &x 1, a: *x, <<: 1, '': 2, \"\\0\": 3, b: \"\\0\"}", "",
           [](YamlFields& fields) {
             EXPECT_FALSE(fields.Text("a").has_value());
             EXPECT_FALSE(fields.Text("b").has_value());
             EXPECT_EQ(fields.Text("k"), "1");
           });
  EXPECT_THAT(lines, ElementsAre("f:1:5: anchors are not used here; write the "
                                 "value out",
                                 "f:1:14: aliases are not used here; write the "
                                 "value out",
                                 "f:1:18: merge keys are not used here; write "
                                 "the keys out",
                                 "f:1:25: a key must be plain text",
                                 "f:1:32: an escape makes a control or "
                                 "invisible character; remove it",
                                 "f:1:44: an escape makes a control or "
                                 "invisible character; remove it"));
}

TEST(YamlFields, ComplainAtAKeysValueOrAtTheRecord) {
  const Lines lines = Read("x: 1\na: 2", "thing", [](YamlFields& fields) {
    fields.Find("x");
    fields.Find("a");
    fields.Complain("a", "at a");
    fields.Complain("b", "at the record");
    fields.Complain(fields.place(), "at a place");
    EXPECT_EQ(fields.what(), "thing");
  });
  EXPECT_THAT(lines,
              ElementsAre("f:1:1: thing: at the record",
                          "f:1:1: thing: at a place", "f:2:4: thing: at a"));
}

TEST(JoinChoices, ReadsAsASentence) {
  EXPECT_EQ(JoinChoices({}), "");
  EXPECT_EQ(JoinChoices({"a"}), "a");
  EXPECT_EQ(JoinChoices({"a", "b"}), "a or b");
  EXPECT_EQ(JoinChoices({"a", "b", "c"}), "a, b or c");
}

TEST(NearestWord, IsAtMostTwoEditsAway) {
  const std::vector<std::string> known = {"action", "hint", "a", "base.age"};
  const std::pair<std::string, std::string> cases[] = {
      {"action", "action"},
      {"Action", "action"},
      {"acton", "action"},
      {"actoin", "action"},
      {"actions", "action"},
      {"atcin", ""},
      {"base.agee", "base.age"},
      {"acn", ""},
      {"b", ""},
      {"hi", "hint"},
      {"", ""},
      {"severity", ""},
      {std::string(64, 'a'), ""},
      {std::string(65, 'a'), ""},
  };
  for (const auto& [text, nearest] : cases) {
    EXPECT_EQ(NearestWord(text, known), nearest) << text;
  }
  EXPECT_EQ(NearestWord("action", {}), "");
  const std::string longest(64, 'k');
  EXPECT_EQ(NearestWord(longest, {longest}), longest);
  EXPECT_EQ(NearestWord(longest + "k", {longest}), "");
}

}  // namespace
}  // namespace plimsoll

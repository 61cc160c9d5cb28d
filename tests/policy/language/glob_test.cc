#include "policy/language/glob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/language/issue_lines.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

Glob Parse(const std::string& pattern) {
  StatusOr<Glob> glob = Glob::Parse(pattern);
  EXPECT_THAT(glob, IsOk()) << pattern;
  return *std::move(glob);
}

struct MatchCase {
  const char* pattern;
  std::vector<const char*> matches;
  std::vector<const char*> others;
};

TEST(Glob, MatchesAsItsDialectSays) {
  const MatchCase cases[] = {
      {"a", {"a"}, {"", "b", "aa", "A", "a/", "/a"}},
      {"a/b", {"a/b"}, {"a", "b", "a/b/", "a//b", "ab"}},
      {"*", {"", "a", "ab.c-d_e"}, {"/", "a/b", "/a", "a/"}},
      {"a*", {"a", "ab", "abc"}, {"", "b", "ba", "a/", "a/b"}},
      {"*a", {"a", "ba", "aa"}, {"ab", "/a", "b/a"}},
      {"*a*", {"a", "xax", "aa"}, {"", "x", "x/a"}},
      {"a*b", {"ab", "axb", "abb", "aab"}, {"a", "b", "a/b", "abx"}},
      {"a/*", {"a/", "a/b"}, {"a", "a/b/c", "b/a"}},
      {"a/*/c", {"a/b/c", "a//c"}, {"a/c", "a/b/b/c"}},
      {"*/*", {"a/b", "/"}, {"a", "a/b/c"}},
      {"**", {"", "a", "a/b", "/", "a/b/c"}, {}},
      {"a/**", {"a/", "a/b", "a/b/c"}, {"a", "ab", "b/a/c"}},
      {"**/a", {"a", "b/a", "b/c/a", "/a"}, {"ba", "a/b", ""}},
      {"a/**/b", {"a/b", "a/x/b", "a/x/y/b"}, {"ab", "a/xb", "a/b/x"}},
      {"**/a/**", {"a/", "x/a/y", "a/b/c"}, {"a", "xa/y"}},
      {"**/**/a", {"a", "x/a", "x/y/a"}, {"xa"}},
      {"a**", {"a", "ab", "a/b", "ab/c"}, {"", "ba"}},
      {"a**/b", {"a/b", "ax/b", "a/x/b"}, {"ab", "b"}},
      {"v*", {"v", "v1.2"}, {"1", "av"}},
      {"{a,b}", {"a", "b"}, {"", "ab", "{a,b}", "a,b"}},
      {"{a,b}/c", {"a/c", "b/c"}, {"a", "c", "ab/c"}},
      {"x{a,bc}y", {"xay", "xbcy"}, {"xy", "xaby", "xabcy"}},
      {"{a,b}{c,d}", {"ac", "ad", "bc", "bd"}, {"ab", "cd", "a", "acd"}},
      {"v1{,.0}", {"v1", "v1.0"}, {"v1.", "v1,.0"}},
      {"{,a}", {"", "a"}, {"aa"}},
      {"{a}", {"a"}, {"{a}", ""}},
      {"{a*,*b}", {"a", "ax", "b", "xb", "ab"}, {"xbx", "x"}},
      {"{a/**,b}", {"a/x/y", "b"}, {"a", "b/x"}},
      {"{**/a,b}", {"a", "x/y/a", "b"}, {"x/b", "xa"}},
      {"{a,b,a}", {"a", "b"}, {"c"}},
      {"a,b", {"a,b"}, {"a", "b"}},
      {"a b", {"a b"}, {"ab"}},
      {"a.c+(d)|^$", {"a.c+(d)|^$"}, {"abc+(d)|^$"}},
      {"docker.io/library/{debian,python}",
       {"docker.io/library/debian", "docker.io/library/python"},
       {"docker.io/library/", "dockerXio/library/debian"}},
      {"\xc3\xa9*", {"\xc3\xa9x"}, {"\xc3x"}},
  };
  for (const MatchCase& c : cases) {
    const Glob glob = Parse(c.pattern);
    EXPECT_EQ(glob.pattern(), c.pattern);
    for (const char* text : c.matches) {
      EXPECT_TRUE(glob.Matches(text)) << c.pattern << " and " << text;
    }
    for (const char* text : c.others) {
      EXPECT_FALSE(glob.Matches(text)) << c.pattern << " and " << text;
    }
  }
}

TEST(Glob, RefusesWhatOtherDialectsReadOtherwise) {
  constexpr char kBrackets[] =
      " is not used in these globs; write {a,b} for a or b";
  constexpr char kStars[] =
      "more than two `*`; write `**` for any number of segments";
  const std::pair<std::string, std::string> cases[] = {
      {"", "a glob is not empty"},
      {"a?", "`?` is not used in these globs; write `*` for any characters"},
      {"[ab]", absl::StrCat("`[`", kBrackets)},
      {"ab]", absl::StrCat("`]`", kBrackets)},
      {"a\\*",
       "`\\` is not used in these globs; every other character stands for "
       "itself"},
      {"***", kStars},
      {"a/****", kStars},
      {"{a", "`{` is not closed"},
      {"{a,{b,c}}", "braces do not nest; write two globs"},
      {"a}", "`}` closes nothing"},
      {"{a}}", "`}` closes nothing"},
      {"a{}", "`{}` holds nothing"},
      {"{?,b}", "`?` is not used in these globs; write `*` for any characters"},
      {std::string(kMaxGlobBytes + 1, 'a'), "a glob has at most 512 bytes"},
  };
  for (const auto& [pattern, message] : cases) {
    EXPECT_THAT(Glob::Parse(pattern),
                StatusIs(StatusCode::kInvalidArgument, message))
        << pattern;
  }
}

TEST(Glob, IsBoundedInLength) {
  const std::string longest(kMaxGlobBytes, 'a');
  EXPECT_TRUE(Parse(longest).Matches(longest));
  EXPECT_FALSE(Parse(longest).Matches(longest + "a"));
}

TEST(Glob, MatchesTextsUpToTheirBound) {
  const Glob all = Parse("**");
  EXPECT_TRUE(all.Matches(std::string(kMaxGlobTextBytes, 'a')));
  EXPECT_FALSE(all.Matches(std::string(kMaxGlobTextBytes + 1, 'a')));
}

// The states are stepped through together: no pattern makes a matcher that
// tries one way after the other run for ever. These would not end in one.
TEST(Glob, MatchesTheWorstPatternsAllTheSame) {
  const std::string text(kMaxGlobTextBytes, 'a');
  for (const std::string& pattern :
       {Repeat("*a", 255) + "b", Repeat("**a", 170) + "b",
        Repeat("a**", 170) + "b", Repeat("**/", 170) + "b",
        Repeat("{a,a*}", 85) + "b", Repeat("{a,aa}", 85),
        "{" + Repeat("*a,", 169) + "b}"}) {
    const Glob glob = Parse(pattern);
    EXPECT_EQ(glob.Matches(text), pattern.find("*a,") != pattern.npos)
        << pattern;
  }
  EXPECT_TRUE(Parse(Repeat("{a,aa}", 85)).Matches(text.substr(0, 100)));
  EXPECT_TRUE(Parse(Repeat("**/", 170) + "b").Matches(Repeat("a/", 99) + "b"));
}

TEST(Glob, TakesAsManyAlternativesAsFit) {
  const Glob glob = Parse("{" + Repeat(",", kMaxGlobBytes - 3) + "b}");
  EXPECT_TRUE(glob.Matches(""));
  EXPECT_TRUE(glob.Matches("b"));
  EXPECT_FALSE(glob.Matches(","));
}

TEST(Glob, IsEqualToOneOfTheSamePattern) {
  EXPECT_EQ(Parse("a/*"), Parse("a/*"));
  EXPECT_FALSE(Parse("a/*") == Parse("a/**"));
}

TEST(MatchesAny, IsFalseOfNoGlobs) {
  EXPECT_FALSE(MatchesAny({}, ""));
  const std::vector<Glob> globs = {Parse("a"), Parse("b/*")};
  EXPECT_TRUE(MatchesAny(globs, "b/c"));
  EXPECT_FALSE(MatchesAny(globs, "c"));
}

TEST(MatchesImage, TakesTheNameWithItsTagOrWithoutIt) {
  struct Case {
    const char* pattern;
    const char* name;
    bool matches;
  };
  const Case cases[] = {
      {"docker.io/library/debian", "docker.io/library/debian", true},
      {"docker.io/library/debian", "docker.io/library/debian:12", true},
      {"docker.io/library/debian", "docker.io/library/debian:12@sha256:ab",
       true},
      {"docker.io/library/debian", "docker.io/library/debian@sha256:ab", true},
      {"docker.io/library/debian:12", "docker.io/library/debian:12", true},
      {"docker.io/library/debian:1*", "docker.io/library/debian:12", true},
      {"docker.io/library/debian:12", "docker.io/library/debian", false},
      {"docker.io/library/debian:12", "docker.io/library/debian:13", false},
      {"docker.io/library/debian", "docker.io/library/debian2:12", false},
      {"**@sha256:ab", "docker.io/library/debian@sha256:ab", false},
      // The colon of a port is none of a tag.
      {"localhost:5000/a", "localhost:5000/a:1", true},
      {"localhost", "localhost:5000/a", false},
      {"localhost:5000/a", "localhost:5000/a", true},
      {"scratch", "scratch", true},
      {"**", "anything:1", true},
      // No name is no image.
      {"**", "", false},
      {"**", "@sha256:ab", false},
  };
  for (const Case& c : cases) {
    const std::vector<Glob> globs = {Parse(c.pattern)};
    EXPECT_EQ(MatchesImage(globs, c.name), c.matches)
        << c.pattern << " and " << c.name;
  }
  EXPECT_FALSE(MatchesImage({}, "docker.io/library/debian"));
}

}  // namespace
}  // namespace plimsoll

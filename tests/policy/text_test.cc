#include "policy/text.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

TEST(IsUtf8, IsTrueOfWellFormedTextAlone) {
  for (const char* text : {"", "a", "\x7f", "\xc3\xa9", "\xe2\x82\xac",
                           "\xf0\x9f\x9a\xa2", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsUtf8(text)) << text;
  }
  for (const char* text :
       {"\xff", "\x80", "a\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
        "\xe2\x82"
        "a"}) {
    EXPECT_FALSE(IsUtf8(text)) << text;
  }
}

TEST(Utf8Prefix, EndsAtTheFirstByteThatIsNotUtf8) {
  EXPECT_EQ(Utf8Prefix(""), 0u);
  EXPECT_EQ(Utf8Prefix("ab"), 2u);
  EXPECT_EQ(Utf8Prefix("\xc3\xa9\xff"), 2u);
  EXPECT_EQ(Utf8Prefix("ab\xe2\x82"), 2u);
}

TEST(FindUnsafe, FindsTheFirstCharacterThatIsNotSeenAsItIs) {
  EXPECT_EQ(FindUnsafe(""), absl::string_view::npos);
  EXPECT_EQ(FindUnsafe("a `b` \xe2\x82\xac"), absl::string_view::npos);
  EXPECT_EQ(FindUnsafe("\xc3\xa9\n"), 2u);
  EXPECT_EQ(FindUnsafe("a\xe2\x80\xae\n"), 1u);
  EXPECT_EQ(FindUnsafe("ab\xef\xbb\xbf"), 2u);
}

TEST(Printable, IsOneLineThatKeepsItsBackticks) {
  EXPECT_EQ(Printable("`a`\r\n\xff"), "`a`???");
}

TEST(OneLine, LeavesNothingThatBreaksOrForgesALine) {
  EXPECT_EQ(OneLine("a\r\nb\x1b[31m"), "a??b?[31m");
  EXPECT_EQ(OneLine("`quoted`"), "'quoted'");
  EXPECT_EQ(OneLine("\xff\xc3\xa9"), "?\xc3\xa9");
  EXPECT_EQ(OneLine("right\xe2\x80\xaeto left"), "right?to left");
  EXPECT_EQ(OneLine("\xc2\x9b"
                    "31m"),
            "?31m");
}

TEST(CutShort, CutsBetweenCharactersWithinTheBound) {
  EXPECT_EQ(CutShort("abcdef", 6), "abcdef");
  EXPECT_EQ(CutShort("abcdefg", 6), "abc...");
  EXPECT_EQ(CutShort("ab\xc3\xa9\xc3\xa9\xc3\xa9", 7), "ab\xc3\xa9...");
  EXPECT_EQ(CutShort("ab\xc3\xa9\xc3\xa9\xc3\xa9", 6), "ab...");
  EXPECT_EQ(CutShort("abcdef", 2), "..");
}

TEST(Quoted, IsBoundedAndCannotBeEndedByWhatItQuotes) {
  EXPECT_EQ(Quoted("a`b"), "`a'b`");
  EXPECT_EQ(Quoted(std::string(kMaxQuotedBytes, 'x')).size(),
            kMaxQuotedBytes + 2);
  const std::string cut = Quoted(std::string(kMaxQuotedBytes + 1, 'x'));
  EXPECT_EQ(cut.size(), kMaxQuotedBytes + 2);
  EXPECT_EQ(cut.substr(cut.size() - 4), "...`");
}

TEST(ListShort, NamesTheFirstAndCountsTheOthers) {
  EXPECT_EQ(ListShort({}, 2), "");
  EXPECT_EQ(ListShort({"a", "b"}, 2), "a, b");
  EXPECT_EQ(ListShort({"a", "b", "c"}, 2), "a, b and 1 more");
}

TEST(ReadsLikeAPlatform, TakesNamesOfPlatformsAndNothingThatCouldSpeak) {
  for (const std::string& name :
       {std::string("linux/amd64"), std::string("linux/arm/v7"),
        std::string("wasi_p1/x86-64.2"), std::string(64, 'a')}) {
    EXPECT_TRUE(ReadsLikeAPlatform(name)) << name;
  }
  for (const std::string& other :
       {std::string(), std::string(65, 'a'), std::string("Linux/amd64"),
        std::string("linux/amd64 "), std::string("linux): ok (/a"),
        std::string("linux/`x`"), std::string("lin\nux/a")}) {
    EXPECT_FALSE(ReadsLikeAPlatform(other)) << other;
  }
}

}  // namespace
}  // namespace plimsoll

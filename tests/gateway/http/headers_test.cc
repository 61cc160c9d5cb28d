#include "gateway/http/headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Headers Sample() {
  Headers headers;
  headers.Add("Accept", "a/b");
  headers.Add("Host", "r");
  headers.Add("ACCEPT", "c/d,, e/f ,");
  return headers;
}

TEST(Headers, AreFoundWithoutCase) {
  Headers headers = Sample();
  ASSERT_TRUE(headers.Has("accept"));
  EXPECT_EQ(*headers.Find("accept"), "a/b");
  EXPECT_EQ(headers.Find("accept-encoding"), nullptr);
  EXPECT_EQ(headers.Count("Accept"), 2u);
  EXPECT_THAT(headers.FindAll("Accept"), ElementsAre("a/b", "c/d,, e/f ,"));
}

TEST(Headers, ListTheirMembersWithoutTheEmptyOnes) {
  EXPECT_THAT(Sample().ListMembers("accept"), ElementsAre("a/b", "c/d", "e/f"));
  EXPECT_THAT(Sample().ListMembers("connection"), IsEmpty());
}

TEST(Headers, AreRemovedAllAtOnce) {
  Headers headers = Sample();
  EXPECT_EQ(headers.Remove("accept"), 2u);
  EXPECT_EQ(headers.Remove("accept"), 0u);
  EXPECT_EQ(headers.size(), 1u);
}

TEST(Headers, AreReplacedEvenByTheirOwnValue) {
  Headers headers = Sample();
  headers.Set("accept", *headers.Find("accept"));
  EXPECT_THAT(headers.FindAll("Accept"), ElementsAre("a/b"));
  EXPECT_EQ(headers.begin()->name, "Host");
}

TEST(IsToken, RefusesWhatSeparates) {
  EXPECT_TRUE(IsToken("aZ09!#$%&'*+-.^_`|~"));
  for (absl::string_view text :
       {"", " ", "a b", "a:", "a,", "a/b", "(a)", "<a>", "a@b", "a\\", "\"a\"",
        "[a]", "{a}", "a=b", "a?", "a;b", "\x7f", "\xc3\xa9"}) {
    EXPECT_FALSE(IsToken(text)) << text;
  }
}

TEST(IsFieldValue, RefusesControlBytesAndBlankEnds) {
  for (absl::string_view text :
       {"", "a", "a b", "a\tb", "\xc3\xa9", "\"a\\b\""}) {
    EXPECT_TRUE(IsFieldValue(text)) << text;
  }
  for (absl::string_view text :
       {" a", "a ", "\ta", "a\t", "a\rb", "a\nb", "a\x7f", "a\x0b", "\x01"}) {
    EXPECT_FALSE(IsFieldValue(text)) << text;
  }
  EXPECT_FALSE(IsFieldValue(absl::string_view("a\0b", 3)));
}

TEST(IsLineText, SeesEveryControlByteAtEveryPlace) {
  for (size_t size = 1; size <= 20; ++size) {
    for (size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
        ASSERT_EQ(IsLineText(text), !control) << byte << " at " << at;
      }
    }
  }
  EXPECT_TRUE(IsLineText(std::string(20, '\t')));
  EXPECT_TRUE(IsLineText(std::string(20, '\x80')));
  EXPECT_FALSE(IsLineText("\t\t\t\t\t\t\t\t\t\r"));
}

}  // namespace
}  // namespace plimsoll

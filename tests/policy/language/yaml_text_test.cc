#include "policy/language/yaml_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/policy/language/issue_lines.h"

namespace plimsoll {
namespace {

constexpr char kUnsafe[] = "a control or invisible character; remove it";
constexpr char kNotUtf8[] = "a byte that is not UTF-8; save the file as UTF-8";
constexpr char kTab[] = "indent with spaces, not with tabs";
constexpr char kDirective[] = "directives are not used here; remove the line";

TEST(FindTextFault, FindsNothingInText) {
  for (const char* text :
       {"", "a", "a b", "a\tb", "\t", "~!@#$%^&*()`", "\xc3\xa9",
        "\xe2\x82\xac", "\xf0\x9f\x9a\xa2", "\xc2\xa0", "\xef\xbf\xbd"}) {
    EXPECT_FALSE(FindTextFault(text).has_value()) << text;
  }
}

TEST(FindTextFault, FindsTheFirstByteThatIsNoText) {
  struct Case {
    std::string text;
    size_t at;
    const char* message;
  };
  const Case cases[] = {
      {std::string(1, '\0'), 0, kUnsafe},
      {"ab\x01", 2, kUnsafe},
      {"a\rb", 1, kUnsafe},
      {"a\nb", 1, kUnsafe},
      {"a\x1b[31m", 1, kUnsafe},
      {"\t\t\x7f", 2, kUnsafe},
      {"\xc3\xa9\xc2\x85", 2, kUnsafe},  // next line
      {"a\xe2\x80\xa8", 1, kUnsafe},     // line separator
      {"a\xe2\x80\xa9", 1, kUnsafe},     // paragraph separator
      {"a\xe2\x80\xae", 1, kUnsafe},     // right-to-left override
      {"a\xe2\x81\xa6", 1, kUnsafe},     // left-to-right isolate
      {"a\xef\xbb\xbf", 1, kUnsafe},     // byte order mark
      {"\xff", 0, kNotUtf8},
      {"a\xc3", 1, kNotUtf8},
      {"\xc3\xa9\xc0\x80", 2, kNotUtf8},   // overlong
      {"a\xed\xa0\x80", 1, kNotUtf8},      // surrogate
      {"a\xf4\x90\x80\x80", 1, kNotUtf8},  // past U+10FFFF
      {"\x01\xff", 0, kUnsafe},
      {"\xff\x01", 0, kNotUtf8},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.text));
    const std::optional<TextFault> fault = FindTextFault(c.text);
    ASSERT_TRUE(fault.has_value());
    EXPECT_EQ(fault->at, c.at);
    EXPECT_EQ(fault->message, c.message);
  }
}

Lines CheckLines(absl::string_view text, bool& is_text) {
  Issues issues;
  is_text = CheckYamlText(issues.AddFile("f"), text, issues);
  return IssueLines(issues.Take());
}

TEST(CheckYamlText, TakesText) {
  for (const char* text :
       {"", "\n", "\r\n", "a: 1", "a: 1\n", "a: 1\r\nb: 2\r\n", "a:\tb",
        "a: 1\t# tab", "\t\n", "  \t \n", "a: %x", "  %x"}) {
    bool is_text = false;
    EXPECT_EQ(CheckLines(text, is_text), Lines{}) << text;
    EXPECT_TRUE(is_text) << text;
  }
}

TEST(CheckYamlText, TellsLineAndColumnInBytes) {
  const RejectCase cases[] = {
      {"a\nb\n\xc3\xa9\xff", {absl::StrCat("f:3:3: ", kNotUtf8)}},
      // Readers disagree on whether these end a comment.
      {"# a\rb: 1\n", {absl::StrCat("f:1:4: ", kUnsafe)}},
      {"a: 1\r\r\n", {absl::StrCat("f:1:5: ", kUnsafe)}},
      {"a:\n  \tb: 1", {absl::StrCat("f:2:3: ", kTab)}},
      {"a:\n\t# comment", {absl::StrCat("f:2:1: ", kTab)}},
      {"%YAML 1.2\n---\na: 1", {absl::StrCat("f:1:1: ", kDirective)}},
      {"a: 1\n...\n%TAG ! x\n", {absl::StrCat("f:3:1: ", kDirective)}},
  };
  for (const RejectCase& c : cases) {
    bool is_text = true;
    EXPECT_EQ(CheckLines(c.text, is_text), c.issues) << c.text;
    EXPECT_FALSE(is_text) << c.text;
  }
}

TEST(CheckYamlText, TellsOfEachFaultOnce) {
  bool is_text = true;
  EXPECT_EQ(
      CheckLines("\ta\n\tb\n%x\nc\xff\n\td\xff\n", is_text),
      (Lines{absl::StrCat("f:1:1: ", kTab), absl::StrCat("f:3:1: ", kDirective),
             absl::StrCat("f:4:2: ", kNotUtf8)}));
}

}  // namespace
}  // namespace plimsoll

#include "policy/oci/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_cat.h"

namespace plimsoll {
namespace {

using ::testing::HasSubstr;

std::string Nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(ParseJson, ReadsEveryKindOfValue) {
  struct Case {
    absl::string_view text;
    absl::string_view kind;
  };
  const Case cases[] = {
      {"null", "null"},
      {"true", "boolean"},
      {" false ", "boolean"},
      {"0", "integer"},
      {"-1", "integer"},
      {"1.5", "number"},
      {"\"\"", "string"},
      {"[]", "array"},
      {"{}", "object"},
      {"[1,[2]]", "array"},
      {"\n{\"a\":1}\r\n", "object"},
      {"\"\\ud83d\\ude00\"", "string"},
      {"\"\xf0\x9f\x98\x80\"", "string"},
  };
  for (const Case& c : cases) {
    const StatusOr<JsonValue> value = ParseJson(c.text);
    ASSERT_TRUE(value.ok()) << c.text << ": " << value.status();
    EXPECT_EQ(value->KindName(), c.kind) << c.text;
  }
}

TEST(ParseJson, RefusesWhatIsNotStrictJson) {
  const absl::string_view cases[] = {"",
                                     " ",
                                     "nul",
                                     "NULL",
                                     "True",
                                     "NaN",
                                     "Infinity",
                                     "-",
                                     "+1",
                                     "01",
                                     "-01",
                                     "1.",
                                     ".5",
                                     "1e",
                                     "0x10",
                                     "1_000",
                                     "'a'",
                                     "\"a",
                                     "\"a\nb\"",
                                     "\"\t\"",
                                     "\"\\x41\"",
                                     "\"\\u12\"",
                                     "[",
                                     "]",
                                     "[1",
                                     "[1,]",
                                     "[,1]",
                                     "[1 2]",
                                     "{",
                                     "{\"a\"}",
                                     "{\"a\":}",
                                     "{\"a\":1,}",
                                     "{,}",
                                     "{a:1}",
                                     "{'a':1}",
                                     "{1:2}",
                                     "{\"a\":1 \"b\":2}",
                                     "[1]]",
                                     "{}{}",
                                     "{} x",
                                     "1 2",
                                     "null,",
                                     "[1]//",
                                     "/**/1",
                                     "\xEF\xBB\xBF{}",
                                     "\xFE\xFF",
                                     "\"\xff\"",
                                     "\"\xc0\xaf\"",
                                     "\"\xed\xa0\x80\"",
                                     "\"\xf4\x90\x80\x80\"",
                                     "\"\\ud800\"",
                                     "\"\\udc00\"",
                                     "\"\\ud800\\u0041\"",
                                     "\"\\udc00\\ud800\"",
                                     "{\"\\ud800\":1}",
                                     "\"\\u0000\"",
                                     "{\"\\u0000\":1}",
                                     "1e400",
                                     "-1e400",
                                     "18446744073709551616",
                                     "-9223372036854775809"};
  for (const absl::string_view text : cases) {
    const StatusOr<JsonValue> value = ParseJson(text);
    EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument)
        << "\"" << text << "\"";
  }
}

TEST(ParseJson, RefusesAZeroByteWhereverItStands) {
  const absl::string_view document = "{\"a\":[1,\"b\"]}";
  for (size_t i = 0; i <= document.size(); ++i) {
    std::string text(document);
    text.insert(i, 1, '\0');
    EXPECT_FALSE(ParseJson(text).ok()) << "at " << i;
  }
}

TEST(ParseJson, TakesForIntegersOnlyWhatGoDecodesIntoInt64) {
  struct Case {
    absl::string_view text;
    int64_t value;
  };
  const Case cases[] = {{"0", 0},
                        {"-7", -7},
                        {"9007199254740993", 9007199254740993},
                        {"9223372036854775807", INT64_MAX},
                        {"-9223372036854775808", INT64_MIN}};
  for (const Case& c : cases) {
    const StatusOr<JsonValue> value = ParseJson(c.text);
    ASSERT_TRUE(value.ok() && value->AsInteger() != nullptr) << c.text;
    EXPECT_EQ(*value->AsInteger(), c.value);
  }
}

TEST(ParseJson, TakesEveryOtherNumberForAReal) {
  for (const absl::string_view text :
       {"-0", "2.0", "0.0", "-0.0", "1e3", "1E3", "0e0", "-0e1", "1e-2",
        "9223372036854775808", "18446744073709551615"}) {
    const StatusOr<JsonValue> value = ParseJson(text);
    ASSERT_TRUE(value.ok()) << text << value.status();
    EXPECT_NE(value->AsReal(), nullptr) << text;
    EXPECT_EQ(value->AsInteger(), nullptr) << text;
  }
  EXPECT_EQ(ParseJson("2.5")->AsReal()->value, 2.5);
}

TEST(ParseJson, FindsANegativeZeroAmongOtherNumbersAndStrings) {
  const StatusOr<JsonValue> value =
      ParseJson(R"([0, "-0", -0, {"-0": -0.5e-0, "\"-0": -0}, -01e1])");
  EXPECT_FALSE(value.ok());
  const StatusOr<JsonValue> good =
      ParseJson(R"(["a\\", 0, "-0", -0, {"-0": 5e-0, "\"-0": -0}, 10, -10])");
  ASSERT_TRUE(good.ok()) << good.status();
  const JsonArray& array = *good->AsArray();
  EXPECT_NE(array[1].AsInteger(), nullptr);
  ASSERT_NE(array[3].AsReal(), nullptr);
  EXPECT_TRUE(std::signbit(array[3].AsReal()->value));
  EXPECT_NE(array[4].Find("-0")->AsReal(), nullptr);
  EXPECT_NE(array[4].Find("\"-0")->AsReal(), nullptr);
  EXPECT_EQ(*array[5].AsInteger(), 10);
  EXPECT_EQ(*array[6].AsInteger(), -10);
}

TEST(ParseJson, RefusesADuplicateNameAtAnyDepthAndSaysWhere) {
  struct Case {
    absl::string_view text;
    absl::string_view message;
  };
  const Case cases[] = {
      {R"({"a":1,"a":1})", "a: duplicate name"},
      {R"({"a":1,"b":2,"c":3,"a":null})", "a: duplicate name"},
      {R"({"config":1,"co\u006efig":2})", "config: duplicate name"},
      {R"({"layers":[1,{"annotations":{"foo":1,"foo":2}}]})",
       "layers[1].annotations.foo: duplicate name"},
      {R"([[{"":1,"":2}]])", R"([0][0]."": duplicate name)"},
      {R"({"a\nb":{"x":1,"x":2}})", R"("a\nb".x: duplicate name)"},
  };
  for (const Case& c : cases) {
    const StatusOr<JsonValue> value = ParseJson(c.text);
    EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(value.status().message(), c.message);
  }
}

TEST(ParseJson, TakesNamesThatDifferByCaseOnlyAndNamesInOtherObjects) {
  EXPECT_TRUE(ParseJson(R"({"a":1,"A":2,"\u212a":3,"k":4})").ok());
  EXPECT_TRUE(ParseJson(R"([{"a":{"a":1}},{"a":1}])").ok());
}

TEST(ParseJson, KeepsMembersInTheirOrder) {
  const StatusOr<JsonValue> value = ParseJson(R"({"z":1,"a":2,"m":3})");
  ASSERT_TRUE(value.ok());
  const JsonObject& object = *value->AsObject();
  EXPECT_EQ(object[0].name, "z");
  EXPECT_EQ(object[1].name, "a");
  EXPECT_EQ(object[2].name, "m");
  EXPECT_EQ(value->Find("b"), nullptr);
  EXPECT_EQ(object[0].value.Find("z"), nullptr);
}

TEST(ParseJson, StopsAtEachOfItsLimits) {
  JsonLimits limits;
  limits.max_bytes = 64;
  limits.max_depth = 3;
  limits.max_values = 5;
  limits.max_name_bytes = 4;
  limits.max_string_bytes = 6;
  const std::string spaces(62, ' ');
  struct Case {
    std::string at_limit;
    std::string over_limit;
    absl::string_view message;
  };
  const Case cases[] = {
      {"[]" + spaces, "[] " + spaces, "65 bytes is over the limit of 64"},
      {Nested(3), Nested(4), "nested deeper than 3 levels"},
      {R"([[[1]]])", R"([[[{}]]])", "[0][0][0]: nested deeper"},
      {"[1,2,3,4]", "[1,2,3,4,5]", "[4]: more than 5 values"},
      {R"({"four":1})", R"({"fiver":1})", "fiver: name of more than 4 bytes"},
      {R"(["sixsix"])", R"(["seven77"])", "[0]: string of more than 6 bytes"},
  };
  for (const Case& c : cases) {
    const StatusOr<JsonValue> at = ParseJson(c.at_limit, limits);
    EXPECT_TRUE(at.ok()) << c.at_limit << at.status();
    const StatusOr<JsonValue> over = ParseJson(c.over_limit, limits);
    EXPECT_EQ(over.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(over.status().message()), HasSubstr(c.message));
  }
}

TEST(ParseJson, RefusesVeryDeepInputWithoutUsingTheStack) {
  for (const size_t depth : {33, 1000, 1'000'000}) {
    EXPECT_EQ(ParseJson(Nested(depth)).status().code(),
              absl::StatusCode::kResourceExhausted);
  }
  EXPECT_TRUE(ParseJson(Nested(32)).ok());
  EXPECT_FALSE(ParseJson(std::string(1'000'000, '[')).ok());
}

TEST(ParseJson, ShortensLongNamesInMessages) {
  const std::string name(500, 'n');
  const StatusOr<JsonValue> value =
      ParseJson(absl::StrCat("{\"", name, "\":[1,\"\\u0000\"]}"));
  EXPECT_EQ(value.status().message(),
            absl::StrCat(std::string(64, 'n'), "...[1]: contains U+0000"));
}

TEST(FoldJsonName, FoldsAsGoDoes) {
  EXPECT_EQ(FoldJsonName("mediaType"), "mediatype");
  EXPECT_EQ(FoldJsonName("layer\xc5\xbf"), "layers");
  EXPECT_EQ(FoldJsonName("\xe2\x84\xaa"
                         "EY"),
            "key");
  EXPECT_EQ(FoldJsonName("\xc3\x84"), "\xc3\x84");
  EXPECT_EQ(FoldJsonName(""), "");
}

TEST(QuoteJson, WritesAStringThatReadsBackAsItWas) {
  for (const absl::string_view text :
       {"", "plain", "a\"b\\c/d", "\n\t\r\x01\x1f\x7f", "\xc3\xa9\xe2\x82\xac",
        "\xf0\x9f\x98\x80", "\xee\x80\x80\xf4\x8f\xbf\xbf"}) {
    const StatusOr<JsonValue> value = ParseJson(QuoteJson(text));
    ASSERT_TRUE(value.ok()) << QuoteJson(text);
    EXPECT_EQ(*value->AsString(), text);
  }
}

TEST(QuoteJson, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(QuoteJson("a\xff"
                      "b"),
            "\"a\xef\xbf\xbd"
            "b\"");
  for (const absl::string_view text :
       {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xf0\x9f",
        "\x80", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf"}) {
    EXPECT_TRUE(ParseJson(QuoteJson(text)).ok()) << QuoteJson(text);
  }
  EXPECT_EQ(QuoteJson(absl::string_view("\0", 1)), R"("\u0000")");
}

}  // namespace
}  // namespace plimsoll

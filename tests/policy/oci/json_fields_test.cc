#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/oci/json.h"

namespace plimsoll {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr absl::string_view kKnown[] = {"layers", "config", "keys",
                                        "os.version"};

JsonValue Read(absl::string_view text) {
  const StatusOr<JsonValue> value = ParseJson(text);
  EXPECT_TRUE(value.ok()) << text << value.status();
  return value.ok() ? *value : JsonValue();
}

// Every spelling of `name` that Go's encoding/json takes for it, but one letter
// at a time.
std::vector<std::string> FoldVariants(const std::string& name) {
  std::vector<std::string> variants;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const auto with = [&](absl::string_view letter) {
      std::string variant = name;
      variant.replace(i, 1, std::string(letter));
      variants.push_back(variant);
    };
    if (c >= 'a' && c <= 'z') with(std::string(1, static_cast<char>(c - 32)));
    if (c >= 'A' && c <= 'Z') with(std::string(1, static_cast<char>(c + 32)));
    if (c == 's') with("\xc5\xbf");
    if (c == 'k') with("\xe2\x84\xaa");
  }
  return variants;
}

TEST(JsonFields, RefusesEveryFoldVariantOfAKnownName) {
  size_t tried = 0;
  for (const absl::string_view name : kKnown) {
    for (const std::string& variant : FoldVariants(std::string(name))) {
      const JsonValue value = Read("{\"" + variant + "\":null}");
      const StatusOr<JsonFields> fields = JsonFields::New(value, kKnown);
      EXPECT_EQ(fields.status().code(), absl::StatusCode::kInvalidArgument)
          << variant;
      EXPECT_THAT(std::string(fields.status().message()),
                  HasSubstr(std::string(name)));
      ++tried;
    }
  }
  EXPECT_EQ(tried, 30u);
}

TEST(JsonFields, TakesUnknownNamesInAnyCase) {
  const JsonValue value = Read(R"({"Other":1,"other":2,"layer":3,"layerss":4,
      "\u017fo":5,"layers\u0301":6})");
  EXPECT_TRUE(JsonFields::New(value, kKnown).ok());
}

TEST(JsonFields, RefusesWhatIsNoObject) {
  for (const absl::string_view text : {"null", "[]", "\"\"", "1", "true"}) {
    const StatusOr<JsonFields> fields = JsonFields::New(Read(text), kKnown);
    EXPECT_EQ(fields.status().code(), absl::StatusCode::kInvalidArgument)
        << text;
  }
}

class FieldsTest : public ::testing::Test {
 protected:
  FieldsTest()
      : value_(Read(R"({"s":"x","i":7,"r":2.0,"b":true,"n":null,
          "list":["a","b"],"mixed":["a",null],"map":{"z":"1","a":"2"},
          "badmap":{"z":null},"empty":[]})")),
        fields_(*JsonFields::New(value_, {})) {}

  JsonValue value_;
  JsonFields fields_;
};

TEST_F(FieldsTest, TellsAbsentFromNull) {
  EXPECT_TRUE(fields_.Has("n"));
  EXPECT_FALSE(fields_.Has("absent"));
  EXPECT_EQ(fields_.Get("n"), nullptr);
  EXPECT_EQ(fields_.Get("absent"), nullptr);
  EXPECT_NE(fields_.Get("s"), nullptr);
}

TEST_F(FieldsTest, GivesValuesOfTheKindAskedFor) {
  EXPECT_EQ(*fields_.String("s"), "x");
  EXPECT_EQ(*fields_.RequiredString("s"), "x");
  EXPECT_EQ(*fields_.Integer("i"), 7);
  EXPECT_EQ(*fields_.RequiredInteger("i"), 7);
  EXPECT_EQ(*fields_.Bool("b"), true);
  EXPECT_THAT(*fields_.Strings("list"), ElementsAre("a", "b"));
  EXPECT_THAT(*fields_.StringMap("map"),
              ElementsAre(Pair("z", "1"), Pair("a", "2")));
  ASSERT_NE(*fields_.Array("empty"), nullptr);
  EXPECT_TRUE((*fields_.Array("empty"))->empty());
}

TEST_F(FieldsTest, GivesEmptyValuesForAbsentAndNull) {
  for (const absl::string_view name : {"n", "absent"}) {
    EXPECT_EQ(*fields_.String(name), "");
    EXPECT_EQ(*fields_.Integer(name), 0);
    EXPECT_EQ(*fields_.Bool(name), false);
    EXPECT_TRUE(fields_.Strings(name)->empty());
    EXPECT_TRUE(fields_.StringMap(name)->empty());
    EXPECT_EQ(*fields_.Array(name), nullptr);
  }
}

TEST_F(FieldsTest, RefusesAnotherKindAndNamesTheMember) {
  const Status cases[] = {fields_.String("i").status(),
                          fields_.RequiredString("n").status(),
                          fields_.RequiredString("absent").status(),
                          fields_.RequiredString("i").status(),
                          fields_.Integer("r").status(),
                          fields_.Integer("s").status(),
                          fields_.RequiredInteger("r").status(),
                          fields_.RequiredInteger("n").status(),
                          fields_.Bool("s").status(),
                          fields_.Bool("i").status(),
                          fields_.Strings("s").status(),
                          fields_.Strings("map").status(),
                          fields_.StringMap("list").status(),
                          fields_.StringMap("s").status(),
                          fields_.Array("map").status()};
  for (const Status& status : cases) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  }
  EXPECT_EQ(fields_.String("i").status().message(),
            "i: must be a string, is integer");
  EXPECT_EQ(fields_.Strings("mixed").status().message(),
            "mixed[1]: must be a string, is null");
  EXPECT_EQ(fields_.StringMap("badmap").status().message(),
            "badmap.\"z\": must be a string, is null");
}

}  // namespace
}  // namespace plimsoll

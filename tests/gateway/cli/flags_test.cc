#include "gateway/cli/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

const std::vector<FlagSpec> kSpecs = {
    {"store", "FILE", "the file"},
    {"approve", "", "yes"},
    {"output", "FORMAT", "how", "text|json"},
};

StatusOr<Flags> Parse(const std::vector<std::string>& args) {
  return Flags::Parse(kSpecs, args);
}

TEST(Flags, AreReadInEveryFormThatIsTaken) {
  const auto flags = Parse({"a", "--store", "x", "--approve", "--store=y=z",
                            "-", "-o", "json", "--", "--store", "-o"});
  ASSERT_THAT(flags, IsOk());
  EXPECT_EQ(flags->Get("store"), "y=z");
  EXPECT_THAT(flags->All("store"), ElementsAre("x", "y=z"));
  EXPECT_TRUE(flags->Has("approve"));
  EXPECT_EQ(flags->Get("output"), "json");
  EXPECT_THAT(flags->positional(), ElementsAre("a", "-", "--store", "-o"));
}

TEST(Flags, FallBackWhereTheyAreNotGiven) {
  const auto flags = Parse({});
  ASSERT_THAT(flags, IsOk());
  EXPECT_FALSE(flags->Has("store"));
  EXPECT_EQ(flags->Get("store", "plimsoll.db"), "plimsoll.db");
  EXPECT_EQ(flags->Get("output"), "") << "a default need not be a choice";
  EXPECT_THAT(flags->All("store"), IsEmpty());
}

TEST(Flags, AreRefusedWithWhatIsWrong) {
  struct Case {
    std::vector<std::string> args;
    std::string message;
  };
  const Case cases[] = {
      {{"--stroe", "x"}, "unknown flag `--stroe`"},
      {{"--stroe=x"}, "unknown flag `--stroe`"},
      {{"-store", "x"}, "unknown flag `-store`"},
      {{"-x"}, "unknown flag `-x`"},
      {{"---store", "x"}, "unknown flag `---store`"},
      {{"--o", "json"}, "unknown flag `--o`"},
      {{"--store"}, "--store needs a value: FILE"},
      {{"--approve=yes"}, "--approve takes no value"},
      {{"--output"}, "--output needs a value: FORMAT"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(Parse(c.args), StatusIs(kInvalid, HasSubstr(c.message)));
  }
}

TEST(Flags, TakeOneOfTheirChoicesAndNothingElse) {
  for (const char* value : {"text", "json"}) {
    const auto flags = Parse({"-o", value});
    ASSERT_THAT(flags, IsOk()) << value;
    EXPECT_EQ(flags->Get("output"), value);
  }
  for (const char* value : {"", "jsn", "JSON", "text|json", "tex", "json "}) {
    EXPECT_THAT(Parse({"--output", value}),
                StatusIs(kInvalid, HasSubstr("is none of text, json")))
        << value;
  }
  EXPECT_THAT(Parse({"--output=jsn", "--output=json"}),
              StatusIs(kInvalid, HasSubstr("--output: `jsn`")))
      << "the last one does not excuse the first";
}

TEST(FormatHelp, ShowsEveryFlagWithItsChoices) {
  const Command command{"check", "IMAGE", "Judges.", kSpecs, nullptr};
  EXPECT_EQ(FormatHelp(command),
            "usage: plimsoll check IMAGE\n\nJudges.\n\n"
            "  --store FILE     the file\n"
            "  --approve        yes\n"
            "  --output FORMAT  how (text, json)\n");
}

}  // namespace
}  // namespace plimsoll

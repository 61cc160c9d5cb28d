#include "gateway/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plimsoll {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<Command> Commands() {
  return {{"check", "IMAGE", "Judges.", {}, [](const Flags&) { return 2; }},
          {"catalog add",
           "NAME",
           "Adds.",
           {},
           [](const Flags& flags) {
             return static_cast<int>(flags.positional().size());
           }},
          {"catalog list", "", "Lists.", {}, [](const Flags&) { return 0; }}};
}

struct Told {
  int code;
  std::string out;
  std::string err;
};

Told Tell(const std::vector<std::string>& args) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = RunCommandLine(Commands(), args);
  return {code, testing::internal::GetCapturedStdout(),
          testing::internal::GetCapturedStderr()};
}

TEST(CommandLine, RunsTheCommandThatItNames) {
  EXPECT_EQ(Tell({"check"}).code, 2);
  EXPECT_EQ(Tell({"catalog", "list"}).code, 0);
  EXPECT_EQ(Tell({"catalog", "add", "a", "b", "c"}).code, 3);
  EXPECT_EQ(Tell({"catalog", "add", "--", "--help"}).code, 1)
      << "behind -- it is a name";
}

TEST(CommandLine, TellsAWrongFlagWithTheUsage) {
  const Told told = Tell({"check", "--nope"});
  EXPECT_EQ(told.code, 1);
  EXPECT_EQ(told.err,
            "plimsoll check: unknown flag `--nope`\nusage: plimsoll check "
            "IMAGE\n");
}

TEST(CommandLine, ExplainsACommandAGroupAndItself) {
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"check", "--help"}, {"check", "x", "-h"}, {"help", "check"}}) {
    const Told told = Tell(args);
    EXPECT_EQ(told.code, 0);
    EXPECT_THAT(told.out, HasSubstr("usage: plimsoll check IMAGE"));
  }
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"catalog", "--help"}, {"catalog", "-h"}, {"help", "catalog"}}) {
    const Told told = Tell(args);
    EXPECT_EQ(told.code, 0);
    EXPECT_THAT(told.out, HasSubstr("plimsoll catalog add"));
    EXPECT_THAT(told.out, Not(HasSubstr("plimsoll check")));
  }
  for (const char* asks : {"--help", "-h", "help"}) {
    const Told told = Tell({asks});
    EXPECT_EQ(told.code, 0);
    EXPECT_THAT(told.out, HasSubstr("plimsoll check"));
    EXPECT_THAT(told.out, HasSubstr("plimsoll catalog list"));
  }
}

TEST(CommandLine, IsWrongWhereItNamesNoCommand) {
  for (const auto& args :
       std::vector<std::vector<std::string>>{{}, {"catalog"}}) {
    const Told told = Tell(args);
    EXPECT_EQ(told.code, 1);
    EXPECT_EQ(told.out, "");
    EXPECT_THAT(told.err, HasSubstr("plimsoll catalog add"));
  }
}

// `plimsoll doctr --help` once answered 0, as if there were such a command.
TEST(CommandLine, TellsAnUnknownCommandAlsoWhereHelpIsAskedFor) {
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"doctr"}, {"doctr", "--help"}, {"doctr", "x"}, {"help", "doctr"}}) {
    const Told told = Tell(args);
    EXPECT_EQ(told.code, 1);
    EXPECT_EQ(told.out, "");
    EXPECT_THAT(told.err, HasSubstr("unknown command `doctr`"));
  }
  for (const auto& args : std::vector<std::vector<std::string>>{
           {"catalog", "ad"}, {"catalog", "ad", "--help"}}) {
    const Told told = Tell(args);
    EXPECT_EQ(told.code, 1);
    EXPECT_THAT(told.err, HasSubstr("unknown command `catalog ad`"));
    EXPECT_THAT(told.err, HasSubstr("plimsoll catalog add"));
  }
  EXPECT_THAT(Tell({"cat"}).err, HasSubstr("unknown command `cat`"));
}

}  // namespace
}  // namespace plimsoll

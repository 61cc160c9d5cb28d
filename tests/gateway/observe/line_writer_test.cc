#include "gateway/observe/line_writer.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <future>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/gateway/observe/pipe.h"
#include "tests/support/scratch_dir.h"

namespace plimsoll {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

std::string DropLine(int64_t count) {
  return absl::StrCat(R"({"event":"log lines dropped","count":)", count, "}\n");
}

// Gives up soon: for a reader that never comes back.
LineOptions Impatient() {
  LineOptions options;
  options.flush = absl::Milliseconds(1);
  return options;
}

TEST(LineWriter, WritesLinesInOrderBeforeItEnds) {
  Pipe pipe;
  {
    LineWriter lines(pipe.writer());
    lines.Write("one");
    lines.Write("");
    lines.Write("two");
  }
  pipe.CloseWriter();
  EXPECT_EQ(pipe.ReadUntil("no end"), "one\n\ntwo\n");
}

TEST(LineWriter, KeepsLinesOfSeveralThreadsWhole) {
  Pipe pipe;
  const std::string a(9000, 'a');
  const std::string b(9000, 'b');
  std::string read;
  std::thread reader([&] { read = pipe.ReadUntil("no end"); });
  {
    LineWriter lines(pipe.writer());
    const auto write = [&lines](const std::string& line) {
      for (int i = 0; i < 50; ++i) lines.Write(line);
    };
    std::thread other([&] { write(b); });
    write(a);
    other.join();
  }
  pipe.CloseWriter();
  reader.join();
  std::vector<std::string> lines = absl::StrSplit(read, '\n');
  ASSERT_EQ(lines.size(), 101u);
  lines.pop_back();
  for (const std::string& line : lines) EXPECT_TRUE(line == a || line == b);
}

TEST(LineWriter, DropsWhatDoesNotFitAndTellsHowManyOnceItFlows) {
  Pipe pipe;
  pipe.Fill();
  std::atomic<int> told{0};
  LineOptions options;
  options.max_lines = 3;
  options.on_drop = [&told](absl::string_view) { ++told; };
  LineWriter lines(pipe.writer(), options);
  for (int i = 0; i < 100; ++i) lines.Write(absl::StrCat("line ", i));
  // The first may be with the thread already, beside the three that wait.
  const int64_t dropped = lines.dropped();
  EXPECT_GE(dropped, 96);
  EXPECT_LE(dropped, 97);
  EXPECT_EQ(told, dropped);
  const std::string read = pipe.ReadUntil("dropped\"");
  EXPECT_THAT(read, HasSubstr("x\nline 0\nline 1\nline 2\n"));
  EXPECT_THAT(pipe.ReadUntil("}\n"), EndsWith(DropLine(dropped)));
  lines.Write("after");
  EXPECT_THAT(pipe.ReadUntil("after\n"),
              EndsWith(absl::StrCat(DropLine(dropped), "after\n")));
}

TEST(LineWriter, TellsOfWhichLogADroppedLineWas) {
  Pipe pipe;
  pipe.Fill();
  std::vector<std::string> told;
  LineOptions options = Impatient();
  options.on_drop = [&told](absl::string_view log) { told.emplace_back(log); };
  LineWriter lines(pipe.writer(), options);
  lines.Write("one", "a");
  lines.Write("two", "b");
  lines.Write("three", "a");
  lines.Close();
  lines.Write("too late", "c");
  EXPECT_THAT(told, testing::ElementsAre("a", "b", "a", "c"));
}

TEST(LineWriter, BoundsTheBytesThatWait) {
  Pipe pipe;
  pipe.Fill();
  LineOptions options = Impatient();
  options.max_bytes = 100;
  LineWriter lines(pipe.writer(), options);
  lines.Write(std::string(100, 'a'));
  EXPECT_EQ(lines.dropped(), 1);
  lines.Write(std::string(99, 'a'));
  EXPECT_EQ(lines.dropped(), 1);
}

TEST(LineWriter, EndsWhereNobodyReads) {
  Pipe pipe;
  pipe.Fill();
  LineWriter lines(pipe.writer(), Impatient());
  for (int i = 0; i < 100; ++i) lines.Write("unread");
  lines.Close();
  lines.Write("too late");
  EXPECT_EQ(lines.dropped(), 101);
}

TEST(LineWriter, TellsOnceWhatCannotBeWrittenAndCountsEveryLine) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  std::vector<int> failures;
  LineOptions options;
  options.owned = true;
  options.on_failure = [&failures](int error) { failures.push_back(error); };
  LineWriter lines(full, options);
  for (int i = 0; i < 10; ++i) lines.Write("lost");
  lines.Close();
  EXPECT_THAT(failures, testing::ElementsAre(ENOSPC));
  EXPECT_EQ(lines.dropped(), 10);
}

TEST(LineWriter, SurvivesAReaderThatGoesAway) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.CloseReader();
  std::vector<int> failures;
  LineOptions options;
  options.on_failure = [&failures](int error) { failures.push_back(error); };
  LineWriter lines(pipe.writer(), options);
  lines.Write("lost");
  lines.Close();
  EXPECT_THAT(failures, testing::ElementsAre(EPIPE));
}

// A file that may not grow past a limit takes the first half of a line.
TEST(LineWriter, StartsALineAfterOneThatWasTorn) {
  std::signal(SIGXFSZ, SIG_IGN);
  ScratchDir scratch;
  const std::string path = scratch.Write("log", "");
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  ASSERT_GE(file, 0);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  rlimit small = limit;
  small.rlim_cur = 6;
  ::setrlimit(RLIMIT_FSIZE, &small);
  std::promise<int> failed;
  LineOptions options;
  options.owned = true;
  options.on_failure = [&failed](int error) { failed.set_value(error); };
  LineWriter lines(file, options);
  lines.Write("torn apart");
  const int error = failed.get_future().get();
  ::setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_EQ(error, EFBIG);
  lines.Write("whole");
  lines.Close();
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  EXPECT_EQ(content.str(), absl::StrCat("torn a\nwhole\n", DropLine(1)));
}

}  // namespace
}  // namespace plimsoll

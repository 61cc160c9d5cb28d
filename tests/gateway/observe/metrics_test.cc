#include "gateway/observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "policy/evaluate.h"

namespace plimsoll::metrics {
namespace {

using testing::HasSubstr;

constexpr absl::string_view kColours[] = {"red", "g\"re\\e\nn"};
constexpr absl::string_view kSizes[] = {"small", "large"};

TEST(Counter, CountsEachSeriesByItself) {
  Counter counter("c_total", "Help.", {{"colour", kColours}, {"size", kSizes}});
  counter.Add({"red", "large"});
  counter.Add({"red", "large"}, 2);
  counter.Add({"g\"re\\e\nn", "small"});
  EXPECT_EQ(counter.Get({"red", "large"}), 3);
  EXPECT_EQ(counter.Get({"red", "small"}), 0);
  std::string text;
  counter.Render(text);
  EXPECT_EQ(text,
            "# HELP c_total Help.\n"
            "# TYPE c_total counter\n"
            "c_total{colour=\"red\",size=\"small\"} 0\n"
            "c_total{colour=\"red\",size=\"large\"} 3\n"
            "c_total{colour=\"g\\\"re\\\\e\\nn\",size=\"small\"} 1\n"
            "c_total{colour=\"g\\\"re\\\\e\\nn\",size=\"large\"} 0\n");
}

TEST(Counter, CountsNothingUnderValuesThatAreNotOfTheirSets) {
  Counter counter("c_total", "Help.", {{"colour", kColours}});
  counter.Add({"blue"});
  counter.Add({});
  counter.Add({"red", "red"});
  for (const absl::string_view colour : kColours) {
    EXPECT_EQ(counter.Get({colour}), 0);
  }
  EXPECT_EQ(counter.Get({"blue"}), 0);
}

TEST(Counter, LosesNothingBetweenThreads) {
  Counter counter("c_total", "Help.");
  const auto count = [&counter] {
    for (int i = 0; i < 10'000; ++i) counter.Add({});
  };
  std::thread other(count);
  count();
  other.join();
  EXPECT_EQ(counter.Get({}), 20'000);
}

TEST(Gauge, GoesUpAndDownAndKeepsItsDigits) {
  Gauge gauge("g", "A \\ and\na line.");
  gauge.Add(5);
  gauge.Add(-2);
  EXPECT_EQ(gauge.Get(), 3);
  gauge.Set(1795615999.25);
  std::string text;
  gauge.Render(text);
  EXPECT_EQ(text,
            "# HELP g A \\\\ and\\na line.\n"
            "# TYPE g gauge\n"
            "g 1795615999.25\n");
}

TEST(Histogram, CountsCumulativelyWithEachBoundInItsBucket) {
  static constexpr double kBounds[] = {0.5, 2};
  Histogram histogram("h_seconds", "Help.", kBounds, {{"size", kSizes}});
  for (const double value : {0.25, 0.5, 0.75, 2.0, 4.5}) {
    histogram.Observe(value, {"small"});
  }
  EXPECT_EQ(histogram.Count({"small"}), 5);
  std::string text;
  histogram.Render(text);
  EXPECT_EQ(text,
            "# HELP h_seconds Help.\n"
            "# TYPE h_seconds histogram\n"
            "h_seconds_bucket{size=\"small\",le=\"0.5\"} 2\n"
            "h_seconds_bucket{size=\"small\",le=\"2\"} 4\n"
            "h_seconds_bucket{size=\"small\",le=\"+Inf\"} 5\n"
            "h_seconds_sum{size=\"small\"} 8\n"
            "h_seconds_count{size=\"small\"} 5\n"
            "h_seconds_bucket{size=\"large\",le=\"0.5\"} 0\n"
            "h_seconds_bucket{size=\"large\",le=\"2\"} 0\n"
            "h_seconds_bucket{size=\"large\",le=\"+Inf\"} 0\n"
            "h_seconds_sum{size=\"large\"} 0\n"
            "h_seconds_count{size=\"large\"} 0\n");
}

TEST(Counted, IsInOneSeriesAtATime) {
  Gauge gauge("g", "Help.", {{"size", kSizes}});
  {
    Counted one(gauge, "small");
    const Counted other(gauge, "small");
    EXPECT_EQ(gauge.Get({"small"}), 2);
    one.MoveTo("large");
    EXPECT_EQ(gauge.Get({"small"}), 1);
    EXPECT_EQ(gauge.Get({"large"}), 1);
  }
  EXPECT_EQ(gauge.Get({"small"}), 0);
  EXPECT_EQ(gauge.Get({"large"}), 0);
}

TEST(Timed, IsUnderWayForAsLongAsItLives) {
  static constexpr double kBounds[] = {1};
  Gauge running("g", "Help.");
  Histogram seconds("h_seconds", "Help.", kBounds);
  {
    const Timed one(running, seconds);
    const Timed two(running, seconds);
    EXPECT_EQ(running.Get(), 2);
    EXPECT_EQ(seconds.Count(), 0);
  }
  EXPECT_EQ(running.Get(), 0);
  EXPECT_EQ(seconds.Count(), 2);
}

// Names of the families that `text` declares with a TYPE.
std::set<std::string> FamiliesOf(const std::string& text) {
  std::set<std::string> names;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() == 4 && words[1] == "TYPE") names.insert(words[2]);
  }
  return names;
}

TEST(Metrics, AreTheOnesThatTheirPageLists) {
  std::ifstream file(PLIMSOLL_SOURCE_DIR "/docs/metrics.md");
  ASSERT_TRUE(file);
  std::set<std::string> listed;
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> cells = absl::StrSplit(line, '`');
    if (absl::StartsWith(line, "| `")) listed.insert(cells[1]);
  }
  EXPECT_EQ(listed, FamiliesOf(Render()));
}

TEST(Metrics, HaveOurPrefixAndTheEndingOfTheirKind) {
  const std::regex name("plimsoll_[a-z]+(_[a-z]+)*");
  for (const absl::string_view line : absl::StrSplit(Render(), '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words.size() != 4 || words[1] != "TYPE") continue;
    EXPECT_TRUE(std::regex_match(words[2], name)) << line;
    EXPECT_EQ(words[3] == "counter", absl::EndsWith(words[2], "_total"))
        << line;
  }
}

TEST(Metrics, CountDecisionsOfEveryDoorAndOutcome) {
  for (const Door door :
       {Door::kPush, Door::kGrpc, Door::kWebhook, Door::kCheck, Door::kWatch}) {
    for (const Outcome outcome :
         {Outcome::kAdmit, Outcome::kWarn, Outcome::kDeny, Outcome::kStaged}) {
      const Values values{DoorName(door), OutcomeName(outcome), "false"};
      const int64_t before = decisions.Get(values);
      decisions.Add(values);
      EXPECT_EQ(decisions.Get(values), before + 1) << DoorName(door);
    }
  }
}

TEST(Metrics, TellReadsFromWrites) {
  for (const absl::string_view read : {"GET", "HEAD"}) {
    EXPECT_EQ(ReadOrWrite(read), "read") << read;
  }
  for (const absl::string_view write : {"PUT", "POST", "PATCH", "DELETE"}) {
    EXPECT_EQ(ReadOrWrite(write), "write") << write;
  }
  for (const absl::string_view other : {"", "get", "OPTIONS", "PUTS"}) {
    EXPECT_EQ(ReadOrWrite(other), "other") << other;
  }
}

TEST(Metrics, ClassifyAnswersByTheirFirstDigit) {
  const struct {
    int status;
    absl::string_view code;
  } cases[] = {{200, "2xx"},  {299, "2xx"},  {301, "3xx"},  {404, "4xx"},
               {503, "5xx"},  {599, "5xx"},  {0, "none"},   {100, "none"},
               {199, "none"}, {600, "none"}, {999, "none"}, {-1, "none"}};
  for (const auto& c : cases) EXPECT_EQ(CodeClass(c.status), c.code);
}

TEST(Metrics, SayWhenTheProcessStartedAndWhatItIs) {
  Start();
  EXPECT_GT(start_time.Get(), 1.7e9);
  EXPECT_THAT(Render(),
              HasSubstr("\nplimsoll_build_info{version=\"0.1.0\"} 1\n"));
}

}  // namespace
}  // namespace plimsoll::metrics

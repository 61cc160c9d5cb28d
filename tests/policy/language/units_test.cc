#include "policy/language/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

constexpr char kDurationShape[] =
    "write a duration as 30d, 24h or 1d12h, with the units d, h, m and s in "
    "this order";
constexpr char kDurationBounds[] =
    "a duration is more than 0s and at most 3650d";
constexpr char kSizeShape[] =
    "write a size as 250Mi, 10G or 1000, with one of the units Ki, Mi, Gi, Ti, "
    "k, M, G, T or none";
constexpr char kSizeBounds[] = "a size is more than 0 and at most 16Ti";

TEST(ParseDuration, ReadsWholeNumbersOfUnits) {
  const std::pair<const char*, absl::Duration> cases[] = {
      {"1s", absl::Seconds(1)},
      {"10s", absl::Seconds(10)},
      {"15m", absl::Minutes(15)},
      {"24h", absl::Hours(24)},
      {"30d", absl::Hours(720)},
      {"1d12h", absl::Hours(36)},
      {"1d2h3m4s", absl::Seconds(86400 + 7200 + 180 + 4)},
      {"1d4s", absl::Seconds(86404)},
      {"90m", absl::Minutes(90)},
      {"0d1s", absl::Seconds(1)},
      {"007d", absl::Hours(7 * 24)},
      {"3650d", kMaxDuration},
      {"315360000s", kMaxDuration},
      {"3649d24h", kMaxDuration},
  };
  for (const auto& [text, duration] : cases) {
    const StatusOr<absl::Duration> parsed = ParseDuration(text);
    ASSERT_THAT(parsed, IsOk()) << text;
    EXPECT_EQ(*parsed, duration) << text;
  }
}

TEST(ParseDuration, RefusesOtherShapes) {
  for (const char* text : {"",
                           "d",
                           "30",
                           "30 d",
                           " 30d",
                           "30d ",
                           "-1d",
                           "+1d",
                           "1.5d",
                           "1,5d",
                           "1e3s",
                           "0x1d",
                           "1D",
                           "1H",
                           "1w",
                           "1y",
                           "1ms",
                           "1M",
                           "1d1d",
                           "12h1d",
                           "1s1m",
                           "1h1d1h",
                           "1d12",
                           "d1",
                           "1dd",
                           "1d-1h",
                           "1d 12h",
                           "P1D",
                           "inf",
                           "\xd9\xa1"
                           "d"}) {
    EXPECT_THAT(ParseDuration(text),
                StatusIs(StatusCode::kInvalidArgument, kDurationShape))
        << text;
  }
}

TEST(ParseDuration, RefusesNothingAndTooMuch) {
  for (const char* text :
       {"0s", "0d", "0d0h0m0s", "3650d1s", "3651d", "315360001s",
        "9223372036854775807d", "9223372036854775808d",
        "99999999999999999999999999999999999999d",
        "9223372036854775807d9223372036854775807h"}) {
    EXPECT_THAT(ParseDuration(text),
                StatusIs(StatusCode::kInvalidArgument, kDurationBounds))
        << text;
  }
}

TEST(ParseSize, ReadsUnitsOfBothKinds) {
  const std::pair<const char*, int64_t> cases[] = {
      {"1", 1},
      {"1000", 1000},
      {"1k", 1000},
      {"1Ki", 1024},
      {"250M", 250'000'000},
      {"250Mi", 250 << 20},
      {"2G", 2'000'000'000},
      {"2Gi", int64_t{2} << 30},
      {"1T", 1'000'000'000'000},
      {"1Ti", int64_t{1} << 40},
      {"16Ti", kMaxSize},
      {"17592186044416", kMaxSize},
      {"17T", 17'000'000'000'000},
  };
  for (const auto& [text, bytes] : cases) {
    const StatusOr<int64_t> parsed = ParseSize(text);
    ASSERT_THAT(parsed, IsOk()) << text;
    EXPECT_EQ(*parsed, bytes) << text;
  }
}

TEST(ParseSize, RefusesOtherShapes) {
  for (const char* text :
       {"",      "Mi",    "-1",    "+1",   "1.5Gi", "1,5Gi", "1e6", "0x10",
        "1 Mi",  " 1Mi",  "1Mi ",  "1mi",  "1MI",   "1m",    "1K",  "1ki",
        "1MB",   "1MiB",  "1B",    "1b",   "250mb", "1P",    "1Ei", "1Mi1Ki",
        "1_000", "1Mi\n", "Mi250", "1GiB", "inf"}) {
    EXPECT_THAT(ParseSize(text),
                StatusIs(StatusCode::kInvalidArgument, kSizeShape))
        << text;
  }
}

TEST(ParseSize, RefusesNothingAndTooMuch) {
  for (const char* text : {"0", "0Mi", "000", "17592186044417", "17Ti", "18T",
                           "9223372036854775807", "9223372036854775808Ti",
                           "99999999999999999999999999999999999999"}) {
    EXPECT_THAT(ParseSize(text),
                StatusIs(StatusCode::kInvalidArgument, kSizeBounds))
        << text;
  }
}

TEST(FormatAge, ShowsTheTwoLargestUnits) {
  const std::pair<absl::Duration, const char*> cases[] = {
      {absl::ZeroDuration(), "0s"},
      {absl::Milliseconds(999), "0s"},
      {absl::Seconds(1), "1s"},
      {absl::Seconds(59), "59s"},
      {absl::Seconds(60), "1m"},
      {absl::Seconds(61), "1m 1s"},
      {absl::Hours(24) - absl::Seconds(1), "23h 59m"},
      {absl::Hours(24), "1d"},
      {absl::Hours(51), "2d 3h"},
      {absl::Hours(48) + absl::Minutes(3), "2d"},
      {absl::Hours(1) + absl::Seconds(3), "1h"},
      {kMaxDuration, "3650d"},
  };
  for (const auto& [duration, text] : cases) {
    EXPECT_EQ(FormatAge(duration), text) << duration;
  }
}

TEST(FormatSize, ShowsOneUnitWithATenth) {
  const std::pair<int64_t, const char*> cases[] = {
      {0, "0 B"},
      {812, "812 B"},
      {1023, "1023 B"},
      {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},
      {(1 << 20) - 1, "1023.9 KiB"},
      {1 << 20, "1.0 MiB"},
      {263507968, "251.3 MiB"},
      {int64_t{1} << 30, "1.0 GiB"},
      {kMaxSize, "16.0 TiB"},
      {std::numeric_limits<int64_t>::max(), "8388607.9 TiB"},
  };
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(FormatSize(bytes), text);
  }
}

// What a message shows can be written back into the policy.
TEST(FormatAge, ReadsBackWhereItHasOneUnit) {
  for (const char* text : {"1s", "59s", "15m", "23h", "30d", "3650d"}) {
    EXPECT_EQ(FormatAge(*ParseDuration(text)), text);
  }
}

}  // namespace
}  // namespace plimsoll

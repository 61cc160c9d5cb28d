#include "policy/oci/rfc3339.h"

#include <gtest/gtest.h>

namespace plimsoll {
namespace {

TEST(ParseRfc3339, ReadsTimesAsConfigsWriteThem) {
  const absl::Time noon = absl::FromUnixSeconds(1714564800);
  struct Case {
    absl::string_view text;
    absl::Time time;
  };
  const Case cases[] = {
      {"2024-05-01T12:00:00Z", noon},
      {"2024-05-01T12:00:00.5Z", noon + absl::Milliseconds(500)},
      {"2024-05-01T12:00:00.123456789Z", noon + absl::Nanoseconds(123456789)},
      {"2024-05-01T14:00:00+02:00", noon},
      {"2024-05-01T06:30:00-05:30", noon},
      {"1970-01-01T00:00:00Z", absl::UnixEpoch()},
      {"1970-01-01T00:00:00-00:00", absl::UnixEpoch()},
      {"0001-01-01T00:00:00Z", GoZeroTime()},
      {"2024-02-29T23:59:59Z", absl::FromUnixSeconds(1709251199)},
  };
  for (const Case& c : cases) {
    const StatusOr<absl::Time> time = ParseRfc3339(c.text);
    ASSERT_TRUE(time.ok()) << c.text;
    EXPECT_EQ(*time, c.time) << c.text;
  }
}

TEST(ParseRfc3339, RefusesEverythingElse) {
  for (const absl::string_view text : {"",
                                       "now",
                                       "infinite-future",
                                       "infinite-past",
                                       "1714564800",
                                       "2024-05-01",
                                       "2024-05-01T12:00Z",
                                       "2024-05-01T12:00:00",
                                       "2024-05-01 12:00:00Z",
                                       "2024-05-01t12:00:00Z",
                                       "2024-05-01T12:00:00z",
                                       " 2024-05-01T12:00:00Z",
                                       "2024-05-01T12:00:00Z ",
                                       "2024-5-01T12:00:00Z",
                                       "2024-05-01T1:00:00Z",
                                       "12024-05-01T12:00:00Z",
                                       "-2024-05-01T12:00:00Z",
                                       "2024-13-01T12:00:00Z",
                                       "2024-00-01T12:00:00Z",
                                       "2024-05-32T12:00:00Z",
                                       "2024-02-30T12:00:00Z",
                                       "2023-02-29T12:00:00Z",
                                       "2024-05-01T24:00:00Z",
                                       "2024-05-01T12:60:00Z",
                                       "2024-05-01T23:59:60Z",
                                       "2024-05-01T12:00:00.Z",
                                       "2024-05-01T12:00:00,5Z",
                                       "2024-05-01T12:00:00.1234567890Z",
                                       "2024-05-01T12:00:00+0200",
                                       "2024-05-01T12:00:00+02",
                                       "2024-05-01T12:00:00+24:00",
                                       "2024-05-01T12:00:00+02:60",
                                       "2024-05-01T12:00:00UTC"}) {
    EXPECT_FALSE(ParseRfc3339(text).ok()) << text;
  }
}

}  // namespace
}  // namespace plimsoll

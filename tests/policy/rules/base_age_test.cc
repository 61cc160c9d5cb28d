#include "policy/rules/base_age.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/policy/rules/rule_input.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// An app on debian, whose record was first seen on 1 January.
class BaseAgeTest : public testing::Test {
 protected:
  CheckOutput Age(absl::string_view with, absl::Time now = Now()) const {
    return Judge("base.age", with, EvidenceOf(app_, catalog_), now);
  }
  BaseRecord& debian() { return catalog_[0]; }
  // Another record with the same bytes.
  BaseRecord& AddMirror() {
    catalog_.push_back(RecordOf(base_, {"mirror.example.com/debian:12"}));
    catalog_.back().manifest = Digest::Sha256("mirror");
    return catalog_.back();
  }

  TestImage base_ = ImageBuilder().Layer("debian").Build();
  TestImage app_ = ImageBuilder(base_).Layer("app").Build();
  std::vector<BaseRecord> catalog_ = {
      RecordOf(base_, {"docker.io/library/debian:12"})};
};

TEST_F(BaseAgeTest, FailsFromTheInstantThatTheBaseIsOldOn) {
  debian().created = Day(2, 1);
  const absl::Time old_at = Day(2, 1) + absl::Hours(24 * 7);
  const CheckOutput fresh = Age("{max: 7d}", old_at - absl::Seconds(1));
  EXPECT_EQ(fresh.result, CheckResult::kPass);
  EXPECT_EQ(fresh.message,
            "base `docker.io/library/debian:12` was made 6d 23h ago");
  EXPECT_EQ(fresh.changes_at, old_at);
  for (const absl::Time now : {old_at, old_at + absl::Seconds(1)}) {
    const CheckOutput old = Age("{max: 7d}", now);
    EXPECT_EQ(old.result, CheckResult::kFail);
    EXPECT_EQ(old.message,
              "base `docker.io/library/debian:12` was made 7d ago, expected "
              "less than 7d");
    EXPECT_EQ(old.hint, "rebuild FROM a newer base");
    EXPECT_FALSE(old.definite);
    EXPECT_EQ(old.changes_at, std::nullopt);
  }
}

TEST_F(BaseAgeTest, CountsFromFirstSeenWhereTheDateIsAnEpoch) {
  for (const absl::Time epoch :
       {absl::UnixEpoch(), absl::FromUnixSeconds(1), absl::FromUnixSeconds(-1),
        absl::FromCivil(absl::CivilSecond(1980, 1, 1), absl::UTCTimeZone()),
        absl::FromCivil(absl::CivilSecond(1980, 12, 31, 23, 59, 59),
                        absl::UTCTimeZone())}) {
    debian().created = epoch;
    EXPECT_EQ(Age("{max: 30d}").message,
              "base `docker.io/library/debian:12` was first seen 59d 12h ago, "
              "expected less than 30d");
  }
  debian().created =
      absl::FromCivil(absl::CivilSecond(1981, 1, 1), absl::UTCTimeZone());
  EXPECT_EQ(Age("{max: 3650d}").result, CheckResult::kFail);
  debian().created.reset();
  EXPECT_EQ(Age("{max: 60d}").result, CheckResult::kPass);
}

TEST_F(BaseAgeTest, CountsFromTheFirstOfAllNames) {
  debian().names.push_back(
      {"docker.io/library/debian:latest", Day(2, 20), Day(2, 28)});
  EXPECT_EQ(Age("{max: 30d}").result, CheckResult::kFail);
  debian().names.erase(debian().names.begin());
  EXPECT_EQ(Age("{max: 30d}").result, CheckResult::kPass);
}

TEST_F(BaseAgeTest, IsAnErrorWithoutAnyDate) {
  debian().names.clear();
  const CheckOutput output = Age("{max: 30d}");
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            absl::StrCat("base ", debian().manifest.Short(), " has no date"));
  EXPECT_EQ(output.hint, "add it to the catalog again: plimsoll catalog add");
}

TEST_F(BaseAgeTest, BearsAClockThatIsOneMinuteAheadAndNoMore) {
  debian().created = Now() + absl::Seconds(60);
  EXPECT_EQ(Age("{max: 1d}").message,
            "base `docker.io/library/debian:12` was made 0s ago");
  debian().created = Now() + absl::Seconds(61);
  const CheckOutput output = Age("{max: 1d}");
  EXPECT_EQ(output.result, CheckResult::kError);
  EXPECT_EQ(output.message,
            "base `docker.io/library/debian:12` is dated in the future");
  EXPECT_EQ(output.hint,
            "check the clocks of the gateway and of the base's builder");
  ASSERT_EQ(output.changes_at, Now() + absl::Seconds(1));
  EXPECT_EQ(Age("{max: 1d}", *output.changes_at).result, CheckResult::kPass);
}

TEST_F(BaseAgeTest, IsNoYoungerForADateInTheFuture) {
  debian().created = Now() + absl::Hours(24 * 365);
  EXPECT_EQ(Age("{max: 3650d}").result, CheckResult::kError);
}

TEST_F(BaseAgeTest, TakesTheOldestOfTheRecordsWithTheseBytes) {
  debian().created = Day(2, 20);
  AddMirror().created = Day(1, 10);
  EXPECT_EQ(Age("{max: 30d}").result, CheckResult::kFail);
}

// Whoever may push to a base repository adds records, unapproved.
TEST_F(BaseAgeTest, LetsNoUnapprovedRecordAgeAnApprovedBase) {
  debian().created = Day(2, 20);
  debian().approval = Approval::kApproved;
  BaseRecord& mirror = AddMirror();
  mirror.created = Day(1, 10);
  EXPECT_EQ(Age("{max: 30d}").result, CheckResult::kPass);
  mirror.approval = Approval::kApproved;
  EXPECT_EQ(Age("{max: 30d}").result, CheckResult::kFail);
  mirror.proven = false;
  EXPECT_EQ(Age("{max: 30d}").result, CheckResult::kPass);
}

TEST_F(BaseAgeTest, LetsNoUnapprovedRecordMakeAnApprovedBaseYoung) {
  debian().created = Day(1, 10);
  debian().approval = Approval::kApproved;
  AddMirror().created = Day(2, 28);
  EXPECT_EQ(Age("{max: 30d}").result, CheckResult::kFail);
}

TEST(BaseAge, ReadsItsParametersStrictly) {
  for (const char* with :
       {"{max: 30d}", "{max: 1s}", "{max: 3650d}", "{max: 1d12h}"}) {
    EXPECT_THAT(IssuesOf("base.age", with), IsEmpty()) << with;
  }
  const struct {
    const char* with;
    const char* issue;
  } rejected[] = {
      {"{}", "`max` is missing"},
      {"{max: }", "`max` has no value"},
      {"{max: 0d}",
       "`max`: `0d`: a duration is more than 0s and at most 3650d"},
      {"{max: 3651d}",
       "`max`: `3651d`: a duration is more than 0s and at most 3650d"},
      {"{max: 30}",
       "`max`: `30`: write a duration as 30d, 24h or 1d12h, with the units d, "
       "h, m and s in this order"},
      {"{max: -1d}",
       "`max`: `-1d`: write a duration as 30d, 24h or 1d12h, with the units "
       "d, h, m and s in this order"},
      {"{max: {days: 3}}", "`max` is a single value, not a mapping"},
      {"{max: 30d, min: 1d}", "unknown key `min`; did you mean `max`?"},
  };
  for (const auto& c : rejected) {
    EXPECT_THAT(IssuesOf("base.age", c.with), ElementsAre(c.issue)) << c.with;
  }
}

}  // namespace
}  // namespace plimsoll

#include "gateway/layers/known_failures.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

TEST(KnownFailures, KeepsWhatIsDefiniteForItsTime) {
  KnownFailures failures(absl::Minutes(10));
  const Digest layer = Digest::Sha256("layer");
  const Status bad = absl::InvalidArgumentError("bad");
  failures.Add(layer, bad, kNow);
  EXPECT_EQ(failures.Find(layer, kNow + absl::Minutes(9)), bad);
  EXPECT_THAT(failures.Find(layer, kNow + absl::Minutes(10)), IsOk());
  EXPECT_THAT(failures.Find(Digest::Sha256("other"), kNow), IsOk());
}

TEST(KnownFailures, ForgetsWhatMayBeOtherwiseNextTime) {
  KnownFailures failures(absl::Minutes(10));
  const Digest layer = Digest::Sha256("layer");
  for (const Status& status :
       {absl::OkStatus(), absl::UnavailableError(""), absl::DataLossError(""),
        absl::NotFoundError(""), absl::DeadlineExceededError("")}) {
    failures.Add(layer, status, kNow);
    EXPECT_THAT(failures.Find(layer, kNow), IsOk());
  }
}

TEST(KnownFailures, DropsTheOldestOverItsBound) {
  KnownFailures failures(absl::Minutes(10));
  const Status bomb = absl::ResourceExhaustedError("bomb");
  for (size_t i = 0; i <= kMaxKnownFailures; ++i) {
    failures.Add(Digest::Sha256(absl::StrCat(i)), bomb, kNow);
  }
  EXPECT_THAT(failures.Find(Digest::Sha256("0"), kNow), IsOk());
  EXPECT_EQ(failures.Find(Digest::Sha256("1"), kNow), bomb);
  EXPECT_EQ(
      failures.Find(Digest::Sha256(absl::StrCat(kMaxKnownFailures)), kNow),
      bomb);
}

TEST(KnownFailures, KeepsAgainWhatHadExpired) {
  KnownFailures failures(absl::Minutes(10));
  const Digest layer = Digest::Sha256("layer");
  const Status bad = absl::InvalidArgumentError("bad");
  failures.Add(layer, bad, kNow);
  failures.Add(layer, bad, kNow + absl::Minutes(11));
  EXPECT_EQ(failures.Find(layer, kNow + absl::Minutes(20)), bad);
}

}  // namespace
}  // namespace plimsoll

#include "gateway/catalog/follow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "gateway/observe/metrics.h"
#include "tests/support/fake_store.h"
#include "tests/support/image_builder.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::SizeIs;

class CatalogFollowerTest : public testing::Test {
 protected:
  static std::shared_ptr<const Snapshot> Empty() {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->catalog = *BaseCatalog::New({});
    snapshot->policies.revision = "policies";
    return snapshot;
  }
  void Add(absl::string_view layer) {
    const TestImage image = ImageBuilder().Layer(layer).Build();
    const BaseRecord record = RecordOf(image, {"docker.io/library/debian:12"});
    ASSERT_THAT(Wait(store_.PutBases({record})), IsOk());
  }

  FakeStore store_;
  SnapshotHolder snapshots_{Empty()};
  CatalogFollower follower_{store_, snapshots_};
};

TEST_F(CatalogFollowerTest, BringsTheStoresBasesIntoTheSnapshot) {
  EXPECT_EQ(follower_.generation(), -1);
  Add("one");
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  EXPECT_THAT(snapshots_.Get()->catalog->records(), SizeIs(1));
  EXPECT_EQ(snapshots_.Get()->policies.revision, "policies");
  EXPECT_EQ(follower_.generation(), *Wait(store_.CatalogGeneration()));
  Add("two");
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  EXPECT_THAT(snapshots_.Get()->catalog->records(), SizeIs(2));
}

TEST_F(CatalogFollowerTest, LeavesTheSnapshotWhereNothingChanged) {
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  const std::shared_ptr<const Snapshot> before = snapshots_.Get();
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  EXPECT_EQ(snapshots_.Get(), before);
}

TEST_F(CatalogFollowerTest, KeepsTheSnapshotWhereTheStoreFails) {
  Add("one");
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  const std::shared_ptr<const Snapshot> before = snapshots_.Get();
  const int64_t generation = follower_.generation();
  Add("two");
  store_.FailCalls(absl::UnavailableError("gone"));
  EXPECT_THAT(Wait(follower_.Refresh()), StatusIs(StatusCode::kUnavailable));
  EXPECT_EQ(snapshots_.Get(), before);
  EXPECT_EQ(follower_.generation(), generation);
  store_.FailCalls(absl::OkStatus());
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  EXPECT_THAT(snapshots_.Get()->catalog->records(), SizeIs(2));
}

TEST_F(CatalogFollowerTest, SaysHowLargeTheCatalogIsAndHowOld) {
  Add("one");
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  EXPECT_EQ(metrics::catalog_bases.Get(), 1);
  const double loaded = metrics::catalog_revision_time.Get();
  EXPECT_GT(loaded, 1.7e9);
  metrics::catalog_checked_time.Set(0);
  ASSERT_THAT(Wait(follower_.Refresh()), IsOk());
  EXPECT_EQ(metrics::catalog_revision_time.Get(), loaded);
  EXPECT_GE(metrics::catalog_checked_time.Get(), loaded);
  metrics::catalog_checked_time.Set(0);
  store_.FailCalls(absl::UnavailableError("gone"));
  EXPECT_THAT(Wait(follower_.Refresh()), StatusIs(StatusCode::kUnavailable));
  EXPECT_EQ(metrics::catalog_checked_time.Get(), 0);
}

}  // namespace
}  // namespace plimsoll

// The fake keeps the contract of the Registry port, or tests that rest on it
// mean nothing.
#include "tests/support/fake_registry.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

constexpr char kType[] = "application/vnd.oci.image.manifest.v1+json";

class FakeRegistryTest : public testing::Test {
 protected:
  StatusOr<FetchedManifest> Manifest(const std::string& reference) {
    return RunBlocking<StatusOr<FetchedManifest>>(
        [&] { return app_->FetchManifest(reference, Soon()); });
  }
  StatusOr<std::string> Blob(const Digest& digest, size_t max_bytes = 100) {
    return RunBlocking<StatusOr<std::string>>(
        [&] { return app_->FetchBlob(digest, max_bytes, Soon()); });
  }
  StatusOr<std::string> Start(const Digest& digest, size_t count) {
    return RunBlocking<StatusOr<std::string>>(
        [&] { return app_->FetchBlobStart(digest, count, Soon()); });
  }
  Status Head(const Digest& digest) {
    return RunBlocking<Status>([&] { return app_->HeadBlob(digest, Soon()); });
  }
  StatusOr<std::vector<std::string>> Stream(const Digest& digest) {
    std::vector<std::string> pieces;
    BlobSink sink = [&](absl::string_view bytes) -> Task<Status> {
      pieces.emplace_back(bytes);
      co_return absl::OkStatus();
    };
    RETURN_IF_ERROR(RunBlocking<Status>(
        [&] { return app_->StreamBlob(digest, patience_, sink); }));
    return pieces;
  }
  absl::Time Soon() const { return absl::Now() + patience_; }

  absl::Duration patience_ = absl::Seconds(20);

  FakeRegistry registry_;
  const std::shared_ptr<Registry> app_ = registry_.Open("app");
  const Digest absent_ = Digest::Sha256("absent");
};

TEST_F(FakeRegistryTest, KeepsManifestsByTagAndDigest) {
  const Digest first = registry_.PutManifest("app", "{1}", kType, "v1");
  const Digest second = registry_.PutManifest("app", "{2}", kType, "v1");
  EXPECT_EQ(Manifest("v1")->digest, second);
  EXPECT_EQ(Manifest(first.ToString())->bytes, "{1}");
  EXPECT_EQ(Manifest("v1")->media_type, kType);
  EXPECT_THAT(Manifest("v2"), StatusIs(StatusCode::kNotFound));
  registry_.DeleteManifest("app", second);
  EXPECT_THAT(Manifest("v1"), StatusIs(StatusCode::kNotFound));
}

TEST_F(FakeRegistryTest, KeepsBlobsByRepository) {
  const Digest digest = registry_.PutBlob("app", "bytes");
  EXPECT_EQ(*Blob(digest), "bytes");
  EXPECT_EQ(*Start(digest, 2), "by");
  EXPECT_THAT(Head(digest), IsOk());
  EXPECT_THAT(Blob(digest, 4), StatusIs(StatusCode::kResourceExhausted));
  EXPECT_THAT(Head(registry_.PutBlob("other", "x")),
              StatusIs(StatusCode::kNotFound));
  registry_.DeleteBlob("app", digest);
  EXPECT_THAT(Blob(digest), StatusIs(StatusCode::kNotFound));
}

TEST_F(FakeRegistryTest, StreamsInPieces) {
  const Digest digest = registry_.PutBlob("app", "12345");
  FakeRegistry::Switches switches;
  switches.piece_bytes = 2;
  registry_.Set(switches);
  EXPECT_THAT(*Stream(digest), testing::ElementsAre("12", "34", "5"));
  EXPECT_THAT(Stream(absent_), StatusIs(StatusCode::kNotFound));
  EXPECT_EQ(registry_.reads().streams, 2);
  EXPECT_EQ(registry_.reads().streamed_bytes, 5);
}

TEST_F(FakeRegistryTest, RefusesAsItIsSwitched) {
  const Digest digest = registry_.PutBlob("app", "bytes");
  FakeRegistry::Switches switches;
  switches.challenge = "Basic realm=r";
  registry_.Set(switches);
  EXPECT_EQ(Challenge(Head(digest)), "Basic realm=r");
  EXPECT_THAT(Manifest("v1"), StatusIs(StatusCode::kUnauthenticated));
  switches.challenge.clear();
  switches.forbidden = true;
  registry_.Set(switches);
  EXPECT_THAT(Blob(digest), StatusIs(StatusCode::kPermissionDenied));
  switches.forbidden = false;
  switches.unavailable = true;
  registry_.Set(switches);
  EXPECT_THAT(Start(digest, 1), StatusIs(StatusCode::kUnavailable));
}

TEST_F(FakeRegistryTest, SpoilsWhatIsReadButKeepsItsWord) {
  const Digest blob = registry_.PutBlob("app", "bytes");
  const Digest manifest = registry_.PutManifest("app", "{}", kType, "v1");
  FakeRegistry::Switches switches;
  switches.wrong_bytes = true;
  registry_.Set(switches);
  EXPECT_THAT(Blob(blob), StatusIs(StatusCode::kDataLoss));
  EXPECT_THAT(Manifest(manifest.ToString()), StatusIs(StatusCode::kDataLoss));
  EXPECT_NE(Manifest("v1")->digest, manifest);
  EXPECT_NE(Stream(blob)->front(), "bytes");
}

TEST_F(FakeRegistryTest, NeverAnswersWhileSlow) {
  patience_ = absl::Milliseconds(1);
  const Digest digest = registry_.PutBlob("app", "bytes");
  FakeRegistry::Switches switches;
  switches.slow = true;
  registry_.Set(switches);
  EXPECT_THAT(Head(digest), StatusIs(StatusCode::kDeadlineExceeded));
  EXPECT_THAT(Stream(digest), StatusIs(StatusCode::kDeadlineExceeded));
  EXPECT_EQ(registry_.Waiting(), 0);
  EXPECT_EQ(registry_.reads().heads, 1);
}

}  // namespace
}  // namespace plimsoll

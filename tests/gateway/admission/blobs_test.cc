// What is remembered of blobs that passed, and for how many.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "gateway/admission/blob_cache.h"
#include "gateway/admission/seen_blobs.h"

namespace plimsoll {
namespace {

TEST(BlobCache, GivesBackWhatItHoldsByDigest) {
  BlobCache cache;
  cache.Put("hello");
  EXPECT_EQ(cache.Get(Digest::Sha256("hello")).value_or("none"), "hello");
  EXPECT_FALSE(cache.Get(Digest::Sha256("other")).has_value());
}

TEST(BlobCache, DropsWhatWasUsedLongestAgo) {
  BlobCache cache(30);
  const std::string a(10, 'a'), b(10, 'b'), c(10, 'c'), d(10, 'd');
  for (const std::string& blob : {a, b, c}) cache.Put(blob);
  EXPECT_TRUE(cache.Get(Digest::Sha256(a)).has_value());
  cache.Put(d);
  EXPECT_TRUE(cache.Get(Digest::Sha256(a)).has_value());
  EXPECT_FALSE(cache.Get(Digest::Sha256(b)).has_value());
  EXPECT_TRUE(cache.Get(Digest::Sha256(c)).has_value());
  EXPECT_TRUE(cache.Get(Digest::Sha256(d)).has_value());
}

TEST(BlobCache, CountsABlobOnceHoweverOftenItIsPut) {
  BlobCache cache(20);
  cache.Put(std::string(10, 'a'));
  for (int i = 0; i < 5; ++i) cache.Put(std::string(10, 'b'));
  EXPECT_TRUE(cache.Get(Digest::Sha256(std::string(10, 'a'))).has_value());
}

TEST(BlobCache, KeepsNoBlobThatIsTooLarge) {
  BlobCache cache;
  const std::string fits(BlobCache::kMaxBlobBytes, 'x');
  const std::string large = fits + "x";
  cache.Put(fits);
  cache.Put(large);
  EXPECT_TRUE(cache.Get(Digest::Sha256(fits)).has_value());
  EXPECT_FALSE(cache.Get(Digest::Sha256(large)).has_value());
  BlobCache tiny(5);
  tiny.Put("123456");
  EXPECT_FALSE(tiny.Get(Digest::Sha256("123456")).has_value());
}

TEST(SeenBlobs, RemembersABlobInItsRepositoryAndForItsCredentialOnly) {
  SeenBlobs seen;
  const Digest digest = Digest::Sha256("a");
  seen.Add("team/app", digest, "alice");
  EXPECT_TRUE(seen.Has("team/app", digest, "alice"));
  EXPECT_FALSE(seen.Has("team/app", digest, "bob"));
  EXPECT_FALSE(seen.Has("team/app", digest, ""));
  EXPECT_FALSE(seen.Has("team/ap", digest, "alice"));
  EXPECT_FALSE(seen.Has("team/app", Digest::Sha256("b"), "alice"));
}

TEST(SeenBlobs, ForgetsADeletedBlobForAllCredentials) {
  SeenBlobs seen;
  const Digest digest = Digest::Sha256("a");
  seen.Add("team/app", digest, "alice");
  seen.Add("team/app", digest, "");
  seen.Remove("team/app", digest);
  EXPECT_FALSE(seen.Has("team/app", digest, "alice"));
  EXPECT_FALSE(seen.Has("team/app", digest, ""));
}

TEST(SeenBlobs, RemembersABlobForItsTimeAndNoLonger) {
  const absl::Time added = absl::FromUnixSeconds(1'700'000'000);
  absl::Time now = added;
  SeenBlobs seen([&now] { return now; });
  const Digest digest = Digest::Sha256("a");
  seen.Add("team/app", digest, "alice");
  now = added + SeenBlobs::kRemembered - absl::Nanoseconds(1);
  EXPECT_TRUE(seen.Has("team/app", digest, "alice"));
  seen.Add("team/app", digest, "bob");
  now = added + SeenBlobs::kRemembered;
  EXPECT_FALSE(seen.Has("team/app", digest, "alice"));
  EXPECT_TRUE(seen.Has("team/app", digest, "bob"));
  seen.Add("team/app", digest, "alice");
  EXPECT_TRUE(seen.Has("team/app", digest, "alice"));
}

// Those whose time is over make room before any other does.
TEST(SeenBlobs, DropsWhatItNoLongerRemembersWhereItIsFull) {
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  SeenBlobs seen([&now] { return now; });
  const Digest digest = Digest::Sha256("a");
  for (size_t i = 1; i < SeenBlobs::kMaxBlobs; ++i) {
    seen.Add(absl::StrCat("r", i), digest, "");
  }
  now += SeenBlobs::kRemembered;
  seen.Add("late", digest, "");
  seen.Add("later", digest, "");
  EXPECT_TRUE(seen.Has("late", digest, ""));
  EXPECT_TRUE(seen.Has("later", digest, ""));
}

TEST(SeenBlobs, HoldsNoMoreThanItsBounds) {
  SeenBlobs seen;
  const Digest digest = Digest::Sha256("a");
  for (size_t i = 0; i < SeenBlobs::kMaxBlobs; ++i) {
    seen.Add(absl::StrCat("r", i), digest, "");
  }
  EXPECT_TRUE(seen.Has("r0", digest, ""));
  for (size_t i = 0; i < SeenBlobs::kMaxCredentials; ++i) {
    seen.Add("r0", digest, absl::StrCat("c", i));
  }
  EXPECT_FALSE(seen.Has("r0", digest, "")) << "the oldest of one too many";
  EXPECT_TRUE(seen.Has("r0", digest, "c0"));
  seen.Add("one-more", digest, "");
  EXPECT_TRUE(seen.Has("one-more", digest, ""));
  EXPECT_FALSE(seen.Has("r1", digest, ""));
}

}  // namespace
}  // namespace plimsoll

#include "gateway/layers/feed.h"

#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "tests/support/compression.h"
#include "tests/support/status_matchers.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

std::string Tar(size_t size) {
  return TarBuilder().File("a", Noise(size, 7)).Build();
}

TEST(LayerFeed, ReadsOnAnotherThreadWhatItIsFed) {
  const std::string tar = Tar(5 << 20);
  const std::string stored = Gzip(tar, 1);
  asio::thread_pool pool(2);
  for (size_t piece : {size_t{1000}, size_t{700} << 10, stored.size()}) {
    FedLayer fed = RunBlocking<FedLayer>([&]() -> Task<FedLayer> {
      LayerFeed feed(pool.get_executor(), {}, Digest::Algorithm::kSha256);
      for (size_t at = 0; at < stored.size(); at += piece) {
        Status status =
            co_await feed.Update(absl::string_view(stored).substr(at, piece));
        EXPECT_THAT(status, IsOk());
      }
      co_return co_await feed.Finish();
    });
    ASSERT_THAT(fed.facts, IsOk());
    EXPECT_EQ(fed.facts->diff_id, Digest::Sha256(tar));
    EXPECT_EQ(fed.stored, Digest::Sha256(stored));
  }
}

TEST(LayerFeed, SuspendsWhoeverFeedsMoreThanAMebibyteAhead) {
  asio::io_context loop;
  asio::io_context workers;  // whose work runs only when this test lets it
  const std::string tar = Tar(4 << 20);
  size_t fed = 0;
  auto feeding = [&]() -> Task<> {
    LayerFeed feed(workers.get_executor(), {}, Digest::Algorithm::kSha256);
    for (size_t at = 0; at < tar.size(); at += 1000) {
      co_await feed.Update(absl::string_view(tar).substr(at, 1000));
      fed = at;
    }
    FedLayer result = co_await feed.Finish();
    EXPECT_THAT(result.facts, IsOk());
  };
  asio::co_spawn(loop, feeding(), asio::detached);
  size_t before = 0;
  while (fed + 1000 < tar.size()) {
    loop.poll();
    EXPECT_LE(fed - before, kFeedBytes);
    EXPECT_GT(fed, before);
    before = fed;
    workers.restart();
    workers.poll();
  }
  loop.poll();
  workers.restart();
  workers.poll();
  loop.run();
}

TEST(LayerFeed, TellsOfABadLayerAndHashesOn) {
  const std::string stored = "no archive" + std::string(3 << 20, 'x');
  asio::thread_pool pool(1);
  RunLoop([&]() -> Task<> {
    LayerFeed feed(pool.get_executor(), {}, Digest::Algorithm::kSha512);
    Status status = co_await feed.Update(stored);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    FedLayer fed = co_await feed.Finish();
    EXPECT_EQ(fed.facts.status(), status);
    EXPECT_EQ(fed.stored, Digest::Compute(Digest::Algorithm::kSha512, stored));
    EXPECT_EQ(fed.size, static_cast<int64_t>(stored.size()));
  });
}

TEST(LayerFeed, MayBeDroppedWhileItIsRead) {
  asio::thread_pool pool(1);
  RunLoop([&]() -> Task<> {
    LayerFeed feed(pool.get_executor(), {}, Digest::Algorithm::kSha256);
    co_await feed.Update(Tar(1 << 20));
  });
}

}  // namespace
}  // namespace plimsoll

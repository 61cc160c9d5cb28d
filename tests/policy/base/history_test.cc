#include "policy/base/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/policy/base/real_images.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

HistoryEntry Step(std::string created_by, bool empty = false,
                  std::string comment = "", std::string author = "") {
  return {std::nullopt, std::move(created_by), std::move(author),
          std::move(comment), empty};
}

// What the walk says of images whose truth is known.
struct Sample {
  const char* image;
  size_t boundary;  // the base's entries, where the marks tell them
  const char* from;
};

class WalkHistorySample : public testing::TestWithParam<Sample> {};

TEST_P(WalkHistorySample, FindsTheBoundary) {
  const TestImage image = RealImage(GetParam().image);
  const HistoryWalk walk =
      WalkHistory(image.config.history, image.manifest.layers.size());
  EXPECT_TRUE(walk.consistent);
  EXPECT_EQ(walk.boundary, GetParam().boundary);
  EXPECT_EQ(walk.from, GetParam().from);
  EXPECT_EQ(walk.entries, image.config.history.size());
}

constexpr char kUbilike[] = "127.0.0.1:5101/library/ubilike:1";
constexpr char kDebianDigest[] =
    "127.0.0.1:5101/library/debian@sha256:"
    "42107ea179269614fbede87639ccb500eaced68e91b47ac2202f20439eaf4d8b";

INSTANTIATE_TEST_SUITE_P(
    Builders, WalkHistorySample,
    testing::Values(
        Sample{"app-legacy", 2, ""}, Sample{"app-buildkit-2010", 2, ""},
        Sample{"buildkit/bk-tag", 2, ""}, Sample{"app-crane-append", 2, ""},
        Sample{"app-crane-mutate", 2, ""}, Sample{"app-docker-commit", 2, ""},
        Sample{"app-docker1-multi", 2, ""}, Sample{"app-zstd", 2, ""},
        Sample{"app-corpchild-bk0", 6, ""}, Sample{"app-buildah", 2, kDebian},
        Sample{"app-buildah-layers", 2, kDebian},
        Sample{"app-buildah-docker-fmt", 2, kDebian},
        Sample{"app-buildah-fresh-digest", 2, kDebianDigest},
        Sample{"app-buildah-from-commit", 2, kDebian},
        Sample{"app-ba-multi", 2, kDebian},
        Sample{"app-ba-multi--layers", 2, kDebian},
        Sample{"app-ba-on-buildahbase", 2, kUbilike},
        Sample{"app-bk-on-buildahbase", 2, ""},
        // Nothing tells.
        Sample{"app-legacy-metaonly", 0, ""}, Sample{"app-fromonly-bk0", 0, ""},
        Sample{"app-docker-squash-bk0", 0, ""},
        Sample{"app-docker-import", 0, ""}, Sample{"app-ba-scratch", 0, ""},
        Sample{"app-buildah-omit", 0, ""},
        // Its own entries only: the base's were dropped.
        Sample{"app-buildah-squash", 0, kDebian}),
    [](const testing::TestParamInfo<Sample>& test) {
      std::string name = test.param.image;
      for (char& c : name)
        c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      return name;
    });

TEST(WalkHistory, PairsLayersWithTheirEntries) {
  const std::vector<HistoryEntry> history = {
      Step("ADD rootfs"), Step("CMD", true), Step("COPY"), Step("RUN")};
  const HistoryWalk walk = WalkHistory(history, 3);
  EXPECT_TRUE(walk.consistent);
  EXPECT_THAT(walk.layer_entry, ElementsAre(0, 2, 3));
}

TEST(WalkHistory, SaysThatCountsDiffer) {
  const std::vector<HistoryEntry> history = {Step("ADD"), Step("CMD", true)};
  for (const size_t layers : {0, 2, 3}) {
    const HistoryWalk walk = WalkHistory(history, layers);
    EXPECT_FALSE(walk.consistent) << layers;
    EXPECT_THAT(walk.layer_entry, IsEmpty());
  }
}

TEST(WalkHistory, TakesNoHistoryAsConsistent) {
  const HistoryWalk walk = WalkHistory({}, 3);
  EXPECT_TRUE(walk.consistent);
  EXPECT_EQ(walk.boundary, 0);
  EXPECT_THAT(walk.layer_entry, IsEmpty());
}

TEST(WalkHistory, FindsTheBoundaryWhereTheBuilderChanges) {
  const HistoryEntry debian =
      Step("# debian.sh --arch 'amd64' out/", false, "debuerreotype 0.15");
  for (const HistoryEntry& own :
       {Step("RUN apt-get update", false, "", "kaniko"),
        Step("jib-maven-plugin:3.4", false, "classes", "Jib"),
        Step("ko build ko://x", false, "go build output", "ko"),
        Step("bazel build //x:image"),
        Step("RUN /bin/sh -c x # buildkit", false, "buildkit.dockerfile.v0"),
        Step("|1 A=b /bin/sh -c x")}) {
    EXPECT_EQ(WalkHistory({debian, own}, 2).boundary, 1) << own.created_by;
  }
}

TEST(WalkHistory, ReadsAFromAfterTheAuthorsWords) {
  const HistoryWalk walk = WalkHistory(
      {Step("ADD"), Step("/bin/sh", false, "as ordered FROM debian:12")}, 2);
  EXPECT_EQ(walk.from, "debian:12");
  EXPECT_EQ(walk.boundary, 1);
}

TEST(WalkHistory, ReadsNoFromInProseImageIdsOrBadNames) {
  for (const char* comment :
       {"copied FROM the old host", "FROM", "FROM ", "FROM 9d6f030d03af",
        "FROM Debian:12", "FROM debian:12 ", "from debian:12", "FROMdebian",
        "FROM 42107ea179269614fbede87639ccb500eaced68e91b47ac2202f20439eaf4d8"
        "b"}) {
    EXPECT_EQ(WalkHistory({Step("x", false, comment)}, 1).from, "") << comment;
  }
}

TEST(WalkHistory, LeavesTheFromOfTheBaseToTheBase) {
  const HistoryEntry base = Step("/bin/sh -c x", false, "FROM debian:12");
  const HistoryEntry own = Step("RUN y", false, "buildkit.dockerfile.v0");
  const HistoryWalk walk = WalkHistory({base, own}, 2);
  EXPECT_EQ(walk.from, "");
  EXPECT_EQ(walk.boundary, 1);
}

TEST(HistoryPrefix, OfAnEmptyBaseIsNone) {
  EXPECT_THAT(HistoryPrefix({}, {Step("x")}), Optional(0));
  EXPECT_THAT(HistoryPrefix({}, {}), Optional(0));
}

TEST(HistoryPrefix, CountsTheWholeHistoryOfTheBase) {
  const std::vector<HistoryEntry> base = {Step("ADD"), Step("CMD", true)};
  std::vector<HistoryEntry> image = base;
  EXPECT_THAT(HistoryPrefix(base, image), Optional(2));
  image.push_back(Step("RUN"));
  EXPECT_THAT(HistoryPrefix(base, image), Optional(2));
}

TEST(HistoryPrefix, PassesOverTimesAndAppendedFroms) {
  HistoryEntry dated = Step("ADD");
  dated.created = absl::FromUnixSeconds(1'700'000'000);
  const HistoryEntry annotated = Step("ADD", false, "FROM debian:12");
  const HistoryEntry worded = Step("RUN", false, "mine FROM 9d6f030d03af");
  EXPECT_THAT(HistoryPrefix({dated}, {Step("ADD")}), Optional(1));
  EXPECT_THAT(HistoryPrefix({annotated}, {Step("ADD")}), Optional(1));
  EXPECT_THAT(HistoryPrefix({Step("RUN", false, "mine")}, {worded}),
              Optional(1));
}

TEST(HistoryPrefix, IsNoneWhereAnythingElseDiffers) {
  const std::vector<HistoryEntry> base = {Step("ADD", false, "c", "a")};
  for (const HistoryEntry& other :
       {Step("add", false, "c", "a"), Step("ADD", true, "c", "a"),
        Step("ADD", false, "d", "a"), Step("ADD", false, "c", "b")}) {
    EXPECT_EQ(HistoryPrefix(base, {other}), std::nullopt);
  }
  EXPECT_EQ(HistoryPrefix({Step("a"), Step("b")}, {Step("a")}), std::nullopt);
}

}  // namespace
}  // namespace plimsoll

// Random trees of bases whose truth is known: every verified answer is right,
// every right answer is found, and no claim changes either.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/identify.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"

namespace plimsoll {
namespace {

constexpr unsigned kWorlds = 100;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  size_t Below(size_t n) {
    return std::uniform_int_distribution<size_t>(0, n - 1)(engine_);
  }
  bool OneIn(size_t n) { return Below(n) == 0; }

 private:
  std::mt19937 engine_;
};

// A forest of images, some of them catalogued, and images to identify.
struct World {
  std::shared_ptr<const BaseCatalog> catalog;
  std::vector<TestImage> images;

  absl::Span<const BaseRecord> records() const { return catalog->records(); }
};

// Few contents, so that chains share prefixes by chance as well.
void AddLayers(Dice& dice, size_t at_most, ImageBuilder& builder) {
  const size_t count = dice.Below(at_most + 1);
  for (size_t i = 0; i < count; ++i) {
    if (dice.OneIn(8)) {
      builder.EmptyLayer();
    } else {
      builder.Layer(absl::StrCat("content ", dice.Below(12)));
    }
  }
  if (dice.OneIn(2)) builder.Metadata(absl::StrCat("ENV ", dice.Below(3)));
  if (dice.OneIn(3)) builder.Env(absl::StrCat("E", dice.Below(9), "=1"));
}

TestImage Grow(Dice& dice, const std::vector<TestImage>& bases) {
  if (bases.empty() || dice.OneIn(4)) {
    ImageBuilder builder;
    builder.Layer(absl::StrCat("content ", dice.Below(12)));
    AddLayers(dice, 2, builder);
    return builder.Build();
  }
  ImageBuilder builder(bases[dice.Below(bases.size())]);
  if (dice.OneIn(5)) builder.NoHistory();
  AddLayers(dice, 3, builder);
  return builder.Build();
}

World MakeWorld(Dice& dice) {
  std::vector<TestImage> bases;
  std::vector<BaseRecord> records;
  const size_t count = 1 + dice.Below(6);
  for (size_t i = 0; i < count; ++i) {
    bases.push_back(Grow(dice, bases));
    if (dice.OneIn(4)) continue;
    records.push_back(RecordOf(bases.back(),
                               {absl::StrCat("docker.io/library/b", i, ":1")},
                               static_cast<Approval>(dice.Below(3))));
    records.back().proven = !dice.OneIn(4);
  }
  std::vector<TestImage> images;
  for (int i = 0; i < 3; ++i) images.push_back(Grow(dice, bases));
  return {CatalogOf(std::move(records)), std::move(images)};
}

// One of the images, of some of whose layers nothing is known.
TestImage PickImage(Dice& dice, const World& world) {
  TestImage image = world.images[dice.Below(world.images.size())];
  for (std::optional<LayerFacts>& facts : image.facts) {
    if (dice.OneIn(10)) facts.reset();
  }
  return image;
}

// Calls `check` with many worlds and images.
void ForEachImage(
    const std::function<void(Dice&, const World&, const TestImage&)>& check) {
  for (unsigned seed = 0; seed < kWorlds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Dice dice(seed);
    const World world = MakeWorld(dice);
    for (int i = 0; i < 20; ++i) {
      check(dice, world, PickImage(dice, world));
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

bool HoldsSomething(const std::vector<Digest>& diff_ids) {
  const Digest empty = Digest::Sha256(std::string(1024, '\0'));
  return std::any_of(diff_ids.begin(), diff_ids.end(),
                     [&empty](const Digest& d) { return d != empty; });
}

// Whether the bytes of the lowest layers were hashed and are `diff_ids`.
bool BytesAre(const TestImage& image, const std::vector<Digest>& diff_ids) {
  if (diff_ids.size() > image.facts.size()) return false;
  for (size_t i = 0; i < diff_ids.size(); ++i) {
    if (!image.facts[i].has_value()) return false;
    if (image.facts[i]->diff_id != diff_ids[i]) return false;
  }
  return HoldsSomething(diff_ids);
}

// The truth, layer by layer and without chain IDs: the layers of the longest
// proven record at the bottom of the image; 0 where there is none.
size_t TrueLayers(const World& world, const TestImage& image) {
  size_t layers = 0;
  for (const BaseRecord& record : world.records()) {
    if (!record.proven || !BytesAre(image, record.diff_ids)) continue;
    layers = std::max(layers, record.diff_ids.size());
  }
  return layers;
}

// Whether the config says that the lowest layers are `diff_ids`.
bool ConfigSays(const TestImage& image, const std::vector<Digest>& diff_ids) {
  return diff_ids.size() <= image.config.diff_ids.size() &&
         std::equal(diff_ids.begin(), diff_ids.end(),
                    image.config.diff_ids.begin()) &&
         HoldsSomething(diff_ids);
}

// Whether the bytes of the lowest `layers` are approved.
bool TrulyApproved(const World& world, const TestImage& image, size_t layers) {
  bool approved = false;
  for (const BaseRecord& record : world.records()) {
    if (!ConfigSays(image, record.diff_ids)) continue;
    if (record.diff_ids.size() < layers) continue;
    if (record.approval == Approval::kDenied) return false;
    if (record.diff_ids.size() > layers) continue;
    approved =
        approved || (record.proven && record.approval == Approval::kApproved);
  }
  return approved;
}

TEST(IdentifyProperty, VerifiesTheTruthAndNothingElse) {
  size_t verified = 0;
  size_t all = 0;
  ForEachImage([&](Dice&, const World& world, const TestImage& image) {
    const BaseIdentity identity = IdentifyBase(image.View(), *world.catalog);
    const size_t truth = TrueLayers(world, image);
    ++all;
    ASSERT_EQ(identity.proof == Proof::kVerified, truth > 0);
    if (truth == 0) return;
    ++verified;
    ASSERT_EQ(identity.layers, truth);
    ASSERT_EQ(identity.via, Via::kLayers);
    ASSERT_EQ(identity.approved, TrulyApproved(world, image, truth));
    ASSERT_FALSE(identity.approved && identity.denied);
    for (const BaseAncestor& ancestor : identity.ancestors) {
      ASSERT_LT(ancestor.layers, truth);
    }
  });
  // Enough of both that the test means something.
  EXPECT_GT(verified, all / 5);
  EXPECT_LT(verified, all * 4 / 5);
}

TEST(IdentifyProperty, RefusesEveryForgedDiffId) {
  ForEachImage([](Dice& dice, const World& world, const TestImage& image) {
    const size_t at = dice.Below(image.facts.size());
    if (!image.facts[at].has_value()) return;
    TestImage forged = image;
    forged.config.diff_ids[at] = Digest::Sha256("forged");
    const BaseIdentity identity = IdentifyBase(forged.View(), *world.catalog);
    ASSERT_EQ(identity.result, BaseResult::kMalformed);
    ASSERT_EQ(identity.proof, Proof::kUnknown);
    ASSERT_FALSE(identity.approved);
  });
}

std::string AnyName(Dice& dice, const World& world) {
  static constexpr const char* kNames[] = {"debian:12", "scratch", "", "A B",
                                           "docker.io/library/b0:1"};
  std::string name = kNames[dice.Below(5)];
  if (dice.OneIn(2)) name = absl::StrCat("library/b", dice.Below(8), ":1");
  if (dice.OneIn(3) && !world.records().empty()) {
    const BaseRecord& record =
        world.records()[dice.Below(world.records().size())];
    absl::StrAppend(&name, "@", record.manifest.ToString());
  }
  return name;
}

std::string AnyDigest(Dice& dice, const World& world) {
  if (dice.OneIn(4) || world.records().empty()) {
    return Digest::Sha256(absl::StrCat(dice.Below(9))).ToString();
  }
  const BaseRecord& record =
      world.records()[dice.Below(world.records().size())];
  return (dice.OneIn(2) ? record.manifest : record.config).ToString();
}

// The same layers under other words: everything that a pusher may write.
TestImage WithClaims(Dice& dice, const World& world, TestImage image) {
  const std::string name_key = "org.opencontainers.image.base.name";
  const std::string digest_key = "org.opencontainers.image.base.digest";
  StringPairs& annotations = image.manifest.annotations;
  if (dice.OneIn(2)) annotations.emplace_back(name_key, AnyName(dice, world));
  if (dice.OneIn(2)) {
    annotations.emplace_back(digest_key, AnyDigest(dice, world));
  }
  StringPairs& labels = image.config.labels;
  if (dice.OneIn(3)) labels.emplace_back(name_key, AnyName(dice, world));
  if (dice.OneIn(3)) labels.emplace_back(digest_key, AnyDigest(dice, world));
  if (dice.OneIn(3)) labels.emplace_back("io.buildah.version", "1.28.2");
  if (dice.OneIn(3)) image.config.image = AnyName(dice, world);
  if (dice.OneIn(3)) image.config.env.clear();
  for (HistoryEntry& entry : image.config.history) {
    if (dice.OneIn(4)) entry.comment = "FROM " + AnyName(dice, world);
    if (dice.OneIn(9)) entry.empty_layer = !entry.empty_layer;
    if (dice.OneIn(9)) entry.created_by = "/bin/sh -c #(nop)  CMD [\"x\"]";
  }
  if (dice.OneIn(3) && !world.records().empty()) {
    image.config.history =
        world.records()[dice.Below(world.records().size())].history;
  }
  return image;
}

TEST(IdentifyProperty, LetsNoClaimRaiseTheProofOrTheApproval) {
  ForEachImage([](Dice& dice, const World& world, const TestImage& image) {
    const BaseIdentity bare = IdentifyBase(image.View(), *world.catalog);
    const TestImage other = WithClaims(dice, world, image);
    const BaseIdentity claimed = IdentifyBase(other.View(), *world.catalog);
    if (bare.candidates.empty()) {
      ASSERT_LE(claimed.proof, Proof::kClaimed);
      ASSERT_TRUE(claimed.candidates.empty());
    } else {
      ASSERT_EQ(claimed.proof, bare.proof);
      ASSERT_EQ(claimed.layers, bare.layers);
      ASSERT_EQ(claimed.candidates.size(), bare.candidates.size());
    }
    ASSERT_EQ(claimed.via, bare.via);
    ASSERT_EQ(claimed.approved, bare.approved);
    ASSERT_EQ(claimed.denied, bare.denied);
    ASSERT_EQ(claimed.ancestors.size(), bare.ancestors.size());
    ASSERT_EQ(claimed.unproven_layers, bare.unproven_layers);
    ASSERT_LE(claimed.pinned.proof, Proof::kClaimed);
  });
}

}  // namespace
}  // namespace plimsoll

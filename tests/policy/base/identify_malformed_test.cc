// Images that are refused always: their layers are not what the config says.
// Numbers in names are those of the field research's list of image shapes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "policy/base/identify.h"
#include "tests/policy/base/real_images.h"
#include "tests/support/image_builder.h"
#include "tests/support/status_matchers.h"

namespace plimsoll {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class IdentifyMalformed : public testing::Test {
 protected:
  BaseIdentity Identify(const TestImage& image) const {
    const auto catalog = CatalogOf({RecordOf(
        debian_, {"docker.io/library/debian:12"}, Approval::kApproved)});
    return IdentifyBase(image.View(), *catalog);
  }

  TestImage debian_ = ImageBuilder().Layer("debian").Build();
  TestImage app_ = ImageBuilder(debian_).Layer("mid").Layer("app").Build();
};

TEST_F(IdentifyMalformed, Case46RefusesForgedDiffIds) {
  TestImage forged = ImageBuilder().Layer("evil").Layer("x").Build();
  forged.config.diff_ids[0] = debian_.config.diff_ids[0];
  const BaseIdentity identity = Identify(forged);
  EXPECT_EQ(identity.result, BaseResult::kMalformed);
  EXPECT_EQ(identity.proof, Proof::kUnknown);
  EXPECT_FALSE(identity.approved);
  EXPECT_THAT(identity.candidates, IsEmpty());
  EXPECT_THAT(identity.malformed,
              ElementsAre(absl::StrCat("layer 1 of 2: its bytes have diff ID ",
                                       Digest::Sha256("evil").ToString(),
                                       ", the config says ",
                                       Digest::Sha256("debian").ToString())));
}

TEST_F(IdentifyMalformed, Case46RefusesAForgedUpperLayer) {
  app_.config.diff_ids[2] = Digest::Sha256("forged");
  app_.facts[0].reset();
  EXPECT_EQ(Identify(app_).result, BaseResult::kMalformed);
}

TEST_F(IdentifyMalformed, Case46NamesAFewOfManyForgedLayers) {
  ImageBuilder builder;
  for (int i = 0; i < 100; ++i) builder.Layer(absl::StrCat(i));
  TestImage image = builder.Build();
  for (Digest& diff_id : image.config.diff_ids) {
    diff_id = Digest::Sha256("forged");
  }
  EXPECT_THAT(Identify(image).malformed, SizeIs(8));
}

TEST_F(IdentifyMalformed, Case47RefusesCountsThatDiffer) {
  TestImage empty = app_;
  empty.config.diff_ids.clear();
  TestImage fewer = app_;
  fewer.config.diff_ids.pop_back();
  TestImage more = app_;
  more.config.diff_ids.push_back(Digest::Sha256("more"));
  const std::vector<std::pair<TestImage, std::string>> cases = {
      {empty, "the manifest lists 3 layers, the config lists 0 diff IDs"},
      {fewer, "the manifest lists 3 layers, the config lists 2 diff IDs"},
      {more, "the manifest lists 3 layers, the config lists 4 diff IDs"}};
  for (const auto& [image, sentence] : cases) {
    const BaseIdentity identity = Identify(image);
    EXPECT_EQ(identity.result, BaseResult::kMalformed);
    EXPECT_EQ(identity.proof, Proof::kUnknown);
    EXPECT_THAT(identity.malformed, ElementsAre(sentence));
  }
}

// Legal and unusual (image-spec: layers SHOULD have at least one entry), so a
// matter of manifest.format. It stands on nothing.
TEST_F(IdentifyMalformed, AnImageWithoutLayersIsNotMalformed) {
  app_.config.diff_ids.clear();
  app_.manifest.layers.clear();
  app_.facts.clear();
  const BaseIdentity identity = Identify(app_);
  EXPECT_EQ(identity.result, BaseResult::kOrdinary);
  EXPECT_THAT(identity.malformed, IsEmpty());
  EXPECT_NE(identity.proof, Proof::kVerified);
  EXPECT_EQ(identity.digest, std::nullopt);
}

TEST_F(IdentifyMalformed, Case48IsRefusedBeforeAnythingIsIdentified) {
  for (const char* config :
       {R"({"rootfs":{"type":"layers","diff_ids":[]},"rootfs":{}})",
        R"({"rootfs":{"type":"layers","diff_ids":[]},"ROOTFS":{}})",
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"rootf\xC5\xBF\":"
        "{}}"}) {
    EXPECT_THAT(ParseImageConfig(config),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << config;
  }
}

}  // namespace
}  // namespace plimsoll

#include "gateway/cli/disk_image.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/gateway/cli/read_all.h"
#include "tests/support/status_matchers.h"
#include "tests/support/stored_image.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

using absl::StatusCode;

class DiskImageTest : public testing::Test {
 protected:
  const StoredImage image_ =
      BuildStoredImage({TarBuilder().File("a", "a").Build()});
  ScratchDir scratch_;
};

TEST_F(DiskImageTest, OpensALayoutWithAndWithoutItsTag) {
  WriteLayout(scratch_, {{"v1", image_}});
  for (const char* suffix : {"", ":", ":v1"}) {
    auto image = OpenDiskImage(absl::StrCat("oci:", scratch_.path(), suffix));
    ASSERT_THAT(image, IsOk()) << suffix;
    EXPECT_EQ(image->digest, image_.digest());
    EXPECT_THAT(FetchManifest(*image->registry, image->digest.ToString()),
                IsOk());
  }
  EXPECT_EQ(OpenDiskImage(absl::StrCat("oci:", scratch_.path(), ":v1"))->name,
            "v1");
  EXPECT_THAT(OpenDiskImage(absl::StrCat("oci:", scratch_.path(), ":v2")),
              StatusIs(StatusCode::kNotFound));
}

TEST_F(DiskImageTest, OpensAnArchiveByNameOrForItsOnlyImage) {
  const std::string path =
      scratch_.Write("image.tar", DockerArchiveOf({{"app:v1", image_}}));
  for (const char* suffix : {"", ":app:v1"}) {
    auto image = OpenDiskImage(absl::StrCat("docker-archive:", path, suffix));
    ASSERT_THAT(image, IsOk()) << suffix;
    EXPECT_EQ(image->name, "app:v1");
    EXPECT_THAT(FetchManifest(*image->registry, image->digest.ToString()),
                IsOk());
  }
}

TEST_F(DiskImageTest, KnowsItsFormsAndRefusesOthers) {
  EXPECT_TRUE(NamesDiskImage("oci:dir"));
  EXPECT_TRUE(NamesDiskImage("docker-archive:file"));
  for (const char* text : {"debian:12", "", "OCI:dir", "oci-archive:file"}) {
    EXPECT_FALSE(NamesDiskImage(text)) << text;
    EXPECT_THAT(OpenDiskImage(text), StatusIs(StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(OpenDiskImage("oci:"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(OpenDiskImage("docker-archive:/nowhere/at/all"),
              StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(OpenDiskImage(absl::StrCat("docker-archive:", scratch_.path())),
              StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace plimsoll

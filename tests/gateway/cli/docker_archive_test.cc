#include "gateway/cli/docker_archive.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "policy/oci/manifest.h"
#include "tests/gateway/cli/read_all.h"
#include "tests/support/compression.h"
#include "tests/support/status_matchers.h"
#include "tests/support/stored_image.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

class DockerArchiveTest : public testing::Test {
 protected:
  StatusOr<std::shared_ptr<DockerArchive>> Open(const std::string& bytes,
                                                absl::string_view name = "") {
    return DockerArchive::Open(scratch_.Write("image.tar", bytes), name);
  }
  // The manifest that is made up for the only image of an archive.
  StatusOr<ImageManifest> ManifestOf(const std::string& bytes) {
    ASSIGN_OR_RETURN(archive_, Open(bytes));
    ASSIGN_OR_RETURN(FetchedManifest fetched,
                     FetchManifest(*archive_, archive_->digest().ToString()));
    EXPECT_EQ(fetched.digest, Digest::Sha256(fetched.bytes));
    ASSIGN_OR_RETURN(Manifest manifest,
                     ParseManifest(fetched.bytes, fetched.media_type));
    return std::get<ImageManifest>(manifest);
  }

  const std::string lower_ = TarBuilder().File("a", Noise(3000, 1)).Build();
  const std::string upper_ = TarBuilder().File("b", "b").Build();
  const StoredImage image_ = BuildStoredImage({lower_, upper_});
  ScratchDir scratch_;
  std::shared_ptr<DockerArchive> archive_;
};

// An archive of one image with `layers` in manifest.json and `files` beside it.
std::string Archive(absl::string_view layers, TarBuilder files) {
  return files.File("c.json", "{}")
      .File("manifest.json",
            absl::StrCat("[{\"Config\":\"c.json\",\"RepoTags\":null,",
                         "\"Layers\":[", layers, "]}]"))
      .Build();
}

TEST_F(DockerArchiveTest, MakesUpAManifestOfThePlainLayers) {
  auto manifest = ManifestOf(DockerArchiveOf({{"app:v1", image_}}));
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->kind, ManifestKind::kDockerManifest);
  EXPECT_EQ(manifest->config.digest, Digest::Sha256(image_.config));
  ASSERT_EQ(manifest->layers.size(), 2u);
  EXPECT_EQ(manifest->layers[0].digest, Digest::Sha256(lower_));
  EXPECT_EQ(manifest->layers[0].size, static_cast<int64_t>(lower_.size()));
  EXPECT_EQ(manifest->layers[1].digest, Digest::Sha256(upper_));
  LayerType type = ParseLayerType(manifest->layers[0].media_type);
  EXPECT_TRUE(type.is_tar);
  EXPECT_EQ(type.compression, Compression::kNone);
  EXPECT_THAT(archive_->names(), testing::ElementsAre("app:v1"));
}

TEST_F(DockerArchiveTest, GivesTheBlobsOfItsImageOnly) {
  ASSERT_THAT(ManifestOf(DockerArchiveOf({{"app:v1", image_}})), IsOk());
  EXPECT_EQ(*FetchBlob(*archive_, Digest::Sha256(image_.config)),
            image_.config);
  EXPECT_EQ(*StreamBlob(*archive_, Digest::Sha256(lower_)), lower_);
  EXPECT_THAT(HeadBlob(*archive_, Digest::Sha256("manifest.json")),
              StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(FetchManifest(*archive_, "v1"), StatusIs(StatusCode::kNotFound));
}

TEST_F(DockerArchiveTest, TakesCompressedLayersAsTheyAreStored) {
  const std::string gzip = Gzip(lower_);
  const std::string zstd = Zstd(upper_);
  auto manifest = ManifestOf(Archive(
      "\"blobs/sha256/g\",\"blobs/sha256/z\"",
      TarBuilder().File("blobs/sha256/g", gzip).File("blobs/sha256/z", zstd)));
  ASSERT_THAT(manifest, IsOk());
  EXPECT_EQ(manifest->layers[0].digest, Digest::Sha256(gzip));
  EXPECT_EQ(ParseLayerType(manifest->layers[0].media_type).compression,
            Compression::kGzip);
  EXPECT_EQ(ParseLayerType(manifest->layers[1].media_type).compression,
            Compression::kZstd);
}

TEST_F(DockerArchiveTest, FollowsTheLinksOfOlderArchives) {
  auto manifest = ManifestOf(
      Archive("\"one/layer.tar\",\"two/layer.tar\",\"one/layer.tar\"",
              TarBuilder()
                  .File("one/layer.tar", lower_)
                  .Symlink("two/layer.tar", "../one/layer.tar")));
  ASSERT_THAT(manifest, IsOk());
  ASSERT_EQ(manifest->layers.size(), 3u);
  for (const Descriptor& layer : manifest->layers) {
    EXPECT_EQ(layer.digest, Digest::Sha256(lower_));
  }
}

TEST_F(DockerArchiveTest, ChoosesAnImageByAnySpellingOfItsName) {
  const StoredImage other = BuildStoredImage({upper_});
  const std::string bytes =
      DockerArchiveOf({{"debian:12", image_}, {"other:latest", other}});
  for (const char* name :
       {"debian:12", "docker.io/library/debian:12", "library/debian:12"}) {
    auto archive = Open(bytes, name);
    ASSERT_THAT(archive, IsOk()) << name;
    EXPECT_THAT(HeadBlob(**archive, Digest::Sha256(lower_)), IsOk());
  }
  auto archive = Open(bytes, "other");
  ASSERT_THAT(archive, IsOk());
  EXPECT_THAT(HeadBlob(**archive, Digest::Sha256(lower_)),
              StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(Open(bytes),
              StatusIs(StatusCode::kNotFound,
                       HasSubstr("2 images; name one: debian:12, other")));
  EXPECT_THAT(Open(bytes, "debian:11"),
              StatusIs(StatusCode::kNotFound, HasSubstr("debian:12")));
}

TEST_F(DockerArchiveTest, RefusesWhatIsNoArchiveOfImages) {
  const auto list = [](absl::string_view text) {
    return TarBuilder().File("manifest.json", text).Build();
  };
  const std::string listed = DockerArchiveOf({{"app:v1", image_}});
  const struct {
    StatusCode code;
    const char* message;
    std::string bytes;
  } kCases[] = {
      {StatusCode::kNotFound, "manifest.json", TarBuilder().Build()},
      {StatusCode::kInvalidArgument, "compressed", Gzip(listed)},
      {StatusCode::kInvalidArgument, "ends early", listed.substr(0, 2000)},
      {StatusCode::kInvalidArgument, "array", list("{}")},
      {StatusCode::kInvalidArgument, "manifest.json", list("[1]")},
      {StatusCode::kInvalidArgument, "Config", list("[{\"Layers\":[]}]")},
      {StatusCode::kInvalidArgument, "Layers",
       list("[{\"Config\":\"c\",\"Layers\":[1]}]")},
      {StatusCode::kInvalidArgument, "config",
       list("[{\"Config\":\"c\",\"config\":\"d\"}]")},
      {StatusCode::kInvalidArgument, "within the archive",
       list("[{\"Config\":\"../c\"}]")},
      {StatusCode::kNotFound, "0 images", list("[]")},
      {StatusCode::kNotFound, "config", list("[{\"Config\":\"absent\"}]")},
      {StatusCode::kNotFound, "layer 0", Archive("\"absent\"", TarBuilder())},
      {StatusCode::kInvalidArgument, "checksum", std::string(2048, 'x')},
  };
  for (const auto& row : kCases) {
    EXPECT_THAT(Open(row.bytes).status(),
                StatusIs(row.code, HasSubstr(row.message)));
  }
}

}  // namespace
}  // namespace plimsoll

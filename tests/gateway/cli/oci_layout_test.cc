#include "gateway/cli/oci_layout.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/gateway/cli/read_all.h"
#include "tests/support/compression.h"
#include "tests/support/status_matchers.h"
#include "tests/support/stored_image.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

StoredImage Image(uint32_t seed) {
  return BuildStoredImage({TarBuilder().File("a", Noise(3000, seed)).Build(),
                           TarBuilder().File("b", "b").Build()});
}

std::string BlobName(const Digest& digest) {
  return absl::StrCat("blobs/sha256/", digest.hex());
}

class OciLayoutTest : public testing::Test {
 protected:
  std::shared_ptr<OciLayout> Open(const std::vector<TaggedImage>& images) {
    WriteLayout(scratch_, images);
    auto layout = OciLayout::Open(scratch_.path());
    EXPECT_THAT(layout, IsOk());
    return *layout;
  }
  const StoredImage first_ = Image(1);
  const StoredImage second_ = Image(2);
  ScratchDir scratch_;
};

TEST_F(OciLayoutTest, GivesManifestsByTagAndByDigest) {
  auto layout = Open({{"v1", first_}, {"v2", second_}});
  for (const std::string& reference :
       {std::string("v2"), second_.digest().ToString()}) {
    auto manifest = FetchManifest(*layout, reference);
    ASSERT_THAT(manifest, IsOk());
    EXPECT_EQ(manifest->bytes, second_.manifest);
    EXPECT_EQ(manifest->digest, second_.digest());
    EXPECT_EQ(manifest->media_type, kOciManifestType);
  }
}

TEST_F(OciLayoutTest, ResolvesATagOrTheOnlyImage) {
  auto both = Open({{"v1", first_}, {"v2", second_}});
  EXPECT_EQ(*both->Resolve("v1"), first_.digest());
  EXPECT_THAT(both->Resolve(""),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("v1, v2")));
  EXPECT_THAT(both->Resolve("v3"),
              StatusIs(StatusCode::kNotFound, HasSubstr("v1, v2")));
  auto one = Open({{"", first_}});
  EXPECT_EQ(*one->Resolve(""), first_.digest());
  auto none = Open({});
  EXPECT_THAT(none->Resolve(""), StatusIs(StatusCode::kNotFound));
}

TEST_F(OciLayoutTest, RefusesATagOfTwoImages) {
  auto layout = Open({{"v1", first_}, {"v1", second_}});
  EXPECT_THAT(layout->Resolve("v1"), StatusIs(StatusCode::kInvalidArgument));
  auto same = Open({{"v1", first_}, {"v1", first_}});
  EXPECT_THAT(same->Resolve("v1"), IsOk());
}

TEST_F(OciLayoutTest, ReadsBlobsWholeInPartAndAsAStream) {
  auto layout = Open({{"v1", first_}});
  const std::string& bytes = first_.layers[0];
  const Digest digest = Digest::Sha256(bytes);
  EXPECT_EQ(*FetchBlob(*layout, digest), bytes);
  EXPECT_EQ(*FetchBlobStart(*layout, digest, 5), bytes.substr(0, 5));
  EXPECT_EQ(*FetchBlobStart(*layout, digest, 1 << 20), bytes);
  EXPECT_EQ(*StreamBlob(*layout, digest), bytes);
  EXPECT_THAT(HeadBlob(*layout, digest), IsOk());
  EXPECT_THAT(FetchBlob(*layout, digest, bytes.size() - 1),
              StatusIs(StatusCode::kResourceExhausted));
}

TEST_F(OciLayoutTest, StreamsLargeBlobsInPieces) {
  const std::string large = Noise(2 * kDiskPieceBytes + 17, 1);
  auto layout = Open({});
  const Digest digest = Digest::Sha256(large);
  scratch_.Write(BlobName(digest), large);
  EXPECT_EQ(*StreamBlob(*layout, digest), large);
}

TEST_F(OciLayoutTest, SaysWhatIsNotThere) {
  auto layout = Open({{"v1", first_}});
  const Digest absent = Digest::Sha256("absent");
  EXPECT_THAT(HeadBlob(*layout, absent), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(FetchBlob(*layout, absent), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(StreamBlob(*layout, absent), StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(FetchManifest(*layout, absent.ToString()),
              StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(FetchManifest(*layout, "v9"), StatusIs(StatusCode::kNotFound));
}

TEST_F(OciLayoutTest, RefusesBytesThatDoNotMatchTheirDigest) {
  auto layout = Open({{"v1", first_}});
  const Digest config = Digest::Sha256(first_.config);
  scratch_.Write(BlobName(config), "{}");
  EXPECT_THAT(FetchBlob(*layout, config), StatusIs(StatusCode::kDataLoss));
  scratch_.Write(BlobName(first_.digest()), first_.manifest + " ");
  EXPECT_THAT(FetchManifest(*layout, "v1"), StatusIs(StatusCode::kDataLoss));
}

TEST_F(OciLayoutTest, TellsAChildsTypeByItsBytes) {
  auto layout = Open({});
  const struct {
    std::string bytes;
    absl::string_view type;
  } kCases[] = {
      {"{\"mediaType\":\"a/b\",\"manifests\":[]}", "a/b"},
      {"{\"manifests\":[]}", kOciIndexType},
      {"{\"layers\":[]}", kOciManifestType},
  };
  for (const auto& row : kCases) {
    const Digest digest = Digest::Sha256(row.bytes);
    scratch_.Write(BlobName(digest), row.bytes);
    auto manifest = FetchManifest(*layout, digest.ToString());
    ASSERT_THAT(manifest, IsOk());
    EXPECT_EQ(manifest->media_type, row.type);
  }
}

TEST_F(OciLayoutTest, RefusesWhatIsNoLayout) {
  const std::string index = "{\"schemaVersion\":2,\"manifests\":[]}";
  const std::string version = "{\"imageLayoutVersion\":\"1.0.0\"}";
  const std::string entry =
      "{\"mediaType\":\"a/b\",\"size\":1,\"digest\":\"sha256:../../x\"}";
  const struct {
    std::string version;
    std::string index;
  } kCases[] = {
      {"{\"imageLayoutVersion\":\"2.0.0\"}", index},
      {"{}", index},
      {"", index},
      {version, ""},
      {version, "[]"},
      {version, "{\"manifests\":{}}"},
      {version, "{\"manifests\":[],\"Manifests\":[]}"},
      {version, "{\"manifests\":[],\"manifests\":[]}"},
      {version, "{\"manifests\":[{}]}"},
      {version, absl::StrCat("{\"manifests\":[", entry, "]}")},
  };
  for (const auto& row : kCases) {
    scratch_.Write("oci-layout", row.version);
    scratch_.Write("index.json", row.index);
    EXPECT_THAT(OciLayout::Open(scratch_.path()).status(),
                StatusIs(StatusCode::kInvalidArgument))
        << row.version << row.index;
  }
  scratch_.Write("index.json", std::string((4 << 20) + 1, ' '));
  EXPECT_THAT(OciLayout::Open(scratch_.path()).status(),
              StatusIs(StatusCode::kResourceExhausted));
  EXPECT_THAT(OciLayout::Open(scratch_.Path("absent")).status(),
              StatusIs(StatusCode::kNotFound));
}

TEST_F(OciLayoutTest, DoesNotWaitForAFifo) {
  auto layout = Open({{"v1", first_}});
  const Digest digest = Digest::Sha256("fifo");
  ASSERT_EQ(mkfifo(scratch_.Path(BlobName(digest)).c_str(), 0600), 0);
  EXPECT_THAT(FetchBlob(*layout, digest),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("not a file")));
}

TEST_F(OciLayoutTest, FollowsBlobsThatAreSymbolicLinks) {
  auto layout = Open({});
  const Digest digest = Digest::Sha256("linked");
  std::filesystem::create_directories(scratch_.Path("blobs/sha256"));
  std::filesystem::create_symlink(scratch_.Write("elsewhere", "linked"),
                                  scratch_.Path(BlobName(digest)));
  EXPECT_EQ(*FetchBlob(*layout, digest), "linked");
}

}  // namespace
}  // namespace plimsoll

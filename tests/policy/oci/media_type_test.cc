#include "policy/oci/media_type.h"

#include <gtest/gtest.h>

#include <string>

namespace plimsoll {
namespace {

TEST(ParseManifestKind, KnowsTheFourTypesAndSchema1) {
  for (const ManifestKind kind :
       {ManifestKind::kOciManifest, ManifestKind::kOciIndex,
        ManifestKind::kDockerManifest, ManifestKind::kDockerList}) {
    EXPECT_EQ(ParseManifestKind(MediaTypeOf(kind)), kind);
  }
  EXPECT_EQ(
      ParseManifestKind("application/vnd.docker.distribution.manifest.v1+json"),
      ManifestKind::kDockerSchema1);
  EXPECT_EQ(ParseManifestKind(
                "application/vnd.docker.distribution.manifest.v1+prettyjws"),
            ManifestKind::kDockerSchema1);
  EXPECT_EQ(MediaTypeOf(ManifestKind::kDockerSchema1), "");
  EXPECT_EQ(MediaTypeOf(ManifestKind::kUnknown), "");
}

TEST(ParseManifestKind, TakesNoOtherSpelling) {
  const std::string oci(kOciManifestType);
  for (const std::string& type :
       {std::string(), oci + " ", " " + oci, oci + ";", oci + "; charset=utf-8",
        oci + "," + oci,
        std::string("Application/vnd.oci.image.manifest.v1+json"),
        std::string("application/vnd.oci.image.manifest.v1+JSON"),
        std::string("application/vnd.oci.image.manifest.v2+json"),
        std::string("application/vnd.oci.artifact.manifest.v1+json"),
        std::string("application/json"), std::string("*/*"),
        oci + std::string(1, '\0')}) {
    EXPECT_EQ(ParseManifestKind(type), ManifestKind::kUnknown) << type;
  }
}

TEST(IsIndex, IsTrueOfIndexesAndLists) {
  EXPECT_TRUE(IsIndex(ManifestKind::kOciIndex));
  EXPECT_TRUE(IsIndex(ManifestKind::kDockerList));
  EXPECT_FALSE(IsIndex(ManifestKind::kOciManifest));
  EXPECT_FALSE(IsIndex(ManifestKind::kDockerManifest));
  EXPECT_FALSE(IsIndex(ManifestKind::kUnknown));
}

TEST(IsImageConfigType, IsTrueOfTheTwoTypesOnly) {
  EXPECT_TRUE(IsImageConfigType(kOciConfigType));
  EXPECT_TRUE(IsImageConfigType(kDockerConfigType));
  EXPECT_FALSE(IsImageConfigType(kOciEmptyType));
  EXPECT_FALSE(IsImageConfigType(""));
}

TEST(ParseLayerType, ReadsCompressionAndDistribution) {
  struct Case {
    absl::string_view type;
    Compression compression;
    bool nondistributable;
  };
  const Case cases[] = {
      {"application/vnd.oci.image.layer.v1.tar", Compression::kNone, false},
      {"application/vnd.oci.image.layer.v1.tar+gzip", Compression::kGzip,
       false},
      {"application/vnd.oci.image.layer.v1.tar+zstd", Compression::kZstd,
       false},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar",
       Compression::kNone, true},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
       Compression::kGzip, true},
      {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
       Compression::kZstd, true},
      {"application/vnd.docker.image.rootfs.diff.tar", Compression::kNone,
       false},
      {"application/vnd.docker.image.rootfs.diff.tar.gzip", Compression::kGzip,
       false},
      {"application/vnd.docker.image.rootfs.diff.tar.zstd", Compression::kZstd,
       false},
      {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
       Compression::kGzip, true},
  };
  for (const Case& c : cases) {
    const LayerType type = ParseLayerType(c.type);
    EXPECT_TRUE(type.is_tar) << c.type;
    EXPECT_EQ(type.compression, c.compression) << c.type;
    EXPECT_EQ(type.nondistributable, c.nondistributable) << c.type;
  }
}

TEST(ParseLayerType, TakesNothingElseForAFilesystem) {
  for (const absl::string_view type :
       {"", "application/vnd.in-toto+json", "application/octet-stream",
        "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        "application/vnd.oci.image.layer.v1.tar+lz4",
        "application/vnd.oci.image.layer.v1.tar ",
        "application/vnd.oci.image.layer.v2.tar",
        "Application/vnd.oci.image.layer.v1.tar",
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip"}) {
    const LayerType layer = ParseLayerType(type);
    EXPECT_FALSE(layer.is_tar) << type;
    EXPECT_FALSE(layer.nondistributable) << type;
    EXPECT_EQ(layer.compression, Compression::kNone) << type;
  }
}

TEST(IsLayerType, IsTrueOfTheFamiliesWhateverTheSuffix) {
  for (const absl::string_view type :
       {"application/vnd.oci.image.layer.v1.tar",
        "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        "application/vnd.oci.image.layer.v2.erofs",
        "application/vnd.docker.image.rootfs.diff.tar.gzip",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}) {
    EXPECT_TRUE(IsLayerType(type)) << type;
  }
  for (const absl::string_view type :
       {"", "application/vnd.oci.image.config.v1+json",
        "application/vnd.in-toto+json", "application/wasm",
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        "x/application/vnd.oci.image.layer.v1.tar"}) {
    EXPECT_FALSE(IsLayerType(type)) << type;
  }
}

TEST(CompressionName, NamesAll) {
  EXPECT_EQ(CompressionName(Compression::kNone), "none");
  EXPECT_EQ(CompressionName(Compression::kGzip), "gzip");
  EXPECT_EQ(CompressionName(Compression::kZstd), "zstd");
}

}  // namespace
}  // namespace plimsoll

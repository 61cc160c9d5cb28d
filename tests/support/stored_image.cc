#include "tests/support/stored_image.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/compression.h"
#include "tests/support/tar_builder.h"

namespace plimsoll {
namespace {

std::string Quoted(const Digest& digest) {
  return absl::StrCat("\"", digest.ToString(), "\"");
}

std::string Describe(absl::string_view media_type, absl::string_view bytes,
                     absl::string_view more = "") {
  return absl::StrCat("{\"mediaType\":\"", media_type,
                      "\",\"digest\":", Quoted(Digest::Sha256(bytes)),
                      ",\"size\":", bytes.size(), more, "}");
}

std::string ConfigOf(const std::vector<std::string>& tars) {
  std::vector<std::string> diff_ids;
  for (const std::string& tar : tars) {
    diff_ids.push_back(Quoted(Digest::Sha256(tar)));
  }
  return absl::StrCat(
      "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},",
      "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[",
      absl::StrJoin(diff_ids, ","), "]}}");
}

std::string Compress(const std::string& tar, Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return Gzip(tar);
    case Compression::kZstd:
      return Zstd(tar);
    default:
      return tar;
  }
}

std::string LayerMediaType(Compression compression) {
  absl::string_view suffix = compression == Compression::kGzip   ? "+gzip"
                             : compression == Compression::kZstd ? "+zstd"
                                                                 : "";
  return absl::StrCat("application/vnd.oci.image.layer.v1.tar", suffix);
}

void WriteBlob(const ScratchDir& directory, const std::string& bytes) {
  directory.Write(absl::StrCat("blobs/sha256/", Digest::Sha256(bytes).hex()),
                  bytes);
}

std::string HexName(absl::string_view bytes, absl::string_view suffix) {
  return absl::StrCat(Digest::Sha256(bytes).hex(), suffix);
}

}  // namespace

StoredImage BuildStoredImage(std::vector<std::string> tars,
                             Compression compression) {
  StoredImage image;
  image.config = ConfigOf(tars);
  std::vector<std::string> described;
  for (const std::string& tar : tars) {
    image.layers.push_back(Compress(tar, compression));
    described.push_back(
        Describe(LayerMediaType(compression), image.layers.back()));
  }
  image.manifest =
      absl::StrCat("{\"schemaVersion\":2,\"mediaType\":\"", kOciManifestType,
                   "\",\"config\":", Describe(kOciConfigType, image.config),
                   ",\"layers\":[", absl::StrJoin(described, ","), "]}");
  image.tars = std::move(tars);
  return image;
}

void PutImage(FakeRegistry& registry, absl::string_view repository,
              absl::string_view tag, const StoredImage& image) {
  for (const std::string& layer : image.layers) {
    registry.PutBlob(repository, layer);
  }
  registry.PutBlob(repository, image.config);
  registry.PutManifest(repository, image.manifest, kOciManifestType, tag);
}

void WriteLayout(const ScratchDir& directory,
                 const std::vector<TaggedImage>& images) {
  std::vector<std::string> entries;
  for (const auto& [tag, image] : images) {
    for (const std::string& layer : image.layers) WriteBlob(directory, layer);
    WriteBlob(directory, image.config);
    WriteBlob(directory, image.manifest);
    const std::string name = absl::StrCat(
        ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"", tag,
        "\"}");
    entries.push_back(
        Describe(kOciManifestType, image.manifest, tag.empty() ? "" : name));
  }
  directory.Write("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
  directory.Write("index.json",
                  absl::StrCat("{\"schemaVersion\":2,\"manifests\":[",
                               absl::StrJoin(entries, ","), "]}"));
}

std::string DockerArchiveOf(const std::vector<TaggedImage>& images) {
  TarBuilder tar;
  std::set<std::string> written;
  const auto file = [&](const std::string& name, const std::string& bytes) {
    if (written.insert(name).second) tar.File(name, bytes);
  };
  std::vector<std::string> listed;
  for (const auto& [name, image] : images) {
    std::vector<std::string> layers;
    for (const std::string& layer : image.tars) {
      layers.push_back(HexName(layer, ".tar"));
      file(layers.back(), layer);
    }
    file(HexName(image.config, ".json"), image.config);
    listed.push_back(absl::StrCat(
        "{\"Config\":\"", HexName(image.config, ".json"), "\",\"RepoTags\":",
        name.empty() ? "null" : absl::StrCat("[\"", name, "\"]"),
        ",\"Layers\":[\"", absl::StrJoin(layers, "\",\""), "\"]}"));
  }
  tar.File("manifest.json", absl::StrCat("[", absl::StrJoin(listed, ","), "]"));
  return tar.Build();
}

}  // namespace plimsoll

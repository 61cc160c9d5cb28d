#include "gateway/cli/docker_archive.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/cli/tar_index.h"
#include "policy/oci/image_config.h"
#include "policy/oci/json.h"
#include "policy/oci/manifest.h"
#include "policy/oci/media_type.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kLayerType =
    "application/vnd.docker.image.rootfs.diff.tar";
constexpr size_t kMaxListBytes = 4 << 20;
constexpr size_t kMaxImages = 1024;

// One image as manifest.json lists it: names of files in the archive.
struct ListedImage {
  std::string config;
  std::vector<std::string> names;
  std::vector<std::string> layers;
};

StatusOr<ListedImage> ReadListedImage(const JsonValue& value) {
  constexpr absl::string_view kKnown[] = {"Config", "RepoTags", "Layers",
                                          "Parent", "LayerSources"};
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(value, kKnown));
  ListedImage image;
  ASSIGN_OR_RETURN(image.config, fields.RequiredString("Config"));
  ASSIGN_OR_RETURN(image.names, fields.Strings("RepoTags"));
  ASSIGN_OR_RETURN(image.layers, fields.Strings("Layers"));
  if (image.layers.size() > kMaxLayers) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kMaxLayers, " layers"));
  }
  return image;
}

StatusOr<std::vector<ListedImage>> ReadList(const TarIndex& index) {
  ASSIGN_OR_RETURN(FileRange file, index.Find("manifest.json"));
  ASSIGN_OR_RETURN(std::string bytes, file.ReadAll(kMaxListBytes));
  ASSIGN_OR_RETURN(JsonValue value, ParseJson(bytes));
  const JsonArray* list = value.AsArray();
  if (list == nullptr) return absl::InvalidArgumentError("must be an array");
  if (list->size() > kMaxImages) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kMaxImages, " images"));
  }
  std::vector<ListedImage> images;
  for (const JsonValue& item : *list) {
    ASSIGN_OR_RETURN(ListedImage image, ReadListedImage(item),
                     absl::StrCat("[", images.size(), "]"));
    images.push_back(std::move(image));
  }
  return images;
}

bool NamesTheSame(absl::string_view a, absl::string_view b) {
  if (a == b) return true;
  StatusOr<Reference> first = Reference::Parse(a);
  StatusOr<Reference> second = Reference::Parse(b);
  return first.ok() && second.ok() && *first == *second;
}

Status NoSuchImage(const std::vector<ListedImage>& images,
                   absl::string_view reference) {
  std::vector<std::string> names;
  for (const ListedImage& image : images) {
    names.insert(names.end(), image.names.begin(), image.names.end());
  }
  const std::string asked =
      reference.empty() ? absl::StrCat(images.size(), " images; name one")
                        : absl::StrCat("no image is called `", reference, "`");
  return absl::NotFoundError(
      absl::StrCat(asked, ": ", absl::StrJoin(names, ", ")));
}

StatusOr<ListedImage> Choose(const std::vector<ListedImage>& images,
                             absl::string_view reference) {
  if (reference.empty() && images.size() == 1) return images.front();
  for (const ListedImage& image : images) {
    const bool is_named = absl::c_any_of(image.names, [&](const auto& name) {
      return NamesTheSame(name, reference);
    });
    if (!reference.empty() && is_named) return image;
  }
  return NoSuchImage(images, reference);
}

StatusOr<std::string> LayerTypeOf(const FileRange& layer) {
  ASSIGN_OR_RETURN(std::string head, layer.Read(0, 4));
  if (absl::StartsWith(head, "\x1f\x8b")) {
    return absl::StrCat(kLayerType, ".gzip");
  }
  if (head == "\x28\xb5\x2f\xfd") return absl::StrCat(kLayerType, ".zstd");
  return std::string(kLayerType);
}

// Writes the manifest and finds the blobs of one image.
class Assembly {
 public:
  explicit Assembly(const TarIndex& index) : index_(index) {}

  StatusOr<std::string> Manifest(const ListedImage& image) {
    ASSIGN_OR_RETURN(FileRange config, index_.Find(image.config), "config");
    if (config.size() > static_cast<int64_t>(kMaxConfigBytes)) {
      return absl::ResourceExhaustedError("the config is over 4 MiB");
    }
    ASSIGN_OR_RETURN(std::string described,
                     Describe(image.config, kDockerConfigType));
    std::vector<std::string> layers;
    for (const std::string& name : image.layers) {
      const std::string place = absl::StrCat("layer ", layers.size());
      ASSIGN_OR_RETURN(FileRange layer, index_.Find(name), place);
      ASSIGN_OR_RETURN(std::string type, LayerTypeOf(layer), place);
      ASSIGN_OR_RETURN(std::string descriptor, Describe(name, type), place);
      layers.push_back(std::move(descriptor));
    }
    return absl::StrCat("{\"schemaVersion\":2,\"mediaType\":\"",
                        kDockerManifestType, "\",\"config\":", described,
                        ",\"layers\":[", absl::StrJoin(layers, ","), "]}");
  }

  absl::flat_hash_map<Digest, FileRange> TakeBlobs() {
    return std::move(blobs_);
  }

 private:
  // The descriptor of the file called `name`, which becomes a blob. An image
  // may name one file for many empty layers: it is hashed once.
  StatusOr<std::string> Describe(const std::string& name,
                                 absl::string_view media_type) {
    auto known = descriptors_.find(name);
    if (known != descriptors_.end()) return known->second;
    ASSIGN_OR_RETURN(FileRange file, index_.Find(name));
    ASSIGN_OR_RETURN(Digest digest, file.Hash(Digest::Algorithm::kSha256));
    std::string descriptor = absl::StrCat(
        "{\"mediaType\":\"", media_type, "\",\"size\":", file.size(),
        ",\"digest\":\"", digest.ToString(), "\"}");
    blobs_.emplace(std::move(digest), std::move(file));
    descriptors_.emplace(name, descriptor);
    return descriptor;
  }

  const TarIndex& index_;
  absl::flat_hash_map<std::string, std::string> descriptors_;  // by name
  absl::flat_hash_map<Digest, FileRange> blobs_;
};

Status CheckMagic(const FileRange& archive) {
  const StatusOr<std::string> head = archive.Read(0, 2);
  RETURN_IF_ERROR(head.status());
  if (!absl::StartsWith(*head, "\x1f\x8b")) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the archive is compressed; decompress it with gunzip first");
}

}  // namespace

StatusOr<std::shared_ptr<DockerArchive>> DockerArchive::Open(
    const std::string& path, absl::string_view reference) {
  ASSIGN_OR_RETURN(FileRange archive, FileRange::Open(path));
  RETURN_IF_ERROR(CheckMagic(archive), path);
  ASSIGN_OR_RETURN(TarIndex index, TarIndex::Read(std::move(archive)), path);
  ASSIGN_OR_RETURN(std::vector<ListedImage> images, ReadList(index),
                   absl::StrCat(path, ": manifest.json"));
  ASSIGN_OR_RETURN(ListedImage image, Choose(images, reference), path);
  Assembly assembly(index);
  ASSIGN_OR_RETURN(std::string bytes, assembly.Manifest(image), path);
  Digest digest = Digest::Sha256(bytes);
  FetchedManifest manifest{std::move(bytes), std::string(kDockerManifestType),
                           std::move(digest)};
  return std::shared_ptr<DockerArchive>(new DockerArchive(
      std::move(manifest), std::move(image.names), assembly.TakeBlobs()));
}

StatusOr<FetchedManifest> DockerArchive::FindManifest(
    const std::string& reference) const {
  if (reference == digest().ToString()) return manifest_;
  return absl::NotFoundError(
      absl::StrCat("manifest `", reference, "` is not in the archive"));
}

StatusOr<FileRange> DockerArchive::FindBlob(const Digest& digest) const {
  auto found = blobs_.find(digest);
  if (found != blobs_.end()) return found->second;
  return absl::NotFoundError(
      absl::StrCat("blob ", digest.Short(), " is not in the archive"));
}

}  // namespace plimsoll

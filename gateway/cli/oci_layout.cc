#include "gateway/cli/oci_layout.h"

#include "absl/strings/str_cat.h"
#include "policy/oci/manifest.h"
#include "policy/oci/media_type.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kVersion = "1.0.0";
constexpr absl::string_view kTagAnnotation =
    "org.opencontainers.image.ref.name";
constexpr size_t kMaxEntries = 4096;
constexpr size_t kMaxVersionFileBytes = 4096;

StatusOr<JsonValue> ReadJson(const std::string& path, size_t max_bytes) {
  ASSIGN_OR_RETURN(FileRange file, FileRange::Open(path));
  ASSIGN_OR_RETURN(std::string bytes, file.ReadAll(max_bytes), path);
  ASSIGN_OR_RETURN(JsonValue value, ParseJson(bytes), path);
  return value;
}

Status CheckVersion(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/oci-layout");
  ASSIGN_OR_RETURN(JsonValue value, ReadJson(path, kMaxVersionFileBytes));
  constexpr absl::string_view kKnown[] = {"imageLayoutVersion"};
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(value, kKnown), path);
  ASSIGN_OR_RETURN(std::string version,
                   fields.RequiredString("imageLayoutVersion"), path);
  if (version == kVersion) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": unknown layout version `", version, "`"));
}

// What a manifest says it is; one that says nothing is told by its members, as
// the image-spec tells an index from a manifest.
StatusOr<std::string> MediaTypeIn(absl::string_view bytes) {
  ASSIGN_OR_RETURN(JsonValue value, ParseJson(bytes));
  constexpr absl::string_view kKnown[] = {"mediaType", "manifests"};
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(value, kKnown));
  ASSIGN_OR_RETURN(std::string media_type, fields.String("mediaType"));
  if (!media_type.empty()) return media_type;
  return std::string(fields.Has("manifests") ? kOciIndexType
                                             : kOciManifestType);
}

}  // namespace

StatusOr<std::shared_ptr<OciLayout>> OciLayout::Open(std::string directory) {
  RETURN_IF_ERROR(CheckVersion(directory));
  ASSIGN_OR_RETURN(std::vector<Entry> entries, ReadIndex(directory));
  return std::shared_ptr<OciLayout>(
      new OciLayout(std::move(directory), std::move(entries)));
}

StatusOr<std::vector<OciLayout::Entry>> OciLayout::ReadIndex(
    const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/index.json");
  ASSIGN_OR_RETURN(JsonValue value, ReadJson(path, kMaxManifestBytes));
  constexpr absl::string_view kKnown[] = {"schemaVersion", "mediaType",
                                          "manifests", "annotations"};
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(value, kKnown), path);
  ASSIGN_OR_RETURN(const JsonArray* list, fields.Array("manifests"), path);
  std::vector<Entry> entries;
  if (list == nullptr) return entries;
  if (list->size() > kMaxEntries) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, ": more than ", kMaxEntries, " manifests"));
  }
  for (const JsonValue& item : *list) {
    const std::string place =
        absl::StrCat(path, ": manifests[", entries.size(), "]");
    ASSIGN_OR_RETURN(Entry entry, ReadEntry(item), place);
    entries.push_back(std::move(entry));
  }
  return entries;
}

StatusOr<OciLayout::Entry> OciLayout::ReadEntry(const JsonValue& value) {
  constexpr absl::string_view kKnown[] = {"mediaType",   "digest",      "size",
                                          "annotations", "platform",    "urls",
                                          "data",        "artifactType"};
  ASSIGN_OR_RETURN(JsonFields fields, JsonFields::New(value, kKnown));
  ASSIGN_OR_RETURN(std::string media_type, fields.RequiredString("mediaType"));
  ASSIGN_OR_RETURN(std::string text, fields.RequiredString("digest"));
  ASSIGN_OR_RETURN(Digest digest, Digest::Parse(text), "digest");
  ASSIGN_OR_RETURN(int64_t size, fields.RequiredInteger("size"));
  ASSIGN_OR_RETURN(StringPairs annotations, fields.StringMap("annotations"));
  const std::string* tag = FindPair(annotations, kTagAnnotation);
  return Entry{std::move(media_type), std::move(digest), size,
               tag == nullptr ? "" : *tag};
}

std::string OciLayout::TagList() const {
  constexpr size_t kShown = 10;
  std::string list;
  for (size_t i = 0; i < entries_.size() && i < kShown; ++i) {
    const Entry& entry = entries_[i];
    absl::StrAppend(&list, list.empty() ? "" : ", ",
                    entry.tag.empty() ? entry.digest.Short() : entry.tag);
  }
  return entries_.size() > kShown ? absl::StrCat(list, ", ...") : list;
}

StatusOr<Digest> OciLayout::Resolve(absl::string_view tag) const {
  const Entry* found = nullptr;
  for (const Entry& entry : entries_) {
    if (!tag.empty() && entry.tag != tag) continue;
    if (found != nullptr && found->digest != entry.digest) {
      return absl::InvalidArgumentError(
          absl::StrCat(directory_, ": more than one image ",
                       tag.empty() ? "is there; name a tag" : "has that tag",
                       ": ", TagList()));
    }
    found = &entry;
  }
  if (found != nullptr) return found->digest;
  return absl::NotFoundError(absl::StrCat(
      directory_, ": no image", tag.empty() ? "" : " is called `", tag,
      tag.empty() ? "" : absl::StrCat("`; there are: ", TagList())));
}

StatusOr<FetchedManifest> OciLayout::FindManifest(
    const std::string& reference) const {
  StatusOr<Digest> digest = Digest::Parse(reference);
  if (!digest.ok()) digest = Resolve(reference);
  RETURN_IF_ERROR(digest.status());
  const std::string place = absl::StrCat("manifest ", digest->Short());
  ASSIGN_OR_RETURN(FileRange file, FindBlob(*digest), place);
  ASSIGN_OR_RETURN(std::string bytes, file.ReadAll(kMaxManifestBytes), place);
  if (Digest::Compute(digest->algorithm(), bytes) != *digest) {
    return absl::DataLossError(
        absl::StrCat(place, ": bytes do not match the digest"));
  }
  for (const Entry& entry : entries_) {
    if (entry.digest != *digest) continue;
    if (entry.size != file.size()) {
      return absl::DataLossError(absl::StrCat(
          place, ": ", file.size(), " bytes, not the ", entry.size, " stated"));
    }
    return FetchedManifest{std::move(bytes), entry.media_type, *digest};
  }
  ASSIGN_OR_RETURN(std::string media_type, MediaTypeIn(bytes), place);
  return FetchedManifest{std::move(bytes), std::move(media_type), *digest};
}

StatusOr<FileRange> OciLayout::FindBlob(const Digest& digest) const {
  absl::string_view algorithm(digest.ToString());
  algorithm = algorithm.substr(0, algorithm.find(':'));
  return FileRange::Open(
      absl::StrCat(directory_, "/blobs/", algorithm, "/", digest.hex()));
}

}  // namespace plimsoll

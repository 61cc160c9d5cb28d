#include "policy/rules/manifest_format.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "policy/oci/media_type.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr std::array<absl::string_view, 8> kUnusual = {
    kUnusualSha512,      kUnusualNondistributable, kUnusualUrls,
    kUnusualLayerType,   kUnusualConfigType,       kUnusualRepeatedChild,
    kUnusualSparseIndex, kUnusualNoLayers};
constexpr size_t kShown = 3;

void NoteDescriptor(const Descriptor& descriptor, const std::string& where,
                    std::vector<std::string>& found) {
  if (descriptor.digest.algorithm() == Digest::Algorithm::kSha512) {
    found.push_back(absl::StrCat(kUnusualSha512, ": ", where));
  }
  if (!descriptor.urls.empty()) {
    found.push_back(absl::StrCat(kUnusualUrls, ": ", where));
  }
}

void NoteLayer(const Descriptor& layer, const std::string& where,
               std::vector<std::string>& found) {
  NoteDescriptor(layer, where, found);
  const LayerType type = ParseLayerType(layer.media_type);
  if (type.nondistributable) {
    found.push_back(absl::StrCat(kUnusualNondistributable, ": ", where));
  }
  if (!type.is_tar) {
    found.push_back(absl::StrCat(kUnusualLayerType, ": ", where, " is ",
                                 Quoted(layer.media_type)));
  }
}

void NoteImage(const ImageManifest& manifest, std::vector<std::string>& found) {
  NoteDescriptor(manifest.config, "config", found);
  if (!IsImageConfigType(manifest.config.media_type)) {
    found.push_back(absl::StrCat(kUnusualConfigType, ": ",
                                 Quoted(manifest.config.media_type)));
  }
  for (size_t i = 0; i < manifest.layers.size(); ++i) {
    NoteLayer(manifest.layers[i], absl::StrCat("layers[", i, "]"), found);
  }
}

void NoteIndex(const ImageIndex& index, std::vector<std::string>& found) {
  for (size_t i = 0; i < index.manifests.size(); ++i) {
    NoteDescriptor(index.manifests[i], absl::StrCat("manifests[", i, "]"),
                   found);
  }
}

absl::string_view NameOf(absl::string_view unusual) {
  return unusual.substr(0, unusual.find(':'));
}

// All that is unusual in the subject and not allowed, each once.
std::vector<std::string> NotAllowed(const ManifestFormat& params,
                                    const Evidence& evidence) {
  std::vector<std::string> all = evidence.unusual;
  for (const ImageEvidence& image : evidence.images) {
    NoteImage(image.manifest, all);
    if (image.manifest.layers.empty()) {
      all.push_back(
          absl::StrCat(kUnusualNoLayers, ": the image has no layers"));
    }
  }
  std::vector<std::string> kept;
  absl::flat_hash_set<std::string> seen;
  for (std::string& one : all) {
    const bool allowed =
        std::count(params.allow.begin(), params.allow.end(), NameOf(one)) > 0;
    if (allowed || !seen.insert(one).second) continue;
    kept.push_back(std::move(one));
  }
  return kept;
}

std::string HintFor(absl::string_view name) {
  if (name == kUnusualSparseIndex) return "push every child before the index";
  return absl::StrCat(
      name == kUnusualNoLayers ? "add a layer" : "rebuild without it",
      ", or allow `", OneLine(name), "` in a rule with check manifest.format");
}

CheckOutput Unusual(const std::vector<std::string>& found) {
  const bool definite =
      std::any_of(found.begin(), found.end(), [](const std::string& one) {
        return NameOf(one) != kUnusualSparseIndex;
      });
  CheckOutput output =
      Fail(absl::StrCat("unusual in the manifest: ", ListShort(found, kShown)),
           HintFor(NameOf(found[0])));
  output.definite = definite;
  return output;
}

// The first media type in the subject that is not on the list; "" for none.
std::string ForeignType(const ManifestFormat& params,
                        const Evidence& evidence) {
  const auto& listed = params.media_types;
  std::vector<std::string> types = {evidence.subject.media_type};
  for (const ImageEvidence& image : evidence.images) {
    types.emplace_back(MediaTypeOf(image.manifest.kind));
  }
  for (const std::string& type : types) {
    if (std::count(listed.begin(), listed.end(), type) == 0) return type;
  }
  return "";
}

bool IsManifestType(const std::string& type) {
  const ManifestKind kind = ParseManifestKind(type);
  return kind != ManifestKind::kUnknown && kind != ManifestKind::kDockerSchema1;
}

void ComplainUnless(bool known, YamlFields& with, absl::string_view key,
                    const std::string& word, absl::string_view expected) {
  if (known) return;
  with.Complain(
      key, absl::StrCat("`", key, "`: `", word, "` is none of ", expected));
}

}  // namespace

std::vector<std::string> FindUnusual(const Manifest& manifest) {
  std::vector<std::string> found;
  if (const auto* image = std::get_if<ImageManifest>(&manifest)) {
    NoteImage(*image, found);
  } else {
    NoteIndex(std::get<ImageIndex>(manifest), found);
  }
  return found;
}

ManifestFormat ManifestFormat::Parse(YamlFields& with) {
  ManifestFormat params;
  params.allow = with.Texts("allow");
  for (const std::string& word : params.allow) {
    const bool known = std::count(kUnusual.begin(), kUnusual.end(), word) > 0;
    ComplainUnless(known, with, "allow", word,
                   JoinChoices({kUnusual.begin(), kUnusual.end()}));
  }
  params.media_types = with.Texts("mediaTypes");
  for (const std::string& type : params.media_types) {
    ComplainUnless(IsManifestType(type), with, "mediaTypes", type,
                   "the media types of manifests and indexes");
  }
  return params;
}

CheckOutput Check(const ManifestFormat& params, const CheckInput& input) {
  const std::vector<std::string> unusual = NotAllowed(params, input.evidence);
  if (!unusual.empty()) return Unusual(unusual);
  if (params.media_types.empty()) return Pass("nothing in it is unusual");
  const std::string foreign = ForeignType(params, input.evidence);
  if (foreign.empty()) return Pass("the media types are as the rule asks");
  return FailForEver(
      absl::StrCat("media type ", Quoted(foreign), " is not allowed, expected ",
                   ListShort(params.media_types, 2)),
      "build and push in a format that is listed");
}

}  // namespace plimsoll

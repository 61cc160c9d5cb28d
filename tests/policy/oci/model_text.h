// Manifests and image configs as plain text, the same for equal values. The
// differential test's Go program writes the same text of what Go decodes.
#ifndef PLIMSOLL_TESTS_POLICY_OCI_MODEL_TEXT_H_
#define PLIMSOLL_TESTS_POLICY_OCI_MODEL_TEXT_H_

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "policy/oci/image_config.h"
#include "policy/oci/manifest.h"

namespace plimsoll {
namespace model_text {

// Hex: no two writers disagree on it.
inline std::string Text(absl::string_view text) {
  return absl::StrCat("'", absl::BytesToHexString(text), "'");
}

inline std::string List(const std::vector<std::string>& items) {
  return absl::StrCat(
      "[",
      absl::StrJoin(items, ",",
                    [](std::string* out, const std::string& item) {
                      out->append(Text(item));
                    }),
      "]");
}

inline std::string Map(StringPairs pairs) {
  std::sort(pairs.begin(), pairs.end());
  std::string out = "{";
  for (const auto& [name, value] : pairs) {
    absl::StrAppend(&out, Text(name), "=", Text(value), ",");
  }
  return out + "}";
}

inline std::string Time(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return "none";
  const int64_t seconds = absl::ToUnixSeconds(*time);
  const absl::Duration rest = *time - absl::FromUnixSeconds(seconds);
  return absl::StrCat(seconds, "+", absl::ToInt64Nanoseconds(rest));
}

inline std::string Os(const Platform& platform) {
  return absl::StrCat(Text(platform.os), "/", Text(platform.architecture), "/",
                      Text(platform.variant), "/", Text(platform.os_version));
}

inline std::string Blob(absl::string_view role, const Descriptor& blob) {
  return absl::StrCat(
      role, " ", Text(blob.media_type), " ", Text(blob.digest.ToString()), " ",
      blob.size, " ", Text(blob.artifact_type), " ", List(blob.urls), " ",
      Map(blob.annotations), " ", blob.platform ? Os(*blob.platform) : "none",
      " ", blob.data ? Text(*blob.data) : "none", "\n");
}

template <typename Document>
std::string Shared(const Document& document) {
  return absl::StrCat(
      "type ", Text(document.artifact_type), " ", Map(document.annotations),
      "\n", document.subject ? Blob("subject", *document.subject) : "");
}

}  // namespace model_text

inline std::string ModelText(const Manifest& manifest) {
  std::string out;
  if (const auto* image = std::get_if<ImageManifest>(&manifest)) {
    out = model_text::Blob("config", image->config);
    for (const Descriptor& layer : image->layers) {
      out += model_text::Blob("layer", layer);
    }
    return out + model_text::Shared(*image);
  }
  const auto& index = std::get<ImageIndex>(manifest);
  for (const Descriptor& child : index.manifests) {
    out += model_text::Blob("child", child);
  }
  return out + model_text::Shared(index);
}

inline std::string ModelText(const ImageConfig& config) {
  using namespace model_text;  // NOLINT: the words of this file
  std::vector<std::string> diff_ids;
  for (const Digest& id : config.diff_ids) diff_ids.push_back(id.ToString());
  std::vector<std::string> ports = config.exposed_ports;
  std::sort(ports.begin(), ports.end());
  std::string out = absl::StrCat(
      Os(config.platform), " ", Time(config.created), " ", Text(config.author),
      "\n", List(diff_ids), "\n", Text(config.user), " ", List(config.env), " ",
      List(config.entrypoint), " ", List(config.cmd), " ",
      Text(config.working_dir), " ", Map(config.labels), " ", List(ports), " ",
      Text(config.image), "\n");
  for (const HistoryEntry& entry : config.history) {
    absl::StrAppend(&out, Time(entry.created), " ", Text(entry.created_by), " ",
                    Text(entry.author), " ", Text(entry.comment), " ",
                    entry.empty_layer ? "empty" : "layer", "\n");
  }
  return out;
}

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_POLICY_OCI_MODEL_TEXT_H_

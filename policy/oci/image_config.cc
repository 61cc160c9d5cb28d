#include "policy/oci/image_config.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "policy/oci/json.h"
#include "policy/oci/rfc3339.h"

namespace plimsoll {
namespace {

constexpr absl::string_view kTopNames[] = {
    "created", "author",      "architecture", "os",     "os.version",
    "variant", "os.features", "config",       "rootfs", "history"};
constexpr absl::string_view kRootfsNames[] = {"type", "diff_ids"};
constexpr absl::string_view kHistoryNames[] = {
    "created", "created_by", "author", "comment", "empty_layer"};
// With "labels" beside "Labels": the one pair that differs by case only and is
// merged rather than refused.
constexpr absl::string_view kRunNames[] = {
    "User",    "ExposedPorts", "Env",    "Entrypoint",  "Cmd",
    "Volumes", "Labels",       "labels", "WorkingDir",  "ArgsEscaped",
    "Image",   "StopSignal",   "Shell",  "Healthcheck", "OnBuild"};

StatusOr<std::optional<absl::Time>> ParseCreated(const JsonFields& fields) {
  ASSIGN_OR_RETURN(const std::string text, fields.String("created"));
  if (text.empty()) return std::optional<absl::Time>();
  ASSIGN_OR_RETURN(const absl::Time time, ParseRfc3339(text), "created");
  if (time == GoZeroTime()) return std::optional<absl::Time>();
  return std::optional<absl::Time>(time);
}

StatusOr<std::vector<Digest>> ParseDiffIds(const JsonFields& fields) {
  const JsonValue* value = fields.Get("rootfs");
  if (value == nullptr) {
    return absl::InvalidArgumentError("rootfs: required, but absent or null");
  }
  ASSIGN_OR_RETURN(const JsonFields rootfs,
                   JsonFields::New(*value, kRootfsNames), "rootfs");
  ASSIGN_OR_RETURN(const std::string type, rootfs.RequiredString("type"),
                   "rootfs");
  if (type != "layers") {
    return absl::InvalidArgumentError("rootfs.type: must be \"layers\"");
  }
  if (rootfs.Get("diff_ids") == nullptr) {
    return absl::InvalidArgumentError(
        "rootfs.diff_ids: required, but absent or null");
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> texts,
                   rootfs.Strings("diff_ids"), "rootfs");
  if (texts.size() > kMaxLayers) {
    return absl::ResourceExhaustedError(
        absl::StrCat("rootfs.diff_ids: more than ", kMaxLayers, " entries"));
  }
  std::vector<Digest> diff_ids;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(Digest diff_id, Digest::Parse(text),
                     absl::StrCat("rootfs.diff_ids[", diff_ids.size(), "]"));
    diff_ids.push_back(std::move(diff_id));
  }
  return diff_ids;
}

StatusOr<HistoryEntry> ParseHistoryEntry(const JsonValue& value) {
  ASSIGN_OR_RETURN(const JsonFields fields,
                   JsonFields::New(value, kHistoryNames));
  HistoryEntry entry;
  ASSIGN_OR_RETURN(entry.created, ParseCreated(fields));
  ASSIGN_OR_RETURN(entry.created_by, fields.String("created_by"));
  ASSIGN_OR_RETURN(entry.author, fields.String("author"));
  ASSIGN_OR_RETURN(entry.comment, fields.String("comment"));
  ASSIGN_OR_RETURN(entry.empty_layer, fields.Bool("empty_layer"));
  return entry;
}

StatusOr<std::vector<HistoryEntry>> ParseHistory(const JsonFields& fields) {
  std::vector<HistoryEntry> history;
  ASSIGN_OR_RETURN(const JsonArray* array, fields.Array("history"));
  if (array == nullptr) return history;
  if (array->size() > kMaxHistoryEntries) {
    return absl::ResourceExhaustedError(
        absl::StrCat("history: more than ", kMaxHistoryEntries, " entries"));
  }
  for (const JsonValue& value : *array) {
    ASSIGN_OR_RETURN(HistoryEntry entry, ParseHistoryEntry(value),
                     absl::StrCat("history[", history.size(), "]"));
    history.push_back(std::move(entry));
  }
  return history;
}

// The member names of a map from names to empty objects, Go's
// map[string]struct{}.
StatusOr<std::vector<std::string>> ParseNameSet(const JsonFields& fields,
                                                absl::string_view name) {
  std::vector<std::string> names;
  const JsonValue* value = fields.Get(name);
  if (value == nullptr) return names;
  if (value->AsObject() == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, ": must be an object, is ", value->KindName()));
  }
  for (const JsonMember& member : *value->AsObject()) {
    if (member.value.AsObject() == nullptr && !member.value.is_null()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ".", QuoteJson(member.name),
                       ": must be an object, is ", member.value.KindName()));
    }
    names.push_back(member.name);
  }
  return names;
}

// "Labels" and "labels" as Go merges them: the later one in the document wins,
// name by name, and a later null empties both.
StatusOr<StringPairs> ParseLabels(const JsonObject& object,
                                  const JsonFields& fields) {
  StringPairs labels;
  absl::flat_hash_map<std::string, size_t> places;
  for (const JsonMember& member : object) {
    if (member.name != "Labels" && member.name != "labels") continue;
    if (member.value.is_null()) {
      labels.clear();
      places.clear();
    }
    ASSIGN_OR_RETURN(const StringPairs more, fields.StringMap(member.name));
    for (const auto& [name, value] : more) {
      const auto [place, is_new] = places.try_emplace(name, labels.size());
      if (is_new) {
        labels.emplace_back(name, value);
      } else {
        labels[place->second].second = value;
      }
    }
  }
  return labels;
}

Status ParseRunConfig(const JsonValue& value, ImageConfig* config) {
  ASSIGN_OR_RETURN(const JsonFields fields, JsonFields::New(value, kRunNames));
  ASSIGN_OR_RETURN(config->user, fields.String("User"));
  ASSIGN_OR_RETURN(config->env, fields.Strings("Env"));
  ASSIGN_OR_RETURN(config->entrypoint, fields.Strings("Entrypoint"));
  ASSIGN_OR_RETURN(config->cmd, fields.Strings("Cmd"));
  ASSIGN_OR_RETURN(config->working_dir, fields.String("WorkingDir"));
  ASSIGN_OR_RETURN(config->labels, ParseLabels(*value.AsObject(), fields));
  ASSIGN_OR_RETURN(config->exposed_ports, ParseNameSet(fields, "ExposedPorts"));
  ASSIGN_OR_RETURN(config->image, fields.String("Image"));
  // Not kept, but others would fail to read these of another kind.
  RETURN_IF_ERROR(ParseNameSet(fields, "Volumes").status());
  RETURN_IF_ERROR(fields.String("StopSignal").status());
  RETURN_IF_ERROR(fields.Bool("ArgsEscaped").status());
  return absl::OkStatus();
}

StatusOr<ImageConfig> ParseDocument(const JsonValue& document) {
  ASSIGN_OR_RETURN(const JsonFields fields,
                   JsonFields::New(document, kTopNames));
  ImageConfig config;
  ASSIGN_OR_RETURN(config.platform.os, fields.String("os"));
  ASSIGN_OR_RETURN(config.platform.architecture, fields.String("architecture"));
  ASSIGN_OR_RETURN(config.platform.variant, fields.String("variant"));
  ASSIGN_OR_RETURN(config.platform.os_version, fields.String("os.version"));
  RETURN_IF_ERROR(fields.Strings("os.features").status());
  ASSIGN_OR_RETURN(config.created, ParseCreated(fields));
  ASSIGN_OR_RETURN(config.author, fields.String("author"));
  ASSIGN_OR_RETURN(config.diff_ids, ParseDiffIds(fields));
  ASSIGN_OR_RETURN(config.history, ParseHistory(fields));
  if (const JsonValue* run = fields.Get("config"); run != nullptr) {
    RETURN_IF_ERROR(ParseRunConfig(*run, &config), "config");
  }
  return config;
}

}  // namespace

StatusOr<ImageConfig> ParseImageConfig(absl::string_view bytes) {
  JsonLimits limits;
  limits.max_bytes = kMaxConfigBytes;
  ASSIGN_OR_RETURN(const JsonValue document, ParseJson(bytes, limits),
                   "image config");
  ASSIGN_OR_RETURN(ImageConfig config, ParseDocument(document), "image config");
  return config;
}

}  // namespace plimsoll

// Reads the JSON form of a base record.
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/base/catalog.h"
#include "policy/oci/json.h"
#include "policy/oci/rfc3339.h"

namespace plimsoll {
namespace {

constexpr std::array<absl::string_view, 15> kRecordMembers = {
    "schema", "manifest",    "index",   "config",  "platform",
    "layers", "diffIds",     "chainId", "history", "env",
    "labels", "annotations", "created", "names",   "approval"};

// A record holds most of a config and its manifest's annotations, and may write
// their characters longer: whatever those documents may hold is read back.
JsonLimits RecordLimits() {
  JsonLimits limits;
  limits.max_bytes = 6 * (kMaxConfigBytes + kMaxManifestBytes);
  limits.max_values *= 2;
  return limits;
}

StatusOr<Digest> RequiredDigest(const JsonFields& fields,
                                absl::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, fields.RequiredString(name));
  ASSIGN_OR_RETURN(Digest digest, Digest::Parse(text), name);
  return digest;
}

StatusOr<std::vector<Digest>> DigestList(const JsonFields& fields,
                                         absl::string_view name) {
  ASSIGN_OR_RETURN(const std::vector<std::string> texts, fields.Strings(name));
  if (texts.size() > kMaxLayers) {
    return absl::ResourceExhaustedError(
        absl::StrCat(name, ": over ", kMaxLayers, " entries"));
  }
  std::vector<Digest> digests;
  for (size_t i = 0; i < texts.size(); ++i) {
    ASSIGN_OR_RETURN(Digest digest, Digest::Parse(texts[i]),
                     absl::StrCat(name, "[", i, "]"));
    digests.push_back(std::move(digest));
  }
  return digests;
}

StatusOr<std::optional<absl::Time>> OptionalTime(const JsonFields& fields,
                                                 absl::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, fields.String(name));
  if (text.empty()) return std::optional<absl::Time>();
  ASSIGN_OR_RETURN(const absl::Time time, ParseRfc3339(text), name);
  return std::optional<absl::Time>(time);
}

StatusOr<absl::Time> RequiredTime(const JsonFields& fields,
                                  absl::string_view name) {
  ASSIGN_OR_RETURN(const std::string text, fields.RequiredString(name));
  ASSIGN_OR_RETURN(const absl::Time time, ParseRfc3339(text), name);
  return time;
}

StatusOr<Platform> ReadPlatform(const JsonValue& value) {
  ASSIGN_OR_RETURN(
      const JsonFields fields,
      JsonFields::New(value, {"os", "architecture", "variant", "osVersion"}));
  Platform platform;
  ASSIGN_OR_RETURN(platform.os, fields.String("os"));
  ASSIGN_OR_RETURN(platform.architecture, fields.String("architecture"));
  ASSIGN_OR_RETURN(platform.variant, fields.String("variant"));
  ASSIGN_OR_RETURN(platform.os_version, fields.String("osVersion"));
  return platform;
}

StatusOr<HistoryEntry> ReadHistoryEntry(const JsonValue& value) {
  ASSIGN_OR_RETURN(const JsonFields fields,
                   JsonFields::New(value, {"created", "createdBy", "author",
                                           "comment", "emptyLayer"}));
  HistoryEntry entry;
  ASSIGN_OR_RETURN(entry.created, OptionalTime(fields, "created"));
  ASSIGN_OR_RETURN(entry.created_by, fields.String("createdBy"));
  ASSIGN_OR_RETURN(entry.author, fields.String("author"));
  ASSIGN_OR_RETURN(entry.comment, fields.String("comment"));
  ASSIGN_OR_RETURN(entry.empty_layer, fields.Bool("emptyLayer"));
  return entry;
}

StatusOr<BaseName> ReadName(const JsonValue& value) {
  ASSIGN_OR_RETURN(const JsonFields fields,
                   JsonFields::New(value, {"name", "firstSeen", "lastSeen"}));
  BaseName name;
  ASSIGN_OR_RETURN(name.name, fields.RequiredString("name"));
  ASSIGN_OR_RETURN(name.first_seen, RequiredTime(fields, "firstSeen"));
  ASSIGN_OR_RETURN(name.last_seen, RequiredTime(fields, "lastSeen"));
  return name;
}

// Reads each element of the array `name` with `read`.
template <typename T>
StatusOr<std::vector<T>> ReadList(const JsonFields& fields,
                                  absl::string_view name,
                                  StatusOr<T> (*read)(const JsonValue&)) {
  std::vector<T> list;
  ASSIGN_OR_RETURN(const JsonArray* array, fields.Array(name));
  if (array == nullptr) return list;
  for (size_t i = 0; i < array->size(); ++i) {
    ASSIGN_OR_RETURN(T element, read((*array)[i]),
                     absl::StrCat(name, "[", i, "]"));
    list.push_back(std::move(element));
  }
  return list;
}

// The members that a record cannot do without.
StatusOr<BaseRecord> ReadIdentity(const JsonFields& fields) {
  ASSIGN_OR_RETURN(const int64_t schema, fields.RequiredInteger("schema"));
  if (schema != kBaseRecordSchema) {
    return absl::InvalidArgumentError(absl::StrCat(
        "schema: ", schema, " is not known, only ", kBaseRecordSchema, " is"));
  }
  ASSIGN_OR_RETURN(Digest manifest, RequiredDigest(fields, "manifest"));
  ASSIGN_OR_RETURN(Digest config, RequiredDigest(fields, "config"));
  ASSIGN_OR_RETURN(Digest chain_id, RequiredDigest(fields, "chainId"));
  BaseRecord record{
      std::move(manifest), std::nullopt, std::move(config), {}, {}, {},
      std::move(chain_id)};
  if (fields.Get("index") != nullptr) {
    ASSIGN_OR_RETURN(record.index, RequiredDigest(fields, "index"));
  }
  return record;
}

Status ReadApproval(const JsonFields& fields, BaseRecord& record) {
  ASSIGN_OR_RETURN(const std::string text, fields.RequiredString("approval"));
  const std::optional<Approval> approval = ParseApproval(text);
  if (!approval.has_value()) {
    return absl::InvalidArgumentError(
        "approval: is none of approved, unapproved, denied");
  }
  record.approval = *approval;
  return absl::OkStatus();
}

Status ReadContents(const JsonFields& fields, BaseRecord& record) {
  if (const JsonValue* platform = fields.Get("platform")) {
    ASSIGN_OR_RETURN(record.platform, ReadPlatform(*platform), "platform");
  }
  ASSIGN_OR_RETURN(record.layers, DigestList(fields, "layers"));
  ASSIGN_OR_RETURN(record.diff_ids, DigestList(fields, "diffIds"));
  ASSIGN_OR_RETURN(record.history,
                   ReadList<HistoryEntry>(fields, "history", ReadHistoryEntry));
  ASSIGN_OR_RETURN(record.env, fields.Strings("env"));
  ASSIGN_OR_RETURN(record.labels, fields.StringMap("labels"));
  ASSIGN_OR_RETURN(record.annotations, fields.StringMap("annotations"));
  ASSIGN_OR_RETURN(record.created, OptionalTime(fields, "created"));
  ASSIGN_OR_RETURN(record.names, ReadList<BaseName>(fields, "names", ReadName));
  return absl::OkStatus();
}

}  // namespace

StatusOr<BaseRecord> ParseBaseRecord(absl::string_view json_line) {
  ASSIGN_OR_RETURN(const JsonValue value, ParseJson(json_line, RecordLimits()),
                   "base record");
  ASSIGN_OR_RETURN(const JsonFields fields,
                   JsonFields::New(value, kRecordMembers), "base record");
  ASSIGN_OR_RETURN(BaseRecord record, ReadIdentity(fields), "base record");
  RETURN_IF_ERROR(ReadApproval(fields, record), "base record");
  RETURN_IF_ERROR(ReadContents(fields, record), "base record");
  RETURN_IF_ERROR(ValidateBaseRecord(record), "base record");
  return record;
}

}  // namespace plimsoll

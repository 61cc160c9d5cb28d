#include "policy/scan/fields.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/oci/rfc3339.h"

namespace plimsoll {

StatusOr<JsonValue> ParseReportJson(absl::string_view bytes) {
  JsonLimits limits;
  limits.max_bytes = kMaxReportBytes;
  limits.max_values = 2'000'000;
  return ParseJson(bytes, limits);
}

ScanReport NewReport(absl::string_view scanner, const Digest& document) {
  return ScanReport{
      std::string(scanner), "", {}, {}, {}, "", false, 0, {}, document};
}

StatusOr<std::optional<JsonFields>> ObjectField(
    const JsonFields& fields, absl::string_view name,
    absl::Span<const absl::string_view> known) {
  const JsonValue* value = fields.Get(name);
  if (value == nullptr) return std::optional<JsonFields>();
  ASSIGN_OR_RETURN(JsonFields object, JsonFields::New(*value, known), name);
  return std::optional<JsonFields>(object);
}

Status ForEachObject(const JsonFields& fields, absl::string_view name,
                     absl::Span<const absl::string_view> known,
                     absl::FunctionRef<Status(const JsonFields&)> read) {
  ASSIGN_OR_RETURN(const JsonArray* array, fields.Array(name));
  if (array == nullptr) return absl::OkStatus();
  for (size_t i = 0; i < array->size(); ++i) {
    StatusOr<JsonFields> object = JsonFields::New((*array)[i], known);
    Status status = object.ok() ? read(*object) : object.status();
    RETURN_IF_ERROR(status, absl::StrCat(name, "[", i, "]"));
  }
  return absl::OkStatus();
}

StatusOr<std::string> NameField(const JsonFields& fields,
                                absl::string_view name) {
  ASSIGN_OR_RETURN(std::string text, fields.RequiredString(name));
  if (!text.empty()) return text;
  return absl::InvalidArgumentError(absl::StrCat(name, ": is empty"));
}

StatusOr<std::optional<absl::Time>> TimeField(const JsonFields& fields,
                                              absl::string_view name) {
  ASSIGN_OR_RETURN(std::string text, fields.String(name));
  if (text.empty()) return std::optional<absl::Time>();
  ASSIGN_OR_RETURN(absl::Time time, ParseRfc3339(text), name);
  if (time == GoZeroTime()) return std::optional<absl::Time>();
  return std::optional<absl::Time>(time);
}

StatusOr<std::optional<Digest>> DigestField(const JsonFields& fields,
                                            absl::string_view name) {
  ASSIGN_OR_RETURN(std::string text, fields.String(name));
  if (text.empty()) return std::optional<Digest>();
  ASSIGN_OR_RETURN(Digest digest, Digest::Parse(text), name);
  return std::optional<Digest>(std::move(digest));
}

StatusOr<std::vector<Digest>> DigestsField(const JsonFields& fields,
                                           absl::string_view name) {
  ASSIGN_OR_RETURN(std::vector<std::string> texts, fields.Strings(name));
  std::vector<Digest> digests;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(Digest digest, Digest::Parse(text),
                     absl::StrCat(name, "[", digests.size(), "]"));
    digests.push_back(std::move(digest));
  }
  return digests;
}

StatusOr<std::vector<Digest>> RepoDigestsField(const JsonFields& fields,
                                               absl::string_view name) {
  ASSIGN_OR_RETURN(std::vector<std::string> texts, fields.Strings(name));
  std::vector<Digest> digests;
  for (const std::string& text : texts) {
    size_t at = text.rfind('@');
    absl::string_view digest_text(text);
    digest_text.remove_prefix(at == std::string::npos ? 0 : at + 1);
    ASSIGN_OR_RETURN(Digest digest, Digest::Parse(digest_text),
                     absl::StrCat(name, "[", digests.size(), "]"));
    digests.push_back(std::move(digest));
  }
  return digests;
}

StatusOr<Severity> SeverityField(const JsonFields& fields,
                                 absl::string_view name) {
  ASSIGN_OR_RETURN(std::string text, fields.String(name));
  if (text.empty()) return Severity::kUnknown;
  std::optional<Severity> severity = ParseSeverity(text);
  if (severity) return *severity;
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": `", text, "` is no severity"));
}

}  // namespace plimsoll

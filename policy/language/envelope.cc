#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/language/documents.h"
#include "policy/language/load.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxNameBytes = 63;

bool IsName(absl::string_view name) {
  const auto is_alnum = [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c));
  };
  const auto is_allowed = [&](char c) {
    return is_alnum(c) || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= kMaxNameBytes &&
         is_alnum(name.front()) && is_alnum(name.back()) &&
         std::all_of(name.begin(), name.end(), is_allowed);
}

void ReadMetadata(const YamlValue& value, Envelope& envelope, Issues& issues) {
  YamlFields metadata(value, "metadata", issues);
  metadata.Require("name");
  envelope.name = ReadName(metadata, "name");
  if (const YamlValue* name = metadata.Find("name")) {
    envelope.name_place = name->place;
  }
  envelope.annotations = metadata.TextMap("annotations");
  metadata.TextMap("labels");
}

// Whether the document is of a kind and version that can be read.
bool ReadKind(YamlFields& fields, const std::vector<std::string>& kinds,
              Envelope& envelope) {
  fields.Require("apiVersion");
  fields.Require("kind");
  const auto version = fields.Text("apiVersion");
  envelope.kind = fields.Text("kind").value_or("");
  if (version && *version != kApiVersion) {
    fields.Complain("apiVersion",
                    absl::StrCat("apiVersion ", Quoted(*version),
                                 " is not known; write ", kApiVersion));
  }
  const bool is_known =
      std::count(kinds.begin(), kinds.end(), envelope.kind) > 0;
  if (!is_known && !envelope.kind.empty()) {
    fields.Complain("kind", absl::StrCat("kind ", Quoted(envelope.kind),
                                         " is not known; known here ",
                                         kinds.size() == 1 ? "is " : "are ",
                                         JoinChoices(kinds)));
  }
  return is_known && version == kApiVersion;
}

}  // namespace

std::string ReadName(YamlFields& fields, absl::string_view key) {
  const std::optional<std::string> name = fields.Text(key);
  if (!name) return "";
  if (IsName(*name)) return *name;
  fields.Complain(key,
                  absl::StrCat("`", key, "` is 1 to ", kMaxNameBytes,
                               " lower-case letters, digits, `-` and `.`, of "
                               "which `-` and `.` stand inside, not ",
                               Quoted(*name)));
  return "";
}

std::optional<Envelope> ReadEnvelope(const YamlValue& document,
                                     const std::vector<std::string>& kinds,
                                     Issues& issues) {
  Envelope envelope;
  YamlFields fields(document, "", issues);
  const bool is_known = ReadKind(fields, kinds, envelope);
  const YamlValue* metadata = fields.Find("metadata");
  envelope.spec = fields.Find("spec");
  // The rest of a document of another kind has its own keys.
  if (!is_known) return std::nullopt;
  fields.Require("metadata");
  fields.Require("spec");
  if (metadata != nullptr) ReadMetadata(*metadata, envelope, issues);
  return envelope;
}

}  // namespace plimsoll

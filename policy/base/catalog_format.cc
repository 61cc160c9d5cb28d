// Writes the JSON form of a base record: the members in a fixed order, nothing
// between them, so that equal records are equal bytes.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/base/catalog.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

std::string WriteTime(absl::Time time) {
  return absl::StrCat(
      "\"",
      absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone()),
      "\"");
}

// `write` turns one element into JSON.
template <typename List, typename Write>
std::string WriteList(const List& list, Write write) {
  return absl::StrCat(
      "[",
      absl::StrJoin(list, ",",
                    [&write](std::string* out, const auto& element) {
                      absl::StrAppend(out, write(element));
                    }),
      "]");
}

std::string WriteDigests(absl::Span<const Digest> digests) {
  return WriteList(digests, [](const Digest& digest) {
    return QuoteJson(digest.ToString());
  });
}

std::string WritePairs(const StringPairs& pairs) {
  return absl::StrCat("{",
                      absl::StrJoin(pairs, ",",
                                    [](std::string* out, const auto& pair) {
                                      absl::StrAppend(
                                          out, QuoteJson(pair.first), ":",
                                          QuoteJson(pair.second));
                                    }),
                      "}");
}

// A string member with its comma, or nothing where it is empty.
std::string OptionalMember(absl::string_view name, absl::string_view value) {
  if (value.empty()) return "";
  return absl::StrCat(",", QuoteJson(name), ":", QuoteJson(value));
}

std::string WritePlatform(const Platform& platform) {
  return absl::StrCat("{\"os\":", QuoteJson(platform.os),
                      ",\"architecture\":", QuoteJson(platform.architecture),
                      OptionalMember("variant", platform.variant),
                      OptionalMember("osVersion", platform.os_version), "}");
}

std::string WriteHistoryEntry(const HistoryEntry& entry) {
  std::string out = absl::StrCat("{\"createdBy\":", QuoteJson(entry.created_by),
                                 OptionalMember("author", entry.author),
                                 OptionalMember("comment", entry.comment));
  if (entry.created.has_value()) {
    absl::StrAppend(&out, ",\"created\":", WriteTime(*entry.created));
  }
  if (entry.empty_layer) absl::StrAppend(&out, ",\"emptyLayer\":true");
  return absl::StrCat(out, "}");
}

std::string WriteName(const BaseName& name) {
  return absl::StrCat("{\"name\":", QuoteJson(name.name),
                      ",\"firstSeen\":", WriteTime(name.first_seen),
                      ",\"lastSeen\":", WriteTime(name.last_seen), "}");
}

}  // namespace

std::string FormatBaseRecord(const BaseRecord& record) {
  std::string out =
      absl::StrCat("{\"schema\":", kBaseRecordSchema,
                   ",\"manifest\":", QuoteJson(record.manifest.ToString()));
  if (record.index.has_value()) {
    absl::StrAppend(&out, ",\"index\":", QuoteJson(record.index->ToString()));
  }
  absl::StrAppend(&out, ",\"config\":", QuoteJson(record.config.ToString()),
                  ",\"platform\":", WritePlatform(record.platform),
                  ",\"layers\":", WriteDigests(record.layers),
                  ",\"diffIds\":", WriteDigests(record.diff_ids),
                  ",\"chainId\":", QuoteJson(record.chain_id.ToString()),
                  ",\"history\":", WriteList(record.history, WriteHistoryEntry),
                  ",\"env\":", WriteList(record.env, QuoteJson));
  absl::StrAppend(&out, ",\"labels\":", WritePairs(record.labels),
                  ",\"annotations\":", WritePairs(record.annotations));
  if (record.created.has_value()) {
    absl::StrAppend(&out, ",\"created\":", WriteTime(*record.created));
  }
  absl::StrAppend(&out, ",\"names\":", WriteList(record.names, WriteName),
                  ",\"approval\":", QuoteJson(ApprovalName(record.approval)),
                  "}");
  return out;
}

}  // namespace plimsoll

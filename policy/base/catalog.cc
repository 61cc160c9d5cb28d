#include "policy/base/catalog.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "policy/base/chain.h"
#include "policy/oci/reference.h"

namespace plimsoll {
namespace {

constexpr std::array<absl::string_view, 3> kApprovalNames = {
    "unapproved", "approved", "denied"};

// Times that are written with four digits of year, as every reader expects.
bool IsWritable(absl::Time time) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  return time >= absl::FromCivil(absl::CivilDay(1, 1, 1), utc) &&
         time < absl::FromCivil(absl::CivilDay(10000, 1, 1), utc);
}

Status ValidateLayers(const BaseRecord& record) {
  if (record.layers.empty()) {
    return absl::InvalidArgumentError("the base has no layers");
  }
  if (record.layers.size() > kMaxLayers) {
    return absl::InvalidArgumentError(
        absl::StrCat("the base has ", record.layers.size(), " layers, at most ",
                     kMaxLayers, " are read"));
  }
  if (record.layers.size() != record.diff_ids.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the base has ", record.layers.size(), " layers and ",
                     record.diff_ids.size(), " diff IDs"));
  }
  const Digest chain_id = ChainIds(record.diff_ids).back();
  if (record.chain_id == chain_id) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "chain ID ", record.chain_id.ToString(),
      " is not that of the diff IDs, which is ", chain_id.ToString()));
}

Status ValidateName(const BaseName& name) {
  ASSIGN_OR_RETURN(const Reference reference, Reference::Parse(name.name));
  if (reference.ToString() != name.name) {
    return absl::InvalidArgumentError(
        absl::StrCat("not in its normal form; write ", reference.ToString()));
  }
  if (!IsWritable(name.first_seen) || !IsWritable(name.last_seen)) {
    return absl::InvalidArgumentError("seen outside the years 1 to 9999");
  }
  if (name.last_seen < name.first_seen) {
    return absl::InvalidArgumentError("last seen before it was first seen");
  }
  return absl::OkStatus();
}

Status ValidateTimes(const BaseRecord& record) {
  if (record.created.has_value() && !IsWritable(*record.created)) {
    return absl::InvalidArgumentError("created outside the years 1 to 9999");
  }
  for (size_t i = 0; i < record.history.size(); ++i) {
    const std::optional<absl::Time>& created = record.history[i].created;
    if (created.has_value() && !IsWritable(*created)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "history[", i, "]: created outside the years 1 to 9999"));
    }
  }
  return absl::OkStatus();
}

// Without earlier records of a manifest, in the order of the manifest digests.
std::vector<BaseRecord> LatestByManifest(std::vector<BaseRecord> records) {
  absl::flat_hash_map<Digest, size_t> latest;
  for (size_t i = 0; i < records.size(); ++i) {
    latest.insert_or_assign(records[i].manifest, i);
  }
  std::vector<BaseRecord> kept;
  kept.reserve(latest.size());
  for (const auto& [manifest, i] : latest) {
    kept.push_back(std::move(records[i]));
  }
  std::sort(kept.begin(), kept.end(),
            [](const BaseRecord& a, const BaseRecord& b) {
              return a.manifest < b.manifest;
            });
  return kept;
}

std::string RevisionOf(absl::Span<const BaseRecord> records) {
  Hasher hasher;
  for (const BaseRecord& record : records) {
    hasher.Update(FormatBaseRecord(record));
    hasher.Update(record.proven ? "\nproven\n" : "\n");
  }
  return hasher.Finish().ToString();
}

}  // namespace

absl::string_view ApprovalName(Approval approval) {
  return kApprovalNames[static_cast<size_t>(approval)];
}

std::optional<Approval> ParseApproval(absl::string_view name) {
  for (size_t i = 0; i < kApprovalNames.size(); ++i) {
    if (kApprovalNames[i] == name) return static_cast<Approval>(i);
  }
  return std::nullopt;
}

Status ValidateBaseRecord(const BaseRecord& record) {
  RETURN_IF_ERROR(ValidateLayers(record));
  if (record.history.size() > kMaxHistoryEntries) {
    return absl::InvalidArgumentError(
        absl::StrCat("the history has ", record.history.size(),
                     " entries, at most ", kMaxHistoryEntries, " are read"));
  }
  for (const BaseName& name : record.names) {
    RETURN_IF_ERROR(ValidateName(name), absl::StrCat("name ", name.name));
  }
  return ValidateTimes(record);
}

StatusOr<std::shared_ptr<const BaseCatalog>> BaseCatalog::New(
    std::vector<BaseRecord> records) {
  for (const BaseRecord& record : records) {
    RETURN_IF_ERROR(ValidateBaseRecord(record),
                    absl::StrCat("base ", record.manifest.ToString()));
  }
  std::shared_ptr<BaseCatalog> catalog(new BaseCatalog());
  catalog->records_ = LatestByManifest(std::move(records));
  for (size_t i = 0; i < catalog->records_.size(); ++i) {
    catalog->AddToIndexes(i);
  }
  catalog->revision_ = RevisionOf(catalog->records_);
  return catalog;
}

void BaseCatalog::AddToIndexes(size_t i) {
  const BaseRecord& record = records_[i];
  by_chain_[record.chain_id].push_back(i);
  by_digest_[record.manifest].push_back(i);
  by_digest_[record.config].push_back(i);
  if (record.index.has_value()) by_digest_[*record.index].push_back(i);
  for (const BaseName& name : record.names) by_name_[name.name].push_back(i);
}

template <typename Index, typename Key>
std::vector<const BaseRecord*> BaseCatalog::Find(const Index& index,
                                                 const Key& key) const {
  std::vector<const BaseRecord*> found;
  const auto it = index.find(key);
  if (it == index.end()) return found;
  found.reserve(it->second.size());
  for (const size_t i : it->second) found.push_back(&records_[i]);
  return found;
}

std::vector<const BaseRecord*> BaseCatalog::FindByChain(
    const Digest& chain_id) const {
  return Find(by_chain_, chain_id);
}

std::vector<const BaseRecord*> BaseCatalog::FindByDigest(
    const Digest& digest) const {
  return Find(by_digest_, digest);
}

std::vector<const BaseRecord*> BaseCatalog::FindByName(
    absl::string_view name) const {
  return Find(by_name_, name);
}

}  // namespace plimsoll

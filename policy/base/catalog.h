// The catalog: bases that are known, and what is known of each. A snapshot is
// immutable and swapped whole; safe for concurrent use.
#ifndef PLIMSOLL_POLICY_BASE_CATALOG_H_
#define PLIMSOLL_POLICY_BASE_CATALOG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "policy/oci/digest.h"
#include "policy/oci/image_config.h"
#include "policy/oci/manifest.h"
#include "policy/status.h"

namespace plimsoll {

enum class Approval { kUnapproved, kApproved, kDenied };
absl::string_view ApprovalName(Approval approval);  // "unapproved", ...
std::optional<Approval> ParseApproval(absl::string_view name);

// A tag under which a base was seen, and from when to when.
struct BaseName {
  std::string name;  // "docker.io/library/debian:12", as Reference::ToString
  absl::Time first_seen;
  absl::Time last_seen;

  friend bool operator==(const BaseName&, const BaseName&) = default;
};

// One platform of one base. Keyed by `manifest`.
struct BaseRecord {
  Digest manifest;
  std::optional<Digest> index;  // that listed it, if any
  Digest config;
  Platform platform;
  std::vector<Digest> layers;    // as stored
  std::vector<Digest> diff_ids;  // as many as `layers`
  Digest chain_id;               // of all diff_ids
  std::vector<HistoryEntry> history = {};
  std::vector<std::string> env = {};
  StringPairs labels = {};
  StringPairs annotations = {};  // of the manifest: children may carry them on
  std::optional<absl::Time> created = {};
  std::vector<BaseName> names = {};
  Approval approval = Approval::kUnapproved;
  // Every layer was hashed here. Imported records are not until they are; they
  // establish `claimed` at most.
  bool proven = false;

  friend bool operator==(const BaseRecord&, const BaseRecord&) = default;
};

// What is wrong with a record, if anything: no layers, counts that differ, a
// chain ID that is not that of the diff IDs, a name not in its normal form, a
// time outside the years 1 to 9999.
Status ValidateBaseRecord(const BaseRecord& record);

// Reads and writes one record as one line of JSON, the form of `catalog export`
// and `import`. A parsed record has passed ValidateBaseRecord and is unproven.
// Members that are not known are passed over; another schema is refused.
inline constexpr int64_t kBaseRecordSchema = 1;
StatusOr<BaseRecord> ParseBaseRecord(absl::string_view json_line);
std::string FormatBaseRecord(const BaseRecord& record);

class BaseCatalog {
 public:
  // Later records replace earlier ones with the same manifest digest.
  // InvalidArgument names the first record that is not valid.
  static StatusOr<std::shared_ptr<const BaseCatalog>> New(
      std::vector<BaseRecord> records);

  // The records whose whole chain is `chain_id`, by manifest digest; empty
  // where there is none.
  std::vector<const BaseRecord*> FindByChain(const Digest& chain_id) const;
  // The records with this manifest, index or config digest.
  std::vector<const BaseRecord*> FindByDigest(const Digest& digest) const;
  // The records seen under this name, "docker.io/library/debian:12".
  std::vector<const BaseRecord*> FindByName(absl::string_view name) const;
  absl::Span<const BaseRecord> records() const { return records_; }
  bool empty() const { return records_.empty(); }
  // A digest over all records: names this snapshot in decisions.
  const std::string& revision() const { return revision_; }

 private:
  using Posting = std::vector<size_t>;

  BaseCatalog() = default;
  template <typename Index, typename Key>
  std::vector<const BaseRecord*> Find(const Index& index, const Key& key) const;
  void AddToIndexes(size_t i);

  std::vector<BaseRecord> records_;  // sorted by manifest digest
  absl::flat_hash_map<Digest, Posting> by_chain_;
  absl::flat_hash_map<Digest, Posting> by_digest_;
  absl::flat_hash_map<std::string, Posting> by_name_;
  std::string revision_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_POLICY_BASE_CATALOG_H_

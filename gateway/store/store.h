// Store: what survives a restart. A port with SQLite behind it (PostgreSQL
// later). Calls may come from any loop; the store works on threads of its own
// and resumes the awaiter where it was. Every loop must outlive the calls that
// it made. Unavailable where the store cannot be reached or written or has too
// much waiting, DataLoss where what it kept is damaged, NotFound where a single
// thing is asked for and absent, InvalidArgument for a record that is not valid
// (record_rules.h).
//
// A returned OK from a Record or Put call means durable: on disk past a power
// loss. Concurrent calls share one transaction and one fsync (group commit).
#ifndef PLIMSOLL_GATEWAY_STORE_STORE_H_
#define PLIMSOLL_GATEWAY_STORE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "gateway/task.h"
#include "plimsoll/v1/decision.pb.h"
#include "policy/base/catalog.h"
#include "policy/base/layer_facts.h"
#include "policy/evidence.h"
#include "policy/oci/digest.h"
#include "policy/status.h"

namespace plimsoll {

inline constexpr size_t kMaxDecisionsListed = 10'000;
inline constexpr size_t kMaxReportsFound = 16;

// What became of an admitted push. kIntent: recorded, nothing known yet.
enum class ForwardState {
  kNone,        // not a push, or refused: nothing was to be forwarded
  kIntent,      // durable before the first byte goes upstream
  kForwarded,   // the upstream took it
  kSuperseded,  // it took it, and another push has moved the tag since
  kAbsent,      // it does not have it
  kUnknown,     // it could not be asked
};
absl::string_view ForwardStateName(ForwardState state);
std::optional<ForwardState> ParseForwardState(absl::string_view name);

struct ForwardResult {
  ForwardState state = ForwardState::kUnknown;
  int status = 0;           // the upstream's HTTP status; 0 where it gave none
  std::string detail;       // for people
  bool reconciled = false;  // found out after a restart, not seen happening
};

// A decision as kept: the public message and what became of it.
struct StoredDecision {
  int64_t sequence = 0;  // in order of recording; a gap shows a lost row
  v1::Decision decision;
  ForwardState state = ForwardState::kNone;
  ForwardResult result;
};

// A manifest or config. Shared: it is read while it waits to be written.
struct Document {
  std::string digest;
  std::shared_ptr<const std::string> bytes;
};

// What a decision rests on.
struct EvidenceRecord {
  std::string bytes;                // canonical
  std::vector<Document> documents;  // that it names by digest
};

// Decisions that were made before these times are removed.
struct Expiry {
  absl::Time admitted = absl::InfinitePast();  // and whatever is not below
  absl::Time refused = absl::InfinitePast();   // denied, nothing forwarded
  absl::Time absent = absl::InfinitePast();    // the upstream did not take it
};

// Bytes of documents that no upstream is known to have, all together: whoever
// may not push can fill no more of the store than this.
inline constexpr int64_t kMaxUndeliveredBytes = int64_t{256} << 20;

// All conditions must hold; empty ones hold always. Newest first.
struct DecisionFilter {
  std::string repository;  // exact
  std::string digest;      // exact
  std::string outcome;     // "deny", ...
  std::string door;
  std::optional<absl::Time> since;
  std::optional<ForwardState> state;
  size_t limit = 100;  // at most kMaxDecisionsListed
};

class Store {
 public:
  virtual ~Store() = default;

  // Decisions. RecordDecision keeps a decision with nothing to forward;
  // RecordIntent one that is about to be forwarded. Both keep the evidence's
  // bytes under their sha256, once, unless they are empty; the decision must
  // name that digest. AlreadyExists for an id that is taken.
  //
  // RecordDecision keeps the documents too, each once by its digest; those of a
  // denied push within kMaxUndeliveredBytes. A denial is kept past what may
  // wait otherwise, then without its documents. RecordIntent keeps the
  // documents' names: see PutDocuments.
  virtual Task<Status> RecordDecision(v1::Decision decision,
                                      EvidenceRecord evidence) = 0;
  virtual Task<Status> RecordIntent(v1::Decision decision,
                                    EvidenceRecord evidence) = 0;
  // Keeps documents that the upstream has, each once.
  virtual Task<Status> PutDocuments(std::vector<Document> documents) = 0;
  // Ends an intent. kUnknown may be replaced later; a definite outcome stands:
  // the same again changes nothing, another one is FailedPrecondition.
  virtual Task<Status> RecordOutcome(std::string id, ForwardResult result) = 0;
  // Intents without an outcome, oldest first: left by a crash.
  virtual Task<StatusOr<std::vector<StoredDecision>>> OpenIntents(
      size_t limit) = 0;
  virtual Task<StatusOr<std::vector<StoredDecision>>> ListDecisions(
      DecisionFilter filter) = 0;
  virtual Task<StatusOr<StoredDecision>> FindDecision(std::string id) = 0;
  virtual Task<StatusOr<std::string>> FindEvidence(std::string digest) = 0;
  // NotFound also where evidence names it and it was not kept.
  virtual Task<StatusOr<std::string>> FindDocument(std::string digest) = 0;
  // Removes at most `limit` decisions, never an open intent, and the evidence
  // and documents that no decision names any more. Returns how many.
  virtual Task<StatusOr<int64_t>> RemoveExpired(Expiry expiry,
                                                size_t limit) = 0;

  // Layer facts, by layer digest. Facts of an older inspector are not returned.
  virtual Task<StatusOr<absl::flat_hash_map<Digest, LayerFacts>>>
  FindLayerFacts(std::vector<Digest> layers) = 0;
  virtual Task<Status> PutLayerFacts(std::vector<LayerFacts> facts) = 0;

  // The catalog. The generation grows with every change.
  virtual Task<StatusOr<int64_t>> CatalogGeneration() = 0;
  virtual Task<StatusOr<std::vector<BaseRecord>>> LoadCatalog() = 0;
  // Adds records or merges them into those with the same manifest digest: names
  // are united and their time ranges widened; approval and `proven` are never
  // lowered by a merge except by an explicit denial. What was hashed here is
  // never replaced by what was imported. Many records are written in several
  // transactions; a failure in the middle leaves the first ones.
  virtual Task<Status> PutBases(std::vector<BaseRecord> records) = 0;
  virtual Task<Status> SetApproval(Digest manifest, Approval approval) = 0;

  // Scan reports. Kept once by the digest of their bytes; found by any digest
  // of their subject (manifest, index or config). Newest first, at most
  // kMaxReportsFound. A report that is put again keeps the time it was first
  // received, gains the new subjects and takes the new database date, if any.
  virtual Task<Status> PutReport(ScanReport report, std::string document,
                                 absl::Time received) = 0;
  virtual Task<StatusOr<std::vector<MatchedReport>>> FindReports(
      std::vector<Digest> subjects) = 0;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_STORE_H_

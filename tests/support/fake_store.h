// FakeStore: a Store that keeps its state in memory, for tests of what stands
// on a store. Passes the same contract as SqliteStore
// (tests/contract/store_contract.h). Safe for concurrent use.
#ifndef PLIMSOLL_TESTS_SUPPORT_FAKE_STORE_H_
#define PLIMSOLL_TESTS_SUPPORT_FAKE_STORE_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/store/store.h"

namespace plimsoll {

class FakeStore : public Store {
 public:
  // From now on every call (or every call that writes) fails with `status` and
  // changes nothing. OK ends it.
  void FailCalls(Status status);
  void FailWrites(Status status);

  // What is kept, oldest first.
  std::vector<StoredDecision> decisions() const;
  size_t evidence_count() const;
  size_t document_count() const;

  Task<Status> RecordDecision(v1::Decision decision,
                              EvidenceRecord evidence) override;
  Task<Status> RecordIntent(v1::Decision decision,
                            EvidenceRecord evidence) override;
  Task<Status> PutDocuments(std::vector<Document> documents) override;
  Task<Status> RecordOutcome(std::string id, ForwardResult result) override;
  Task<StatusOr<std::vector<StoredDecision>>> OpenIntents(
      size_t limit) override;
  Task<StatusOr<std::vector<StoredDecision>>> ListDecisions(
      DecisionFilter filter) override;
  Task<StatusOr<StoredDecision>> FindDecision(std::string id) override;
  Task<StatusOr<std::string>> FindEvidence(std::string digest) override;
  Task<StatusOr<std::string>> FindDocument(std::string digest) override;
  Task<StatusOr<int64_t>> RemoveExpired(Expiry expiry, size_t limit) override;
  Task<StatusOr<absl::flat_hash_map<Digest, LayerFacts>>> FindLayerFacts(
      std::vector<Digest> layers) override;
  Task<Status> PutLayerFacts(std::vector<LayerFacts> facts) override;
  Task<StatusOr<int64_t>> CatalogGeneration() override;
  Task<StatusOr<std::vector<BaseRecord>>> LoadCatalog() override;
  Task<Status> PutBases(std::vector<BaseRecord> records) override;
  Task<Status> SetApproval(Digest manifest, Approval approval) override;
  Task<Status> PutReport(ScanReport report, std::string document,
                         absl::Time received) override;
  Task<StatusOr<std::vector<MatchedReport>>> FindReports(
      std::vector<Digest> subjects) override;

 private:
  // REQUIRES of all of them: mutex_ is held.
  Status ReadStatus() const { return calls_; }
  Status WriteStatus() const { return calls_.ok() ? writes_ : calls_; }
  Status Keep(v1::Decision decision, EvidenceRecord evidence,
              ForwardState state);
  void KeepDocument(const Document& document, bool delivered);
  void DropUnnamed();
  StoredDecision* Find(const std::string& id);

  mutable std::mutex mutex_;
  Status calls_;
  Status writes_;
  int64_t sequence_ = 0;
  std::vector<StoredDecision> decisions_;
  struct KeptDocument {
    std::string bytes;
    bool delivered = false;
  };
  std::map<std::string, std::string> evidence_;
  std::map<std::string, std::vector<std::string>> named_;  // by evidence
  std::map<std::string, KeptDocument> documents_;
  std::map<Digest, LayerFacts> facts_;
  std::map<Digest, BaseRecord> bases_;
  int64_t generation_ = 0;
  std::vector<MatchedReport> reports_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_TESTS_SUPPORT_FAKE_STORE_H_

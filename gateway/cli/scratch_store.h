// A store for one run of `plimsoll check`: holds a catalog and reports that
// were given, keeps layer facts in memory and records nothing. It may stand on
// another store, which it reads and never writes. The dry run is this port, not
// an `if`. For one loop.
#ifndef PLIMSOLL_GATEWAY_CLI_SCRATCH_STORE_H_
#define PLIMSOLL_GATEWAY_CLI_SCRATCH_STORE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store/store.h"

namespace plimsoll {

class ScratchStore : public Store {
 public:
  // `below` may be nullptr.
  explicit ScratchStore(std::unique_ptr<Store> below = nullptr)
      : below_(std::move(below)) {}

  Task<Status> RecordDecision(v1::Decision, EvidenceRecord) override;
  Task<Status> RecordIntent(v1::Decision, EvidenceRecord) override;
  Task<Status> PutDocuments(std::vector<Document>) override;
  Task<Status> RecordOutcome(std::string, ForwardResult) override;
  Task<StatusOr<std::vector<StoredDecision>>> OpenIntents(size_t) override;
  Task<StatusOr<std::vector<StoredDecision>>> ListDecisions(
      DecisionFilter) override;
  Task<StatusOr<StoredDecision>> FindDecision(std::string) override;
  Task<StatusOr<std::string>> FindEvidence(std::string) override;
  Task<StatusOr<std::string>> FindDocument(std::string) override;
  Task<StatusOr<int64_t>> RemoveExpired(Expiry, size_t) override;
  Task<StatusOr<absl::flat_hash_map<Digest, LayerFacts>>> FindLayerFacts(
      std::vector<Digest> layers) override;
  Task<Status> PutLayerFacts(std::vector<LayerFacts> facts) override;
  Task<StatusOr<int64_t>> CatalogGeneration() override;
  Task<StatusOr<std::vector<BaseRecord>>> LoadCatalog() override;
  Task<Status> PutBases(std::vector<BaseRecord> records) override;
  Task<Status> SetApproval(Digest manifest, Approval approval) override;
  Task<Status> PutReport(ScanReport report, std::string document,
                         absl::Time received) override;
  // All that were given: whom each is about is for the caller to see.
  Task<StatusOr<std::vector<MatchedReport>>> FindReports(
      std::vector<Digest>) override;

 private:
  const std::unique_ptr<Store> below_;
  absl::flat_hash_map<Digest, LayerFacts> facts_;
  std::vector<BaseRecord> bases_;
  std::vector<MatchedReport> reports_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CLI_SCRATCH_STORE_H_

#include "gateway/cli/scratch_store.h"

namespace plimsoll {
namespace {

Status NotKept() { return absl::NotFoundError("a check keeps no decisions"); }

}  // namespace

Task<Status> ScratchStore::RecordDecision(v1::Decision, EvidenceRecord) {
  co_return absl::OkStatus();
}

Task<Status> ScratchStore::RecordIntent(v1::Decision, EvidenceRecord) {
  co_return absl::OkStatus();
}

Task<Status> ScratchStore::PutDocuments(std::vector<Document>) {
  co_return absl::OkStatus();
}

Task<Status> ScratchStore::RecordOutcome(std::string, ForwardResult) {
  co_return absl::OkStatus();
}

Task<StatusOr<std::vector<StoredDecision>>> ScratchStore::OpenIntents(size_t) {
  co_return std::vector<StoredDecision>();
}

Task<StatusOr<std::vector<StoredDecision>>> ScratchStore::ListDecisions(
    DecisionFilter) {
  co_return std::vector<StoredDecision>();
}

Task<StatusOr<StoredDecision>> ScratchStore::FindDecision(std::string) {
  co_return NotKept();
}

Task<StatusOr<std::string>> ScratchStore::FindEvidence(std::string) {
  co_return NotKept();
}

Task<StatusOr<std::string>> ScratchStore::FindDocument(std::string) {
  co_return NotKept();
}

Task<StatusOr<int64_t>> ScratchStore::RemoveExpired(Expiry, size_t) {
  co_return int64_t{0};
}

Task<StatusOr<absl::flat_hash_map<Digest, LayerFacts>>>
ScratchStore::FindLayerFacts(std::vector<Digest> layers) {
  absl::flat_hash_map<Digest, LayerFacts> found;
  if (below_ != nullptr) {
    CO_ASSIGN_OR_RETURN(found, co_await below_->FindLayerFacts(layers));
  }
  for (const Digest& layer : layers) {
    const auto entry = facts_.find(layer);
    if (entry != facts_.end()) found.insert_or_assign(layer, entry->second);
  }
  co_return found;
}

Task<Status> ScratchStore::PutLayerFacts(std::vector<LayerFacts> facts) {
  for (LayerFacts& one : facts) {
    const Digest layer = one.layer;
    facts_.insert_or_assign(layer, std::move(one));
  }
  co_return absl::OkStatus();
}

Task<StatusOr<int64_t>> ScratchStore::CatalogGeneration() {
  co_return static_cast<int64_t>(bases_.size());
}

Task<StatusOr<std::vector<BaseRecord>>> ScratchStore::LoadCatalog() {
  std::vector<BaseRecord> bases;
  if (below_ != nullptr) {
    CO_ASSIGN_OR_RETURN(bases, co_await below_->LoadCatalog());
  }
  bases.insert(bases.end(), bases_.begin(), bases_.end());
  co_return bases;
}

Task<Status> ScratchStore::PutBases(std::vector<BaseRecord> records) {
  for (BaseRecord& record : records) bases_.push_back(std::move(record));
  co_return absl::OkStatus();
}

Task<Status> ScratchStore::SetApproval(Digest manifest, Approval approval) {
  for (BaseRecord& record : bases_) {
    if (record.manifest == manifest) record.approval = approval;
  }
  co_return absl::OkStatus();
}

Task<Status> ScratchStore::PutReport(ScanReport report, std::string,
                                     absl::Time received) {
  MatchedReport matched{std::move(report), received};
  reports_.push_back(std::move(matched));
  co_return absl::OkStatus();
}

Task<StatusOr<std::vector<MatchedReport>>> ScratchStore::FindReports(
    std::vector<Digest> subjects) {
  std::vector<MatchedReport> reports;
  if (below_ != nullptr) {
    CO_ASSIGN_OR_RETURN(reports,
                        co_await below_->FindReports(std::move(subjects)));
  }
  reports.insert(reports.end(), reports_.begin(), reports_.end());
  co_return reports;
}

}  // namespace plimsoll

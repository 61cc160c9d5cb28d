#include "tests/support/fake_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/store/record_rules.h"

namespace plimsoll {
namespace {

bool Passes(const DecisionFilter& filter, const StoredDecision& stored) {
  auto matches = [](const std::string& wanted, const std::string& actual) {
    return wanted.empty() || wanted == actual;
  };
  const v1::Decision& decision = stored.decision;
  absl::Time time;
  absl::ParseTime(absl::RFC3339_full, decision.time(), &time, nullptr);
  return matches(filter.repository, decision.repository()) &&
         matches(filter.digest, decision.digest()) &&
         matches(filter.outcome, decision.outcome()) &&
         matches(filter.door, decision.door()) &&
         (!filter.since || time >= *filter.since) &&
         (!filter.state || stored.state == *filter.state);
}

bool IsExpired(const StoredDecision& stored, const Expiry& expiry) {
  absl::Time time;
  absl::ParseTime(absl::RFC3339_full, stored.decision.time(), &time, nullptr);
  switch (stored.state) {
    case ForwardState::kIntent:
      return false;
    case ForwardState::kAbsent:
      return time < expiry.absent;
    case ForwardState::kNone:
      return time < (stored.decision.outcome() == "deny" ? expiry.refused
                                                         : expiry.admitted);
    default:
      return time < expiry.admitted;
  }
}

bool HasSubject(const ScanReport& report, const std::vector<Digest>& wanted) {
  auto is_wanted = [&](const Digest& digest) {
    return std::find(wanted.begin(), wanted.end(), digest) != wanted.end();
  };
  const ReportSubject& subject = report.subject;
  return (subject.config && is_wanted(*subject.config)) ||
         std::any_of(subject.manifests.begin(), subject.manifests.end(),
                     is_wanted);
}

void AddAgain(const ScanReport& report, ScanReport& known) {
  if (report.database) known.database = report.database;
  if (report.subject.config) known.subject.config = report.subject.config;
  std::vector<Digest>& manifests = known.subject.manifests;
  for (const Digest& manifest : report.subject.manifests) {
    auto found = std::find(manifests.begin(), manifests.end(), manifest);
    if (found == manifests.end()) manifests.push_back(manifest);
  }
}

}  // namespace

void FakeStore::FailCalls(Status status) {
  std::lock_guard lock(mutex_);
  calls_ = std::move(status);
}

void FakeStore::FailWrites(Status status) {
  std::lock_guard lock(mutex_);
  writes_ = std::move(status);
}

std::vector<StoredDecision> FakeStore::decisions() const {
  std::lock_guard lock(mutex_);
  return decisions_;
}

size_t FakeStore::evidence_count() const {
  std::lock_guard lock(mutex_);
  return evidence_.size();
}

size_t FakeStore::document_count() const {
  std::lock_guard lock(mutex_);
  return documents_.size();
}

void FakeStore::KeepDocument(const Document& document, bool delivered) {
  const auto known = documents_.find(document.digest);
  if (known != documents_.end()) {
    known->second.delivered = known->second.delivered || delivered;
    return;
  }
  size_t undelivered = document.bytes->size();
  for (const auto& [digest, kept] : documents_) {
    if (!kept.delivered) undelivered += kept.bytes.size();
  }
  if (!delivered && undelivered > size_t{kMaxUndeliveredBytes}) return;
  documents_[document.digest] = {*document.bytes, delivered};
}

Status FakeStore::Keep(v1::Decision decision, EvidenceRecord evidence,
                       ForwardState state) {
  RETURN_IF_ERROR(WriteStatus());
  RETURN_IF_ERROR(ValidateDecision(decision, evidence.bytes));
  if (Find(decision.id()) != nullptr) {
    return absl::AlreadyExistsError(
        absl::StrCat("decision ", decision.id(), " is already recorded"));
  }
  for (const Document& document : evidence.documents) {
    named_[decision.evidence()].push_back(document.digest);
    if (state == ForwardState::kIntent) continue;
    KeepDocument(document, decision.door() != "push");
  }
  if (!evidence.bytes.empty()) {
    evidence_.emplace(decision.evidence(), std::move(evidence.bytes));
  }
  StoredDecision stored;
  stored.sequence = ++sequence_;
  stored.decision = std::move(decision);
  stored.state = state;
  stored.result.state = state;
  decisions_.push_back(std::move(stored));
  return absl::OkStatus();
}

StoredDecision* FakeStore::Find(const std::string& id) {
  for (StoredDecision& stored : decisions_) {
    if (stored.decision.id() == id) return &stored;
  }
  return nullptr;
}

Task<Status> FakeStore::RecordDecision(v1::Decision decision,
                                       EvidenceRecord evidence) {
  std::lock_guard lock(mutex_);
  co_return Keep(std::move(decision), std::move(evidence), ForwardState::kNone);
}

Task<Status> FakeStore::RecordIntent(v1::Decision decision,
                                     EvidenceRecord evidence) {
  std::lock_guard lock(mutex_);
  co_return Keep(std::move(decision), std::move(evidence),
                 ForwardState::kIntent);
}

Task<Status> FakeStore::PutDocuments(std::vector<Document> documents) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(WriteStatus());
  CO_RETURN_IF_ERROR(ValidateDocuments(documents));
  for (const Document& document : documents) KeepDocument(document, true);
  co_return absl::OkStatus();
}

Task<Status> FakeStore::RecordOutcome(std::string id, ForwardResult result) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(WriteStatus());
  StoredDecision* stored = Find(id);
  if (stored == nullptr) {
    co_return absl::NotFoundError(absl::StrCat("no decision ", id));
  }
  CO_RETURN_IF_ERROR(CheckOutcome(stored->state, result.state),
                     absl::StrCat("decision ", id));
  if (IsDefinite(stored->state)) co_return absl::OkStatus();
  stored->state = result.state;
  stored->result = std::move(result);
  co_return absl::OkStatus();
}

Task<StatusOr<std::vector<StoredDecision>>> FakeStore::OpenIntents(
    size_t limit) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  std::vector<StoredDecision> open;
  for (const StoredDecision& stored : decisions_) {
    if (open.size() == limit) break;
    if (stored.state == ForwardState::kIntent) open.push_back(stored);
  }
  co_return open;
}

Task<StatusOr<std::vector<StoredDecision>>> FakeStore::ListDecisions(
    DecisionFilter filter) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  size_t limit = std::min(filter.limit, kMaxDecisionsListed);
  std::vector<StoredDecision> listed;
  for (auto it = decisions_.rbegin(); it != decisions_.rend(); ++it) {
    if (listed.size() == limit) break;
    if (Passes(filter, *it)) listed.push_back(*it);
  }
  co_return listed;
}

Task<StatusOr<StoredDecision>> FakeStore::FindDecision(std::string id) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  const StoredDecision* stored = Find(id);
  if (stored == nullptr) {
    co_return absl::NotFoundError(absl::StrCat("no decision ", id));
  }
  co_return *stored;
}

Task<StatusOr<std::string>> FakeStore::FindEvidence(std::string digest) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  auto found = evidence_.find(digest);
  if (found == evidence_.end()) {
    co_return absl::NotFoundError(absl::StrCat("no evidence ", digest));
  }
  co_return found->second;
}

Task<StatusOr<std::string>> FakeStore::FindDocument(std::string digest) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  const auto found = documents_.find(digest);
  if (found == documents_.end()) {
    co_return absl::NotFoundError(absl::StrCat("no document ", digest));
  }
  co_return found->second.bytes;
}

Task<StatusOr<int64_t>> FakeStore::RemoveExpired(Expiry expiry, size_t limit) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(WriteStatus());
  size_t removed = 0;
  std::erase_if(decisions_, [&](const StoredDecision& stored) {
    if (removed == limit || !IsExpired(stored, expiry)) return false;
    ++removed;
    return true;
  });
  DropUnnamed();
  co_return static_cast<int64_t>(removed);
}

void FakeStore::DropUnnamed() {
  const auto names = [this](const auto& entry) {
    return std::any_of(decisions_.begin(), decisions_.end(),
                       [&entry](const StoredDecision& stored) {
                         return stored.decision.evidence() == entry.first;
                       });
  };
  std::erase_if(evidence_, [&](const auto& entry) { return !names(entry); });
  std::erase_if(named_, [&](const auto& entry) { return !names(entry); });
  std::erase_if(documents_, [this](const auto& document) {
    return std::none_of(
        named_.begin(), named_.end(), [&document](const auto& entry) {
          return std::count(entry.second.begin(), entry.second.end(),
                            document.first) > 0;
        });
  });
}

Task<StatusOr<absl::flat_hash_map<Digest, LayerFacts>>>
FakeStore::FindLayerFacts(std::vector<Digest> layers) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  absl::flat_hash_map<Digest, LayerFacts> found;
  for (const Digest& layer : layers) {
    auto facts = facts_.find(layer);
    if (facts == facts_.end()) continue;
    if (facts->second.inspector_version < kInspectorVersion) continue;
    found.emplace(layer, facts->second);
  }
  co_return found;
}

Task<Status> FakeStore::PutLayerFacts(std::vector<LayerFacts> facts) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(WriteStatus());
  for (const LayerFacts& one : facts) {
    CO_RETURN_IF_ERROR(ValidateLayerFacts(one));
  }
  for (LayerFacts& one : facts) {
    auto [known, is_new] = facts_.emplace(one.layer, one);
    if (!is_new && known->second.inspector_version <= one.inspector_version) {
      known->second = one;
    }
  }
  co_return absl::OkStatus();
}

Task<StatusOr<int64_t>> FakeStore::CatalogGeneration() {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  co_return generation_;
}

Task<StatusOr<std::vector<BaseRecord>>> FakeStore::LoadCatalog() {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  std::vector<BaseRecord> records;
  for (const auto& [manifest, record] : bases_) records.push_back(record);
  co_return records;
}

Task<Status> FakeStore::PutBases(std::vector<BaseRecord> records) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(WriteStatus());
  for (const BaseRecord& record : records) {
    CO_RETURN_IF_ERROR(ValidateBaseRecord(record));
  }
  for (BaseRecord& record : records) {
    auto [known, is_new] = bases_.emplace(record.manifest, record);
    if (!is_new) known->second = MergeBaseRecords(known->second, record);
  }
  if (!records.empty()) ++generation_;
  co_return absl::OkStatus();
}

Task<Status> FakeStore::SetApproval(Digest manifest, Approval approval) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(WriteStatus());
  auto found = bases_.find(manifest);
  if (found == bases_.end()) {
    co_return absl::NotFoundError(
        absl::StrCat("no base ", manifest.ToString(), " in the catalog"));
  }
  found->second.approval = approval;
  ++generation_;
  co_return absl::OkStatus();
}

Task<Status> FakeStore::PutReport(ScanReport report, std::string document,
                                  absl::Time received) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(WriteStatus());
  CO_RETURN_IF_ERROR(ValidateReport(report, document));
  for (MatchedReport& known : reports_) {
    if (known.report.document != report.document) continue;
    AddAgain(report, known.report);
    co_return absl::OkStatus();
  }
  MatchedReport added{std::move(report), received};
  reports_.push_back(std::move(added));
  co_return absl::OkStatus();
}

Task<StatusOr<std::vector<MatchedReport>>> FakeStore::FindReports(
    std::vector<Digest> subjects) {
  std::lock_guard lock(mutex_);
  CO_RETURN_IF_ERROR(ReadStatus());
  std::vector<MatchedReport> found;
  for (const MatchedReport& known : reports_) {
    if (HasSubject(known.report, subjects)) found.push_back(known);
  }
  auto newer = [](const MatchedReport& a, const MatchedReport& b) {
    return ReportTime(a.report, a.received) > ReportTime(b.report, b.received);
  };
  std::stable_sort(found.begin(), found.end(), newer);
  if (found.size() > kMaxReportsFound) {
    found.erase(found.begin() + kMaxReportsFound, found.end());
  }
  co_return found;
}

}  // namespace plimsoll

// The store in one SQLite file: WAL, synchronous=FULL. One thread writes for
// all (write_queue.h), two read. Any number of processes may open one file at a
// time, but one of them at most to serve; the others write beside it in short
// transactions. After an error of the file (disk full, I/O) it works again as
// soon as the file does, without a restart.
#ifndef PLIMSOLL_GATEWAY_STORE_SQLITE_STORE_H_
#define PLIMSOLL_GATEWAY_STORE_SQLITE_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/file_lock.h"
#include "gateway/store/read_pool.h"
#include "gateway/store/report_cache.h"
#include "gateway/store/store.h"
#include "gateway/store/write_queue.h"

namespace plimsoll {

struct SqliteOptions {
  std::string path;
  bool serve = false;     // takes the lock of the one that serves
  int64_t max_bytes = 0;  // of the file; past it writes are Unavailable
};

class SqliteStore : public Store {
 public:
  // Creates the file where it is missing; its directory must be there.
  // FailedPrecondition where another process serves from it, or where it is
  // another program's or a newer version's; DataLoss, with the repair step,
  // where it is damaged; Unavailable where it cannot be opened.
  static StatusOr<std::unique_ptr<SqliteStore>> Open(
      const SqliteOptions& options);
  // As Close.
  ~SqliteStore() override;

  // Finishes the calls that wait and ends the threads; later calls are
  // Unavailable. For an end in order: before the awaiters' loops go.
  void Close();

  WriteStatistics statistics() const { return writes_.statistics(); }

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
  SqliteStore(const SqliteOptions& options, std::optional<FileLock> lock);

  // Say which file an error is of.
  Task<Status> Write(WriteQueue::Work work, size_t bytes);
  template <typename T>
  Task<StatusOr<T>> Read(std::function<StatusOr<T>(sqlite::Connection&)> query);
  Status Located(Status status) const;
  Task<Status> Insert(v1::Decision decision, EvidenceRecord evidence,
                      ForwardState state);

  const std::string path_;
  std::optional<FileLock> lock_;  // freed last
  ReportCache reports_;
  ReadPool reads_;
  WriteQueue writes_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_STORE_SQLITE_STORE_H_

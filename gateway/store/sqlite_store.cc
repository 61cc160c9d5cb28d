#include "gateway/store/sqlite_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/observe/log.h"
#include "gateway/observe/metrics.h"
#include "gateway/store/load_reports.h"
#include "gateway/store/record_rules.h"
#include "gateway/store/sqlite_catalog.h"
#include "gateway/store/sqlite_decisions.h"
#include "gateway/store/sqlite_documents.h"
#include "gateway/store/sqlite_facts.h"
#include "gateway/store/sqlite_open.h"
#include "gateway/store/sqlite_reports.h"

namespace plimsoll {
namespace {

constexpr size_t kReportCacheBytes = 64 << 20;
// Records of one transaction or one read: a few milliseconds each, so that
// nobody waits long behind a large catalog.
constexpr size_t kCatalogPage = 256;
// Stands for the memory of a write that is small.
constexpr size_t kSmallWrite = 1 << 10;

std::vector<BaseRecord> TakePage(std::vector<BaseRecord>& records,
                                 size_t begin) {
  auto first = records.begin() + static_cast<ptrdiff_t>(begin);
  size_t count = std::min(records.size() - begin, kCatalogPage);
  auto last = first + static_cast<ptrdiff_t>(count);
  return std::vector<BaseRecord>(std::make_move_iterator(first),
                                 std::make_move_iterator(last));
}

}  // namespace

StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(
    const SqliteOptions& options) {
  ASSIGN_OR_RETURN(SqliteFile file, OpenSqliteFile(options.path, options.serve),
                   absl::StrCat("store ", options.path));
  SqliteOptions found = options;
  found.path = file.path;
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(found, std::move(file.lock)));
}

SqliteStore::SqliteStore(const SqliteOptions& options,
                         std::optional<FileLock> lock)
    : path_(options.path),
      lock_(std::move(lock)),
      reports_(kReportCacheBytes),
      reads_([path = path_] {
        return sqlite::Connection::Open({.path = path, .read_only = true});
      }),
      writes_([path = path_, max_bytes = options.max_bytes] {
        return sqlite::Connection::Open({.path = path, .max_bytes = max_bytes});
      }) {}

SqliteStore::~SqliteStore() = default;

void SqliteStore::Close() {
  writes_.Close();
  reads_.Close();
}

Task<Status> SqliteStore::Write(WriteQueue::Work work, size_t bytes) {
  Status status = co_await writes_.Submit(std::move(work), bytes);
  co_return Located(std::move(status));
}

Status SqliteStore::Located(Status status) const {
  if (!sqlite::BreaksConnection(status)) return status;
  metrics::store_failures.Add({"write"});
  return Annotate(status, absl::StrCat("store ", path_));
}

template <typename T>
Task<StatusOr<T>> SqliteStore::Read(
    std::function<StatusOr<T>(sqlite::Connection&)> query) {
  StatusOr<T> result = co_await reads_.Read<T>(std::move(query));
  if (sqlite::BreaksConnection(result.status())) {
    metrics::store_failures.Add({"read"});
    co_return Annotate(result.status(), absl::StrCat("store ", path_));
  }
  co_return result;
}

Task<Status> SqliteStore::Insert(v1::Decision decision, EvidenceRecord evidence,
                                 ForwardState state) {
  const bool denial = state == ForwardState::kNone && IsDenial(decision);
  CO_ASSIGN_OR_RETURN(DecisionRow row,
                      MakeDecisionRow(decision, std::move(evidence), state));
  if (denial && !writes_.HasRoom(row.bytes())) {
    row.DropDocuments();
    LogError("documents of a refusal are not kept",
             {{"decision", row.id}, {"error", "too many writes wait"}});
  }
  size_t bytes = row.bytes();
  WriteQueue::Work work = [row = std::move(row)](auto& connection) {
    return InsertDecision(connection, row);
  };
  if (!denial) co_return co_await Write(std::move(work), bytes);
  Status kept = co_await writes_.SubmitReserved(std::move(work), bytes);
  co_return Located(std::move(kept));
}

Task<Status> SqliteStore::RecordDecision(v1::Decision decision,
                                         EvidenceRecord evidence) {
  co_return co_await Insert(std::move(decision), std::move(evidence),
                            ForwardState::kNone);
}

Task<Status> SqliteStore::RecordIntent(v1::Decision decision,
                                       EvidenceRecord evidence) {
  co_return co_await Insert(std::move(decision), std::move(evidence),
                            ForwardState::kIntent);
}

Task<Status> SqliteStore::PutDocuments(std::vector<Document> documents) {
  CO_RETURN_IF_ERROR(ValidateDocuments(documents));
  size_t bytes = kSmallWrite;
  for (const Document& document : documents) bytes += document.bytes->size();
  WriteQueue::Work work = [documents = std::move(documents)](auto& connection) {
    for (const Document& document : documents) {
      const StatusOr<bool> kept = UpsertDocument(connection, document, true);
      if (!kept.ok()) return kept.status();
    }
    return absl::OkStatus();
  };
  co_return co_await Write(std::move(work), bytes);
}

Task<Status> SqliteStore::RecordOutcome(std::string id, ForwardResult result) {
  WriteQueue::Work work = [id = std::move(id),
                           result = std::move(result)](auto& connection) {
    return UpdateOutcome(connection, id, result);
  };
  co_return co_await Write(std::move(work), kSmallWrite);
}

Task<StatusOr<std::vector<StoredDecision>>> SqliteStore::OpenIntents(
    size_t limit) {
  using Found = std::vector<StoredDecision>;
  std::function<StatusOr<Found>(sqlite::Connection&)> query =
      [limit](auto& connection) {
        return SelectOpenIntents(connection, limit);
      };
  co_return co_await Read<Found>(std::move(query));
}

Task<StatusOr<std::vector<StoredDecision>>> SqliteStore::ListDecisions(
    DecisionFilter filter) {
  using Found = std::vector<StoredDecision>;
  std::function<StatusOr<Found>(sqlite::Connection&)> query =
      [filter = std::move(filter)](auto& connection) {
        return SelectDecisions(connection, filter);
      };
  co_return co_await Read<Found>(std::move(query));
}

Task<StatusOr<StoredDecision>> SqliteStore::FindDecision(std::string id) {
  std::function<StatusOr<StoredDecision>(sqlite::Connection&)> query =
      [id = std::move(id)](auto& connection) {
        return SelectDecision(connection, id);
      };
  co_return co_await Read<StoredDecision>(std::move(query));
}

Task<StatusOr<std::string>> SqliteStore::FindEvidence(std::string digest) {
  std::function<StatusOr<std::string>(sqlite::Connection&)> query =
      [digest = std::move(digest)](auto& connection) {
        return SelectEvidence(connection, digest);
      };
  co_return co_await Read<std::string>(std::move(query));
}

Task<StatusOr<std::string>> SqliteStore::FindDocument(std::string digest) {
  std::function<StatusOr<std::string>(sqlite::Connection&)> query =
      [digest = std::move(digest)](auto& connection) {
        return SelectDocument(connection, digest);
      };
  co_return co_await Read<std::string>(std::move(query));
}

Task<StatusOr<int64_t>> SqliteStore::RemoveExpired(Expiry expiry,
                                                   size_t limit) {
  auto removed = std::make_shared<int64_t>(0);
  WriteQueue::Work work = [expiry, limit, removed](auto& connection) {
    StatusOr<size_t> count = DeleteExpired(connection, expiry, limit);
    if (count.ok()) *removed = static_cast<int64_t>(*count);
    return count.status();
  };
  CO_RETURN_IF_ERROR(co_await Write(std::move(work), kSmallWrite));
  co_return *removed;
}

Task<StatusOr<absl::flat_hash_map<Digest, LayerFacts>>>
SqliteStore::FindLayerFacts(std::vector<Digest> layers) {
  using Found = absl::flat_hash_map<Digest, LayerFacts>;
  std::function<StatusOr<Found>(sqlite::Connection&)> query =
      [layers = std::move(layers)](auto& connection) {
        return SelectLayerFacts(connection, layers);
      };
  co_return co_await Read<Found>(std::move(query));
}

Task<Status> SqliteStore::PutLayerFacts(std::vector<LayerFacts> facts) {
  for (const LayerFacts& one : facts) {
    CO_RETURN_IF_ERROR(ValidateLayerFacts(one));
  }
  size_t bytes = facts.size() * kSmallWrite;
  WriteQueue::Work work = [facts = std::move(facts)](auto& connection) {
    return UpsertLayerFacts(connection, facts);
  };
  co_return co_await Write(std::move(work), bytes);
}

Task<StatusOr<int64_t>> SqliteStore::CatalogGeneration() {
  std::function<StatusOr<int64_t>(sqlite::Connection&)> query =
      SelectGeneration;
  co_return co_await Read<int64_t>(std::move(query));
}

Task<StatusOr<std::vector<BaseRecord>>> SqliteStore::LoadCatalog() {
  using Page = std::vector<BaseRecord>;
  Page all;
  while (true) {
    std::string after = all.empty() ? "" : all.back().manifest.ToString();
    std::function<StatusOr<Page>(sqlite::Connection&)> query =
        [after = std::move(after)](auto& connection) {
          return SelectBases(connection, after, kCatalogPage);
        };
    CO_ASSIGN_OR_RETURN(Page page, co_await Read<Page>(std::move(query)));
    if (page.empty()) co_return all;
    std::move(page.begin(), page.end(), std::back_inserter(all));
  }
}

Task<Status> SqliteStore::PutBases(std::vector<BaseRecord> records) {
  for (const BaseRecord& record : records) {
    CO_RETURN_IF_ERROR(ValidateBaseRecord(record));
  }
  for (size_t begin = 0; begin < records.size(); begin += kCatalogPage) {
    std::vector<BaseRecord> page = TakePage(records, begin);
    size_t bytes = page.size() * kSmallWrite;
    WriteQueue::Work work = [page = std::move(page)](auto& connection) {
      return UpsertBases(connection, page);
    };
    CO_RETURN_IF_ERROR(co_await Write(std::move(work), bytes));
  }
  co_return absl::OkStatus();
}

Task<Status> SqliteStore::SetApproval(Digest manifest, Approval approval) {
  WriteQueue::Work work = [manifest = std::move(manifest),
                           approval](auto& connection) {
    return UpdateApproval(connection, manifest, approval);
  };
  co_return co_await Write(std::move(work), kSmallWrite);
}

Task<Status> SqliteStore::PutReport(ScanReport report, std::string document,
                                    absl::Time received) {
  CO_RETURN_IF_ERROR(ValidateReport(report, document));
  size_t bytes = document.size() + kSmallWrite;
  WriteQueue::Work work = [report = std::move(report),
                           document = std::move(document),
                           received](auto& connection) {
    return UpsertReport(connection, report, document, received);
  };
  co_return co_await Write(std::move(work), bytes);
}

Task<StatusOr<std::vector<MatchedReport>>> SqliteStore::FindReports(
    std::vector<Digest> subjects) {
  using Found = std::vector<MatchedReport>;
  std::function<StatusOr<Found>(sqlite::Connection&)> query =
      [this, subjects = std::move(subjects)](auto& connection) {
        return LoadReports(connection, reports_, subjects);
      };
  co_return co_await Read<Found>(std::move(query));
}

}  // namespace plimsoll

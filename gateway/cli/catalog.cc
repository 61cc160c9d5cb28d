// `plimsoll catalog list`, `show`, `export` and `import`.
#include "policy/base/catalog.h"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/session.h"
#include "gateway/instant.h"
#include "gateway/store/sqlite_store.h"

namespace plimsoll {
namespace {

constexpr size_t kImportBatch = 1000;
constexpr size_t kMaxRecordBytes = 4 << 20;

StatusOr<std::unique_ptr<SqliteStore>> OpenStore(const Flags& flags) {
  const SqliteOptions options{flags.Get("store", kDefaultStore), false};
  return SqliteStore::Open(options);
}

StatusOr<std::vector<BaseRecord>> Load(const Flags& flags) {
  ASSIGN_OR_RETURN(const std::unique_ptr<SqliteStore> store, OpenStore(flags));
  using Result = StatusOr<std::vector<BaseRecord>>;
  return RunBlocking<Result>(
      [&]() -> Task<Result> { co_return co_await store->LoadCatalog(); });
}

int Fail(absl::string_view command, const Status& status) {
  std::fprintf(stderr, "plimsoll %s: %s\n", std::string(command).c_str(),
               std::string(status.message()).c_str());
  return 1;
}

std::string FirstName(const BaseRecord& record) {
  return record.names.empty() ? "(no name)" : record.names.front().name;
}

int List(const Flags& flags) {
  const StatusOr<std::vector<BaseRecord>> records = Load(flags);
  if (!records.ok()) return Fail("catalog list", records.status());
  if (records->empty()) {
    std::puts("no bases; add one: plimsoll catalog add --approve NAME IMAGE");
  }
  for (const BaseRecord& record : *records) {
    std::printf("%-40s %-14s %-10s %-8s %s\n", FirstName(record).c_str(),
                record.platform.ToString().c_str(),
                std::string(ApprovalName(record.approval)).c_str(),
                record.proven ? "hashed" : "imported",
                record.manifest.ToString().c_str());
  }
  return 0;
}

bool Names(const BaseRecord& record, const std::string& what) {
  if (record.manifest.ToString() == what || record.config.ToString() == what ||
      (record.index && record.index->ToString() == what)) {
    return true;
  }
  for (const BaseName& name : record.names) {
    if (name.name == what || absl::EndsWith(name.name, "/" + what)) return true;
  }
  return false;
}

void Print(const BaseRecord& record) {
  std::printf("%s\n", FirstName(record).c_str());
  for (const BaseName& name : record.names) {
    std::printf("  name      %s, seen %s to %s\n", name.name.c_str(),
                FormatInstant(name.first_seen).c_str(),
                FormatInstant(name.last_seen).c_str());
  }
  std::printf("  platform  %s\n", record.platform.ToString().c_str());
  std::printf("  manifest  %s\n", record.manifest.ToString().c_str());
  if (record.index) {
    std::printf("  index     %s\n", record.index->ToString().c_str());
  }
  std::printf("  config    %s\n", record.config.ToString().c_str());
  std::printf("  chain ID  %s\n", record.chain_id.ToString().c_str());
  for (size_t i = 0; i < record.layers.size(); ++i) {
    std::printf("  layer %-3zu %s\n            diff ID %s\n", i + 1,
                record.layers[i].ToString().c_str(),
                record.diff_ids[i].ToString().c_str());
  }
  if (record.created) {
    std::printf("  created   %s\n", FormatInstant(*record.created).c_str());
  }
  std::printf("  history   %zu entries\n", record.history.size());
  std::printf("  approval  %s\n",
              std::string(ApprovalName(record.approval)).c_str());
  std::printf("  proof     %s\n",
              record.proven ? "every layer was hashed here"
                            : "imported: claimed until it is added here");
}

int Show(const Flags& flags) {
  if (flags.positional().size() != 1) {
    return Fail("catalog show",
                absl::InvalidArgumentError("give one NAME or DIGEST"));
  }
  const StatusOr<std::vector<BaseRecord>> records = Load(flags);
  if (!records.ok()) return Fail("catalog show", records.status());
  bool found = false;
  for (const BaseRecord& record : *records) {
    if (!Names(record, flags.positional()[0])) continue;
    Print(record);
    found = true;
  }
  if (found) return 0;
  return Fail("catalog show", absl::NotFoundError(absl::StrCat(
                                  "no base is called `", flags.positional()[0],
                                  "`; plimsoll catalog list shows all")));
}

int Export(const Flags& flags) {
  const StatusOr<std::vector<BaseRecord>> records = Load(flags);
  if (!records.ok()) return Fail("catalog export", records.status());
  for (const BaseRecord& record : *records) {
    std::puts(FormatBaseRecord(record).c_str());
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

Status PutBatch(SqliteStore& store, std::vector<BaseRecord>& batch) {
  if (batch.empty()) return absl::OkStatus();
  std::vector<BaseRecord> records = std::exchange(batch, {});
  return RunBlocking<Status>([&]() -> Task<Status> {
    co_return co_await store.PutBases(std::move(records));
  });
}

// Reads one record a line. Nothing of a batch is kept where a line of it is
// wrong.
StatusOr<size_t> ImportFrom(std::istream& in, SqliteStore& store) {
  std::vector<BaseRecord> batch;
  std::string line;
  size_t count = 0;
  while (std::getline(in, line)) {
    ++count;
    if (line.size() > kMaxRecordBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", count, ": longer than ", kMaxRecordBytes));
    }
    ASSIGN_OR_RETURN(BaseRecord record, ParseBaseRecord(line),
                     absl::StrCat("line ", count));
    batch.push_back(std::move(record));
    if (batch.size() == kImportBatch) RETURN_IF_ERROR(PutBatch(store, batch));
  }
  RETURN_IF_ERROR(PutBatch(store, batch));
  return count;
}

int Import(const Flags& flags) {
  if (flags.positional().size() != 1) {
    return Fail("catalog import",
                absl::InvalidArgumentError("give one FILE, or - for stdin"));
  }
  const StatusOr<std::unique_ptr<SqliteStore>> store = OpenStore(flags);
  if (!store.ok()) return Fail("catalog import", store.status());
  const std::string& path = flags.positional()[0];
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) {
      return Fail("catalog import",
                  absl::NotFoundError(absl::StrCat(path, ": cannot be read")));
    }
  }
  const StatusOr<size_t> count =
      ImportFrom(path == "-" ? std::cin : file, **store);
  if (!count.ok()) return Fail("catalog import", count.status());
  std::printf("imported %zu bases; they are claimed until added here\n",
              *count);
  return 0;
}

}  // namespace

Command CatalogListCommand() {
  return {"catalog list", "[flags]", "Lists the known bases.", {kStore}, List};
}

Command CatalogShowCommand() {
  return {"catalog show",
          "NAME|DIGEST",
          "Shows all that is known of a base.",
          {kStore},
          Show};
}

Command CatalogExportCommand() {
  return {"catalog export",
          "[flags]",
          "Writes the catalog as JSON, one base a line.",
          {kStore},
          Export};
}

Command CatalogImportCommand() {
  return {"catalog import",
          "FILE|-",
          "Reads bases as catalog export writes them; claimed until hashed "
          "here.",
          {kStore},
          Import};
}

}  // namespace plimsoll

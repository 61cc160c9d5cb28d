// `plimsoll report add`: keeps a scanner's report about a manifest.
#include "policy/scan/report.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/session.h"
#include "gateway/instant.h"
#include "gateway/policy_files.h"
#include "gateway/store/sqlite_store.h"
#include "policy/oci/json.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxDatabaseFileBytes = 1 << 20;

// The date in a Trivy database's metadata.json, or Grype's db status.
StatusOr<absl::Time> ReadDatabaseDate(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes,
                   ReadFile(path, kMaxDatabaseFileBytes));
  ASSIGN_OR_RETURN(const JsonValue document, ParseJson(bytes), path);
  for (const absl::string_view name : {"UpdatedAt", "built"}) {
    const JsonValue* date = document.Find(name);
    if (date == nullptr || date->AsString() == nullptr) continue;
    absl::Time time;
    std::string error;
    if (absl::ParseTime(absl::RFC3339_full, *date->AsString(), &time, &error)) {
      return time;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      path,
      ": holds neither `UpdatedAt` nor `built` with a date; give the "
      "metadata.json of the scanner's database"));
}

// Whether the report can be about `digest`: it names it, or it names the config
// of a base that is catalogued under it.
Task<StatusOr<bool>> IsAbout(const ScanReport& report, const Digest& digest,
                             SqliteStore& store) {
  const std::vector<Digest>& named = report.subject.manifests;
  if (std::count(named.begin(), named.end(), digest) > 0) co_return true;
  if (!report.subject.config) co_return false;
  if (*report.subject.config == digest) co_return true;
  CO_ASSIGN_OR_RETURN(const std::vector<BaseRecord> records,
                      co_await store.LoadCatalog());
  for (const BaseRecord& record : records) {
    const bool is_it = record.manifest == digest || record.index == digest;
    if (is_it && record.config == *report.subject.config) co_return true;
  }
  co_return false;
}

Task<Status> Keep(ScanReport report, std::string bytes, Digest digest,
                  SqliteStore& store) {
  CO_ASSIGN_OR_RETURN(const bool about,
                      co_await IsAbout(report, digest, store));
  if (!about) {
    co_return absl::FailedPreconditionError(absl::StrCat(
        "the report is about another image",
        report.subject.manifests.empty()
            ? std::string()
            : absl::StrCat(", ", report.subject.manifests[0].ToString()),
        ", not about ", digest.ToString()));
  }
  co_return co_await store.PutReport(std::move(report), std::move(bytes),
                                     absl::Now());
}

StatusOr<ScanReport> Add(const Flags& flags) {
  if (flags.positional().size() != 2) {
    return absl::InvalidArgumentError("give a DIGEST and a FILE");
  }
  ASSIGN_OR_RETURN(const Digest digest, Digest::Parse(flags.positional()[0]));
  const std::string& path = flags.positional()[1];
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, kMaxReportBytes));
  ASSIGN_OR_RETURN(ScanReport report, ParseScanReport(bytes), path);
  if (flags.Has("database")) {
    ASSIGN_OR_RETURN(report.database, ReadDatabaseDate(flags.Get("database")));
  }
  const SqliteOptions options{flags.Get("store", "plimsoll.db"), false};
  ASSIGN_OR_RETURN(const std::unique_ptr<SqliteStore> store,
                   SqliteStore::Open(options));
  RETURN_IF_ERROR(RunBlocking<Status>([&]() -> Task<Status> {
    co_return co_await Keep(report, std::move(bytes), digest, *store);
  }));
  return report;
}

int Run(const Flags& flags) {
  const StatusOr<ScanReport> report = Add(flags);
  if (!report.ok()) {
    std::fprintf(stderr, "plimsoll report add: %s\n",
                 std::string(report.status().message()).c_str());
    return 1;
  }
  std::printf("kept: %s %s, %zu vulnerabilities, database %s\n",
              report->scanner.c_str(), report->scanner_version.c_str(),
              report->vulnerabilities.size(),
              report->database ? FormatInstant(*report->database).c_str()
                               : "of unknown date");
  return 0;
}

}  // namespace

Command ReportAddCommand() {
  return {"report add",
          "DIGEST FILE",
          "Keeps a Trivy or Grype JSON report about a manifest.",
          {{"database", "FILE",
            "metadata.json of the scanner's database, for its date"},
           kStore},
          Run};
}

}  // namespace plimsoll

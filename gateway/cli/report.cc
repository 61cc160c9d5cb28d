// `plimsoll report add`: keeps a scanner's report about a manifest.
#include "policy/scan/report.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/admission/gather_reports.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/session.h"
#include "gateway/instant.h"
#include "gateway/read_file.h"
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

// The base that the report is about, of those that are catalogued as `digest`
// or as a child of it; nullptr where there is none. FailedPrecondition where it
// is about none of them, or cannot be told to be about one.
StatusOr<const BaseRecord*> FindBase(const ScanReport& report,
                                     const Digest& digest,
                                     const std::vector<BaseRecord>& bases) {
  std::vector<const BaseRecord*> records;
  std::vector<ReportChild> children;
  for (const BaseRecord& record : bases) {
    const ReportImage image{record.manifest, record.config, record.diff_ids};
    if (record.manifest == digest && ReportIsAbout(report, image)) {
      return &record;
    }
    if (record.index != digest) continue;
    records.push_back(&record);
    children.push_back({image, record.platform});
  }
  if (records.empty()) return nullptr;
  const std::vector<size_t> fitting = MatchChildren(report, digest, children);
  if (fitting.size() == 1) return records[fitting[0]];
  std::string known;
  for (const BaseRecord* record : records) {
    absl::StrAppend(&known, "\n  ", record->manifest.ToString(), " ",
                    record->platform.ToString());
  }
  return absl::FailedPreconditionError(absl::StrCat(
      UnclearChild(report, digest, fitting.size(), children.size()), known));
}

bool Names(const ReportSubject& subject, const Digest& digest) {
  return subject.config == digest ||
         std::count(subject.manifests.begin(), subject.manifests.end(),
                    digest) > 0;
}

// Keeps the report and says of which base it is, where that is known: a report
// may come before its base.
Task<StatusOr<std::string>> Keep(ScanReport report, std::string bytes,
                                 Digest digest, SqliteStore& store) {
  CO_ASSIGN_OR_RETURN(const std::vector<BaseRecord> bases,
                      co_await store.LoadCatalog());
  CO_ASSIGN_OR_RETURN(const BaseRecord* base, FindBase(report, digest, bases));
  if (base == nullptr && !Names(report.subject, digest)) {
    co_return absl::FailedPreconditionError(absl::StrCat(
        "the report is about another image",
        report.subject.manifests.empty()
            ? std::string()
            : absl::StrCat(", ", report.subject.manifests[0].ToString()),
        ", not about ", digest.ToString()));
  }
  CO_RETURN_IF_ERROR(co_await store.PutReport(std::move(report),
                                              std::move(bytes), absl::Now()));
  if (base == nullptr) co_return "no catalogued base";
  co_return absl::StrCat(base->platform.ToString(), " ",
                         base->manifest.ToString());
}

struct Added {
  ScanReport report;
  std::string base;  // for people
};

StatusOr<Added> Add(const Flags& flags) {
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
  const SqliteOptions options{flags.Get("store", kDefaultStore), false};
  ASSIGN_OR_RETURN(const std::unique_ptr<SqliteStore> store,
                   SqliteStore::Open(options));
  using Base = StatusOr<std::string>;
  ASSIGN_OR_RETURN(std::string base, RunBlocking<Base>([&]() -> Task<Base> {
                     co_return co_await Keep(report, std::move(bytes), digest,
                                             *store);
                   }));
  return Added{std::move(report), std::move(base)};
}

int Run(const Flags& flags) {
  const StatusOr<Added> added = Add(flags);
  if (!added.ok()) {
    std::fprintf(stderr, "plimsoll report add: %s\n",
                 std::string(added.status().message()).c_str());
    return 1;
  }
  const ScanReport& report = added->report;
  std::printf("kept: %s %s, %zu vulnerabilities, database %s, about %s\n",
              report.scanner.c_str(), report.scanner_version.c_str(),
              report.vulnerabilities.size(),
              report.database ? FormatInstant(*report.database).c_str()
                              : "of unknown date",
              added->base.c_str());
  return 0;
}

}  // namespace

Command ReportAddCommand() {
  return {
      "report add",
      "DIGEST FILE",
      "Keeps a Trivy or Grype JSON report about a manifest, or about the one "
      "child of an index that it can mean.",
      {{"database", "FILE",
        "metadata.json of the scanner's database, for its date"},
       kStore},
      Run};
}

}  // namespace plimsoll

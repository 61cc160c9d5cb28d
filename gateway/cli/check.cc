// `plimsoll check`: judges one image as a push of it would be, in this process
// or by a gateway that runs.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gateway/admission/admission.h"
#include "gateway/admission/decision.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/explain_text.h"
#include "gateway/cli/scratch_store.h"
#include "gateway/cli/session.h"
#include "gateway/layers/inspector.h"
#include "gateway/policy_files.h"
#include "gateway/read_file.h"
#include "gateway/store/sqlite_store.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxCatalogBytes = size_t{1} << 30;
constexpr absl::Duration kFetchFor = absl::Seconds(30);

class NoLog : public DecisionLog {
 public:
  void Write(const v1::Decision&) override {}
};

// The bases of a file as `catalog export` writes it. Whoever names the file
// vouches for it: its records count as hashed.
StatusOr<std::vector<BaseRecord>> ReadCatalogFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxCatalogBytes));
  std::vector<BaseRecord> records;
  size_t line_number = 0;
  for (const absl::string_view line : absl::StrSplit(bytes, '\n')) {
    ++line_number;
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(BaseRecord record, ParseBaseRecord(line),
                     absl::StrCat(path, ":", line_number));
    record.proven = true;
    records.push_back(std::move(record));
  }
  return records;
}

// The gateway's store of this folder, which a check reads and does not write;
// nullptr where there is none or another catalog is named.
StatusOr<std::unique_ptr<Store>> OpenDefaultStore(const Flags& flags) {
  std::unique_ptr<Store> store;
  const std::string path(kDefaultStore);
  std::error_code error;
  const bool is_there = std::filesystem::exists(path, error);
  if (flags.Has("catalog") || !is_there) return store;
  const SqliteOptions options{path, false};
  ASSIGN_OR_RETURN(store, SqliteStore::Open(options),
                   "the store of this folder; --catalog and --store name "
                   "another");
  return store;
}

// The store that the check works on: the gateway's own, or one in memory.
StatusOr<std::unique_ptr<Store>> OpenStore(const Flags& flags) {
  if (flags.Has("store")) {
    const SqliteOptions options{flags.Get("store"), false};
    ASSIGN_OR_RETURN(std::unique_ptr<Store> store, SqliteStore::Open(options));
    return store;
  }
  ASSIGN_OR_RETURN(std::unique_ptr<Store> below, OpenDefaultStore(flags));
  auto store = std::make_unique<ScratchStore>(std::move(below));
  std::vector<BaseRecord> bases;
  if (flags.Has("catalog")) {
    ASSIGN_OR_RETURN(bases, ReadCatalogFile(flags.Get("catalog")));
  }
  RETURN_IF_ERROR(RunBlocking<Status>([&]() -> Task<Status> {
    co_return co_await store->PutBases(std::move(bases));
  }));
  for (const std::string& path : flags.All("report")) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kMaxReportBytes));
    ASSIGN_OR_RETURN(ScanReport report, ParseScanReport(bytes), path);
    RETURN_IF_ERROR(RunBlocking<Status>([&]() -> Task<Status> {
      co_return co_await store->PutReport(std::move(report), "", absl::Now());
    }));
  }
  return store;
}

Task<StatusOr<Judgement>> Judge(const NamedImage& image, const Flags& flags,
                                Admission& admission) {
  AdmissionRequest request;
  request.door = Door::kCheck;
  CO_ASSIGN_OR_RETURN(request.manifest,
                      co_await image.registry->FetchManifest(
                          image.reference, absl::Now() + kFetchFor));
  request.repository = flags.Get("repository", image.repository);
  request.reference = image.tag.empty() ? image.reference : image.tag;
  if (!image.tag.empty()) request.tags.push_back(image.tag);
  request.registry = image.registry;
  request.credential_key = "check";
  co_return co_await admission.Decide(std::move(request));
}

StatusOr<Judgement> Check(const Flags& flags) {
  if (flags.positional().size() != 1) {
    return absl::InvalidArgumentError("give one IMAGE");
  }
  if (flags.Has("catalog") && flags.Has("store")) {
    return absl::InvalidArgumentError("give one of --catalog and --store");
  }
  if (flags.Has("report") && flags.Has("store")) {
    return absl::InvalidArgumentError(
        "give one of --report and --store; plimsoll report add keeps a report "
        "in the store");
  }
  auto snapshot = std::make_shared<Snapshot>();
  ASSIGN_OR_RETURN(snapshot->policies,
                   LoadPolicyFiles(flags.All("policy"), Action::kDeny));
  ASSIGN_OR_RETURN(const std::unique_ptr<Store> store, OpenStore(flags));
  using Bases = StatusOr<std::vector<BaseRecord>>;
  ASSIGN_OR_RETURN(std::vector<BaseRecord> bases,
                   RunBlocking<Bases>([&]() -> Task<Bases> {
                     co_return co_await store->LoadCatalog();
                   }));
  ASSIGN_OR_RETURN(snapshot->catalog, BaseCatalog::New(std::move(bases)));
  HeldBytes held;  // outlives what the session has
  Session session;
  ASSIGN_OR_RETURN(const NamedImage image,
                   session.Open(flags.positional()[0], flags));
  const FactSink keep = [&store](LayerFacts facts) -> Task<Status> {
    std::vector<LayerFacts> one{std::move(facts)};
    co_return co_await store->PutLayerFacts(std::move(one));
  };
  InspectorOptions options;
  options.logs_failures = false;
  LayerInspector inspector(session.loop().executor(), keep, options);
  BlobCache blobs;
  SeenBlobs seen;
  Gatherer gatherer({*store, inspector, blobs, seen, held});
  SnapshotHolder snapshots(std::move(snapshot));
  NoLog log;
  Admission admission({*store, gatherer, snapshots, log, absl::Now});
  using Result = StatusOr<Judgement>;
  return session.Run<Result>([&]() -> Task<Result> {
    Result judged = co_await Judge(image, flags, admission);
    co_await inspector.Shutdown();
    co_return judged;
  });
}

int Run(const Flags& flags) {
  const StatusOr<Judgement> judged = Check(flags);
  if (!judged.ok()) {
    std::fprintf(stderr, "plimsoll check: %s\n",
                 std::string(judged.status().message()).c_str());
    return 1;
  }
  if (flags.Get("output", "text") == "json") {
    std::puts(DecisionJson(judged->decision).c_str());
  } else {
    std::fputs(ExplainText(judged->decision).c_str(), stdout);
  }
  return judged->verdict.outcome == Outcome::kDeny ? 2 : 0;
}

}  // namespace

Command CheckCommand() {
  return {"check",
          "[--policy FILE]... [--catalog FILE | --store FILE] IMAGE",
          "Judges an image without pushing it: oci:DIR[:TAG], "
          "docker-archive:FILE or a registry reference. Exit 0 admitted, 2 "
          "denied, 1 could not decide. Without --catalog and --store, "
          "plimsoll.db is read where it is there, and not written.",
          {{"policy", "FILE", "a policy file or directory (built-in baseline)"},
           {"catalog", "FILE", "bases as catalog export writes them"},
           {"store", "FILE",
            "a gateway's SQLite file, for bases and reports; records the "
            "decision"},
           {"report", "FILE", "a Trivy or Grype report, without --store"},
           {"repository", "NAME", "judge it as pushed there"},
           {"output", "FORMAT", "-o: json is one decision", "text|json"},
           kPlainHttp,
           kCredential},
          Run};
}

}  // namespace plimsoll

// `plimsoll catalog add`: reads a base once, hashes its layers and keeps a
// record of each of its platforms.
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/cli/commands.h"
#include "gateway/cli/session.h"
#include "gateway/layers/inspector.h"
#include "gateway/store/sqlite_store.h"
#include "policy/base/chain.h"
#include "policy/oci/reference.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr absl::Duration kFetchFor = absl::Seconds(30);

// Progress on stderr, where a person is looking.
void Say(const std::string& line) {
  if (::isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "%s\n", line.c_str());
}

// One addition under way.
class Addition {
 public:
  Addition(NamedImage image, std::string name, Approval approval, Store& store,
           LayerInspector& inspector)
      : image_(std::move(image)),
        name_(std::move(name)),
        approval_(approval),
        store_(store),
        inspector_(inspector) {}

  Task<StatusOr<std::vector<BaseRecord>>> Run();

 private:
  Task<Status> AddImage(FetchedManifest document, ImageManifest manifest,
                        std::optional<Digest> index);
  Task<Status> AddIndex(const Digest& digest, const ImageIndex& index);
  Task<Status> ReadApprovals();
  Task<Status> HashLayers(const ImageManifest& manifest,
                          const ImageConfig& config);

  const NamedImage image_;
  const std::string name_;
  const Approval approval_;
  Store& store_;
  LayerInspector& inspector_;
  std::vector<BaseRecord> records_;
};

Task<StatusOr<std::vector<BaseRecord>>> Addition::Run() {
  CO_ASSIGN_OR_RETURN(FetchedManifest document,
                      co_await image_.registry->FetchManifest(
                          image_.reference, absl::Now() + kFetchFor));
  CO_ASSIGN_OR_RETURN(Manifest manifest,
                      ParseManifest(document.bytes, document.media_type));
  if (auto* image = std::get_if<ImageManifest>(&manifest)) {
    CO_RETURN_IF_ERROR(co_await AddImage(std::move(document), std::move(*image),
                                         std::nullopt));
  } else {
    const ImageIndex& index = std::get<ImageIndex>(manifest);
    CO_RETURN_IF_ERROR(co_await AddIndex(document.digest, index));
  }
  if (records_.empty()) {
    co_return absl::FailedPreconditionError("it holds no image");
  }
  CO_RETURN_IF_ERROR(co_await store_.PutBases(records_), "store");
  for (const BaseRecord& record : records_) {
    if (approval_ == Approval::kUnapproved) continue;
    CO_RETURN_IF_ERROR(co_await store_.SetApproval(record.manifest, approval_),
                       "store");
  }
  CO_RETURN_IF_ERROR(co_await ReadApprovals(), "store");
  co_return std::move(records_);
}

// What was approved or denied before stands unless this run says otherwise.
Task<Status> Addition::ReadApprovals() {
  CO_ASSIGN_OR_RETURN(const std::vector<BaseRecord> kept,
                      co_await store_.LoadCatalog());
  for (BaseRecord& record : records_) {
    for (const BaseRecord& one : kept) {
      if (one.manifest == record.manifest) record.approval = one.approval;
    }
  }
  co_return absl::OkStatus();
}

Task<Status> Addition::AddIndex(const Digest& digest, const ImageIndex& index) {
  for (const Descriptor& child : index.manifests) {
    if (ClaimsToBeAttestation(child)) continue;
    const std::string what =
        absl::StrCat("child ", child.platform ? child.platform->ToString()
                                              : child.digest.Short());
    CO_ASSIGN_OR_RETURN(FetchedManifest document,
                        co_await image_.registry->FetchManifest(
                            child.digest.ToString(), absl::Now() + kFetchFor),
                        what);
    CO_ASSIGN_OR_RETURN(Manifest manifest,
                        ParseManifest(document.bytes, document.media_type),
                        what);
    auto* image = std::get_if<ImageManifest>(&manifest);
    if (image == nullptr || !IsImageConfigType(image->config.media_type)) {
      continue;
    }
    CO_RETURN_IF_ERROR(
        co_await AddImage(std::move(document), std::move(*image), digest),
        what);
  }
  co_return absl::OkStatus();
}

Task<Status> Addition::AddImage(FetchedManifest document,
                                ImageManifest manifest,
                                std::optional<Digest> index) {
  CO_ASSIGN_OR_RETURN(
      const std::string bytes,
      co_await image_.registry->FetchBlob(
          manifest.config.digest, kMaxConfigBytes, absl::Now() + kFetchFor),
      "config");
  CO_ASSIGN_OR_RETURN(const ImageConfig config, ParseImageConfig(bytes));
  CO_RETURN_IF_ERROR(co_await HashLayers(manifest, config));
  const absl::Time now = absl::Now();
  BaseRecord record{.manifest = document.digest,
                    .index = std::move(index),
                    .config = manifest.config.digest,
                    .platform = config.platform,
                    .layers = {},
                    .diff_ids = config.diff_ids,
                    .chain_id = ChainIds(config.diff_ids).back(),
                    .history = config.history,
                    .env = config.env,
                    .labels = config.labels,
                    .annotations = manifest.annotations,
                    .created = config.created,
                    .names = {{name_, now, now}},
                    .approval = Approval::kUnapproved,
                    .proven = true};
  for (const Descriptor& layer : manifest.layers) {
    record.layers.push_back(layer.digest);
  }
  CO_RETURN_IF_ERROR(ValidateBaseRecord(record));
  records_.push_back(std::move(record));
  co_return absl::OkStatus();
}

// Downloads and hashes every layer, and checks it against the config.
Task<Status> Addition::HashLayers(const ImageManifest& manifest,
                                  const ImageConfig& config) {
  const size_t count = manifest.layers.size();
  if (count == 0 || config.diff_ids.size() != count) {
    co_return absl::InvalidArgumentError(
        absl::StrCat("the manifest has ", count, " layers, the config ",
                     config.diff_ids.size(), " diff IDs"));
  }
  for (size_t i = 0; i < count; ++i) {
    const std::string what = absl::StrCat("layer ", i + 1, " of ", count);
    Say(absl::StrCat("hashing ", what, " (", manifest.layers[i].size,
                     " bytes)"));
    CO_ASSIGN_OR_RETURN(
        const LayerFacts facts,
        co_await inspector_.Inspect(manifest.layers[i], image_.registry,
                                    "catalog", absl::InfiniteFuture()),
        what);
    if (facts.diff_id != config.diff_ids[i]) {
      co_return absl::DataLossError(absl::StrCat(
          what, ": its bytes have diff ID ", facts.diff_id.ToString(),
          ", the config says ", config.diff_ids[i].ToString()));
    }
  }
  co_return absl::OkStatus();
}

StatusOr<std::vector<BaseRecord>> Add(const Flags& flags) {
  if (flags.positional().size() != 2) {
    return absl::InvalidArgumentError("give a NAME and an IMAGE");
  }
  if (flags.Has("approve") && flags.Has("deny")) {
    return absl::InvalidArgumentError("give one of --approve and --deny");
  }
  const Approval approval = flags.Has("approve") ? Approval::kApproved
                            : flags.Has("deny")  ? Approval::kDenied
                                                 : Approval::kUnapproved;
  ASSIGN_OR_RETURN(const Reference name,
                   Reference::Parse(flags.positional()[0]));
  Session session;
  ASSIGN_OR_RETURN(NamedImage image,
                   session.Open(flags.positional()[1], flags));
  const SqliteOptions options{flags.Get("store", kDefaultStore), false};
  ASSIGN_OR_RETURN(const std::unique_ptr<SqliteStore> store,
                   SqliteStore::Open(options));
  const FactSink keep = [&store](LayerFacts facts) -> Task<Status> {
    std::vector<LayerFacts> one{std::move(facts)};
    co_return co_await store->PutLayerFacts(std::move(one));
  };
  InspectorOptions inspection;
  inspection.logs_failures = false;
  LayerInspector inspector(session.loop().executor(), keep, inspection);
  Addition addition(std::move(image), name.ToString(), approval, *store,
                    inspector);
  using Result = StatusOr<std::vector<BaseRecord>>;
  return session.Run<Result>([&]() -> Task<Result> {
    Result added = co_await addition.Run();
    co_await inspector.Shutdown();
    co_return added;
  });
}

std::string ApprovalWords(Approval approval) {
  const std::string name(ApprovalName(approval));
  if (approval != Approval::kUnapproved) return name;
  return name + ": add it with --approve to let images be built on it";
}

int Run(const Flags& flags) {
  const StatusOr<std::vector<BaseRecord>> added = Add(flags);
  if (!added.ok()) {
    std::fprintf(stderr, "plimsoll catalog add: %s\n",
                 std::string(added.status().message()).c_str());
    return 1;
  }
  for (const BaseRecord& record : *added) {
    std::printf("%s@%s %s, %s, hashed, %s\n", record.names.front().name.c_str(),
                record.manifest.ToString().c_str(),
                record.platform.ToString().c_str(),
                Counted(record.layers.size(), "layer").c_str(),
                ApprovalWords(record.approval).c_str());
  }
  return 0;
}

}  // namespace

Command CatalogAddCommand() {
  return {"catalog add",
          "[--approve | --deny] NAME IMAGE",
          "Adds a base: reads IMAGE once, hashes its layers, and keeps it as "
          "NAME.",
          {{"approve", "", "images may be built on it"},
           {"deny", "", "no image may be built on it"},
           kPlainHttp,
           kCredential,
           kStore},
          Run};
}

}  // namespace plimsoll

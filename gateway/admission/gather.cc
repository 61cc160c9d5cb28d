#include "gateway/admission/gather.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "gateway/admission/evidence_record.h"
#include "gateway/admission/gather_image.h"
#include "gateway/admission/gather_reports.h"
#include "gateway/admission/gather_sharing.h"
#include "policy/rules/manifest_format.h"
#include "policy/text.h"

namespace plimsoll {
namespace {

constexpr size_t kChildrenAtOnce = 8;

// Of an entry that is listed as something else than a manifest. Not asked for:
// what a registry answers where a blob is meant is anybody's guess.
Fault NotAManifest(const Descriptor& entry) {
  return {Fault::Kind::kIndex,
          absl::StrCat("the index lists it as ", Quoted(entry.media_type),
                       ", which is no manifest (of a build cache: write it "
                       "with image-manifest=true, or name its repository in "
                       "buildCaches)")};
}

// One gathering under way, on one loop.
class Gathering {
 public:
  Gathering(const Gatherer::Parts& parts, GatherRequest request)
      : parts_(parts),
        request_(std::move(request)),
        evidence_{.subject = request_.subject,
                  .kind = SubjectKind::kImage,
                  .artifact_kind = "",
                  .images = {},
                  .gaps = {},
                  .malformed = {},
                  .unusual = {},
                  .catalog_revision = request_.catalog->revision(),
                  .catalog_empty = request_.catalog->empty()},
        manifest_(
            std::make_shared<const std::string>(std::move(request_.manifest))),
        held_(parts.held, request_.client_key) {}

  Task<StatusOr<Gathered>> Run();

 private:
  // An entry of an index and what became of it, in the order of the index.
  struct Child {
    Descriptor descriptor;
    Status status;
    GatheredManifest gathered;
  };

  Task<Status> AddManifest(FetchedManifest document);
  Task<Status> AddIndex(ImageIndex index, int depth);
  Task<Status> AddChildren(absl::Span<Child> children, int depth);
  Task<> GatherChild(Child& child, int depth);
  Task<Status> ReadChild(Child& child, int depth);
  void Keep(GatheredManifest gathered, const Descriptor* entry);
  void AddChildGap(Child& child, absl::string_view why, bool pending);
  void CheckRepeat(const Descriptor& first, const Descriptor& again);

  const Gatherer::Parts& parts_;
  GatherRequest request_;
  Evidence evidence_;
  const std::shared_ptr<const std::string> manifest_;  // of the subject
  HeldDocuments held_;
  std::vector<GatheredManifest> documents_;  // of the images, in their order
  absl::flat_hash_map<Digest, Descriptor> seen_;  // the first entry of each
};

// "linux/arm64 (sha256:0123...)", for people.
std::string NameChild(const Descriptor& child) {
  const std::string platform =
      child.platform ? child.platform->ToString() : std::string();
  return ReadsLikeAPlatform(platform)
             ? absl::StrCat(platform, " (", child.digest.Short(), ")")
             : child.digest.Short();
}

// All that the evidence depends on, and whose credential reads it.
std::string SharingKey(const GatherRequest& request) {
  const Subject& subject = request.subject;
  return absl::StrCat(subject.repository, "\n", subject.digest.ToString(), "\n",
                      subject.media_type, "\n",
                      absl::StrJoin(subject.tags, ","), "\n",
                      request.client_key, "\n", request.catalog->revision());
}

Task<StatusOr<Gathered>> Gathering::Run() {
  const Subject& subject = request_.subject;
  CO_RETURN_IF_ERROR(held_.Add(static_cast<int64_t>(manifest_->size())));
  StatusOr<Manifest> manifest = ParseManifest(*manifest_, subject.media_type);
  if (!manifest.ok()) {
    evidence_.malformed.push_back(DocumentFault(manifest.status()));
  } else if (request_.is_build_cache) {
    evidence_.kind = SubjectKind::kBuildCache;
  } else if (auto* image = std::get_if<ImageManifest>(&*manifest)) {
    ManifestGatherer gatherer(parts_, request_, held_);
    CO_ASSIGN_OR_RETURN(
        GatheredManifest gathered,
        co_await gatherer.Gather(std::move(*image), subject.digest, manifest_));
    if (!gathered.artifact_kind.empty()) {
      evidence_.kind = SubjectKind::kArtifact;
      evidence_.artifact_kind = gathered.artifact_kind;
    }
    Keep(std::move(gathered), nullptr);
  } else {
    evidence_.kind = SubjectKind::kIndex;
    CO_RETURN_IF_ERROR(
        co_await AddIndex(std::get<ImageIndex>(*std::move(manifest)), 1));
    CO_RETURN_IF_ERROR(co_await ReadIndexReports(
        parts_.store, request_.subject.digest, evidence_.images));
    if (evidence_.images.empty() && evidence_.gaps.empty() &&
        evidence_.malformed.empty()) {
      evidence_.kind = SubjectKind::kArtifact;
      evidence_.artifact_kind = "index without an image";
    }
  }
  EvidenceRecord record =
      WriteEvidenceRecord(evidence_, manifest_, documents_, *request_.catalog);
  Gathered result{std::move(evidence_), std::move(record), held_.charge()};
  co_return result;
}

Task<Status> Gathering::AddIndex(ImageIndex index, int depth) {
  for (std::string& unusual : FindUnusual(index)) {
    evidence_.unusual.push_back(std::move(unusual));
  }
  std::vector<Child> children;
  for (Descriptor& descriptor : index.manifests) {
    const auto [first, is_new] =
        seen_.try_emplace(descriptor.digest, descriptor);
    if (!is_new) {
      CheckRepeat(first->second, descriptor);
      continue;
    }
    children.push_back({std::move(descriptor), absl::OkStatus(), {}});
  }
  if (seen_.size() >= kMaxObjects) {  // the index itself is one
    evidence_.malformed.push_back(
        {Fault::Kind::kBound, absl::StrCat("index: it reaches more than ",
                                           kMaxObjects, " manifests")});
    co_return absl::OkStatus();
  }
  const absl::Span<Child> all = absl::MakeSpan(children);
  const size_t at_once = depth == 1 ? kChildrenAtOnce : 1;
  for (size_t first = 0; first < all.size(); first += at_once) {
    CO_RETURN_IF_ERROR(
        co_await AddChildren(all.subspan(first, at_once), depth));
    if (held_.too_many()) break;
  }
  co_return absl::OkStatus();
}

// A few at once: each may bring documents of many mebibytes.
Task<Status> Gathering::AddChildren(absl::Span<Child> children, int depth) {
  std::vector<Task<>> tasks;
  tasks.reserve(children.size());
  for (Child& child : children) tasks.push_back(GatherChild(child, depth));
  co_await JoinAll(std::move(tasks));
  for (Child& child : children) {
    CO_RETURN_IF_ERROR(child.status,
                       absl::StrCat("child ", NameChild(child.descriptor)));
    Keep(std::move(child.gathered), &child.descriptor);
  }
  if (held_.too_many() && depth == 1) {
    // Which of them were read is chance.
    evidence_.images.clear();
    evidence_.gaps.clear();
    evidence_.malformed.assign(
        {{Fault::Kind::kBound,
          absl::StrCat("index: its manifests and configs are more than ",
                       HeldDocuments::kMaxBytes >> 20, " MiB together")}});
  }
  co_return absl::OkStatus();
}

Task<> Gathering::GatherChild(Child& child, int depth) {
  child.status = co_await ReadChild(child, depth);
}

Task<Status> Gathering::ReadChild(Child& child, int depth) {
  const Descriptor& entry = child.descriptor;
  if (ParseManifestKind(entry.media_type) == ManifestKind::kUnknown) {
    child.gathered.malformed.push_back(NotAManifest(entry));
    co_return absl::OkStatus();
  }
  const int64_t most =
      std::min(entry.size, static_cast<int64_t>(kMaxManifestBytes));
  const Status room = held_.Add(most);
  if (absl::IsOutOfRange(room)) co_return absl::OkStatus();
  CO_RETURN_IF_ERROR(room);
  StatusOr<FetchedManifest> fetched = co_await request_.registry->FetchManifest(
      entry.digest.ToString(), request_.deadline, static_cast<size_t>(most));
  const bool larger =
      absl::IsResourceExhausted(fetched.status()) && most == entry.size;
  if (!fetched.ok() && !larger) {
    if (EndsGathering(fetched.status())) co_return fetched.status();
    const bool missing = absl::IsNotFound(fetched.status());
    AddChildGap(child,
                missing ? "it is not in the repository: push it first"
                        : fetched.status().message(),
                absl::IsDeadlineExceeded(fetched.status()));
    co_return absl::OkStatus();
  }
  if (larger || fetched->media_type != entry.media_type ||
      static_cast<int64_t>(fetched->bytes.size()) != entry.size) {
    child.gathered.malformed.push_back(
        {Fault::Kind::kIndex,
         "the index describes it with another media type or size"});
    co_return absl::OkStatus();
  }
  StatusOr<Manifest> manifest =
      ParseManifest(fetched->bytes, fetched->media_type);
  if (!manifest.ok()) {
    child.gathered.malformed.push_back(DocumentFault(manifest.status()));
    co_return absl::OkStatus();
  }
  if (auto* image = std::get_if<ImageManifest>(&*manifest)) {
    ManifestGatherer gatherer(parts_, request_, held_);
    auto bytes = std::make_shared<const std::string>(std::move(fetched->bytes));
    CO_ASSIGN_OR_RETURN(
        child.gathered,
        co_await gatherer.Gather(std::move(*image), std::move(fetched->digest),
                                 std::move(bytes)));
    co_return absl::OkStatus();
  }
  if (depth >= kMaxIndexDepth) {
    child.gathered.malformed.push_back(
        {Fault::Kind::kIndex, absl::StrCat("indexes are nested more than ",
                                           kMaxIndexDepth, " deep")});
    co_return absl::OkStatus();
  }
  co_return co_await AddIndex(std::get<ImageIndex>(*std::move(manifest)),
                              depth + 1);
}

// What an entry says of a manifest that another one has named. The manifest is
// judged where it was first named.
void Gathering::CheckRepeat(const Descriptor& first, const Descriptor& again) {
  if (again.media_type != first.media_type || again.size != first.size) {
    evidence_.malformed.push_back(
        {Fault::Kind::kIndex,
         absl::StrCat("child ", NameChild(again),
                      ": it is described with two media types or sizes")});
  } else if (again.platform != first.platform) {
    evidence_.unusual.push_back(
        absl::StrCat(kUnusualRepeatedChild, ": ", NameChild(again)));
  }
}

void Gathering::AddChildGap(Child& child, absl::string_view why, bool pending) {
  Gap gap;
  gap.kind = Gap::Kind::kChild;
  gap.digest = child.descriptor.digest.ToString();
  gap.message = absl::StrCat("child ", NameChild(child.descriptor), ": ", why);
  gap.pending = pending;
  child.gathered.gaps.push_back(std::move(gap));
}

// Moves what was gathered for one manifest into the evidence. `entry` is its
// place in an index; nullptr for the subject itself.
void Gathering::Keep(GatheredManifest gathered, const Descriptor* entry) {
  for (Fault& fault : gathered.malformed) {
    if (entry != nullptr) {
      fault.message =
          absl::StrCat("child ", NameChild(*entry), ": ", fault.message);
    }
    evidence_.malformed.push_back(std::move(fault));
  }
  for (std::string& unusual : gathered.unusual) {
    evidence_.unusual.push_back(std::move(unusual));
  }
  if (!gathered.image) {
    for (Gap& gap : gathered.gaps) evidence_.gaps.push_back(std::move(gap));
    return;
  }
  if (entry != nullptr) gathered.image->listed_platform = entry->platform;
  evidence_.images.push_back(*std::move(gathered.image));
  documents_.push_back(std::move(gathered));
}

}  // namespace

Status StoreFailed(const Status& status) {
  return absl::InternalError(absl::StrCat("store: ", status.message()));
}

Gatherer::Gatherer(Parts parts)
    : parts_(parts), sharing_(std::make_unique<GatherSharing>()) {}

Gatherer::~Gatherer() = default;

Task<StatusOr<Gathered>> Gatherer::Gather(GatherRequest request) {
  std::string key = SharingKey(request);
  const absl::Time deadline = request.deadline;
  const GatherSharing::Gathering gather = [&]() -> Task<StatusOr<Gathered>> {
    Gathering gathering(parts_, std::move(request));  // it is called once
    co_return co_await gathering.Run();
  };
  co_return co_await sharing_->Share(std::move(key), deadline, gather);
}

}  // namespace plimsoll

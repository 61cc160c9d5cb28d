#include "gateway/admission/gather_image.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/admission/gather_reports.h"
#include "policy/base/identify.h"
#include "policy/oci/artifact.h"
#include "policy/rules/manifest_format.h"

namespace plimsoll {
namespace {

constexpr size_t kHeadsAtOnce = 8;

// A layer that clients may leave out of the registry.
bool IsForeign(const Descriptor& layer) {
  return !layer.urls.empty() ||
         ParseLayerType(layer.media_type).nondistributable;
}

Status NotDistributed() {
  return absl::FailedPreconditionError(
      "it is not distributed with the image, so its bytes cannot be read");
}

}  // namespace

Fault DocumentFault(const Status& status) {
  Fault fault;
  fault.message = std::string(status.message());
  if (absl::IsUnimplemented(status)) fault.kind = Fault::Kind::kFormat;
  if (absl::IsResourceExhausted(status)) fault.kind = Fault::Kind::kBound;
  return fault;
}

bool EndsGathering(const Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status) ||
         absl::IsUnavailable(status);
}

Task<StatusOr<GatheredManifest>> ManifestGatherer::Gather(
    ImageManifest manifest, Digest digest,
    std::shared_ptr<const std::string> bytes) {
  result_.manifest = std::move(bytes);
  result_.unusual = FindUnusual(manifest);
  CO_ASSIGN_OR_RETURN(const bool has_config, co_await ReadConfig(manifest));
  CO_ASSIGN_OR_RETURN(const bool is_image, co_await Classify(manifest));
  if (!is_image || !has_config) co_return std::move(result_);

  StatusOr<ImageConfig> config = ParseImageConfig(*config_);
  if (!config.ok()) {
    result_.malformed.push_back(DocumentFault(config.status()));
    co_return std::move(result_);
  }
  Digest config_digest = manifest.config.digest;
  ImageEvidence image{.digest = std::move(digest),
                      .config_digest = std::move(config_digest),
                      .manifest = std::move(manifest),
                      .config = *std::move(config),
                      .listed_platform = {},
                      .facts = {},
                      .base = {},
                      .reports = {},
                      .base_reports = {},
                      .gaps = {}};
  CO_RETURN_IF_ERROR(co_await ReadFacts(image));
  Identify(image);
  CO_RETURN_IF_ERROR(co_await ReadImageReports(parts_.store, image));
  CO_RETURN_IF_ERROR(
      co_await ReadBaseReports(parts_.store, *request_.catalog, image));
  result_.image = std::move(image);
  co_return std::move(result_);
}

Task<StatusOr<bool>> ManifestGatherer::ReadConfig(
    const ImageManifest& manifest) {
  const Descriptor& config = manifest.config;
  const Status room =
      held_.Add(std::min(config.size, static_cast<int64_t>(kMaxConfigBytes)));
  if (absl::IsOutOfRange(room)) co_return false;
  CO_RETURN_IF_ERROR(room);
  // The bytes that the gateway keeps may be another repository's.
  std::optional<std::string> kept;
  if (parts_.seen.Has(request_.subject.repository, config.digest,
                      request_.client_key)) {
    kept = parts_.blobs.Get(config.digest);
  }
  if (kept) {
    config_ = std::make_shared<const std::string>(*std::move(kept));
  } else {
    CO_ASSIGN_OR_RETURN(const bool has_config, co_await FetchConfig(config));
    if (!has_config) co_return false;
  }
  result_.config = config_;
  if (static_cast<int64_t>(config_->size()) != config.size) {
    result_.malformed.push_back(
        {Fault::Kind::kDocument,
         absl::StrCat("config: the manifest says ", config.size,
                      " bytes, the blob has ", config_->size())});
    co_return false;
  }
  co_return true;
}

// No more than the manifest says: that is what was charged.
Task<StatusOr<bool>> ManifestGatherer::FetchConfig(const Descriptor& config) {
  const bool small = config.size <= static_cast<int64_t>(kMaxConfigBytes);
  const size_t most =
      small ? static_cast<size_t>(config.size) : kMaxConfigBytes;
  StatusOr<std::string> bytes = co_await request_.registry->FetchBlob(
      config.digest, most, request_.deadline);
  if (small && absl::IsResourceExhausted(bytes.status())) {
    result_.malformed.push_back(
        {Fault::Kind::kDocument,
         absl::StrCat("config: the manifest says ", config.size,
                      " bytes, the blob has more")});
    co_return false;
  }
  if (!bytes.ok()) {
    if (EndsGathering(bytes.status())) co_return bytes.status();
    AddGap(Gap::Kind::kConfig, config.digest, bytes.status(), "config");
    co_return false;
  }
  parts_.seen.Add(request_.subject.repository, config.digest,
                  request_.client_key);
  parts_.blobs.Put(*bytes);
  config_ = std::make_shared<const std::string>(*std::move(bytes));
  co_return true;
}

Task<StatusOr<bool>> ManifestGatherer::Classify(const ImageManifest& manifest) {
  std::string kind = ArtifactKind(manifest);
  const bool typed_as_image = IsImageConfigType(manifest.config.media_type);
  const bool is_docker = manifest.kind == ManifestKind::kDockerManifest;
  if (is_docker || (kind.empty() && typed_as_image)) co_return true;

  ArtifactBytes bytes;
  if (config_) bytes.config = *config_;
  CO_ASSIGN_OR_RETURN(bytes.layer_heads,
                      co_await ReadLayerStarts(manifest.layers));
  if (kind.empty()) {
    // On no list: manifest.format has its say about that. Not an image where
    // nothing could run it.
    if (MayRun(manifest, bytes)) co_return true;
    result_.artifact_kind = "unlisted";
    co_return false;
  }
  const Runnable runnable = ClassifyManifest(manifest, bytes);
  if (runnable == Runnable::kArtifact) {
    result_.artifact_kind = std::move(kind);
    result_.unusual.clear();  // its types are known
  }
  // Of kUnknown, what hides the answer is a gap already.
  co_return runnable == Runnable::kImage;
}

Task<StatusOr<std::vector<std::optional<std::string>>>>
ManifestGatherer::ReadLayerStarts(const std::vector<Descriptor>& layers) {
  std::vector<std::optional<std::string>> starts(layers.size());
  for (size_t i = 0; i < layers.size(); ++i) {
    StatusOr<std::string> start = co_await request_.registry->FetchBlobStart(
        layers[i].digest, kLayerMagicBytes, request_.deadline);
    if (start.ok()) {
      starts[i] = *std::move(start);
    } else if (EndsGathering(start.status())) {
      co_return start.status();
    } else {
      AddGap(Gap::Kind::kBlob, layers[i].digest, start.status(),
             absl::StrCat("layer ", i + 1, " of ", layers.size()));
    }
  }
  co_return starts;
}

Task<Status> ManifestGatherer::ReadFacts(ImageEvidence& image) {
  const std::vector<Descriptor>& layers = image.manifest.layers;
  CO_RETURN_IF_ERROR(co_await CheckPresence(layers));
  std::vector<Digest> digests;
  digests.reserve(layers.size());
  for (const Descriptor& layer : layers) digests.push_back(layer.digest);
  const auto known = co_await parts_.store.FindLayerFacts(digests);
  if (!known.ok()) co_return StoreFailed(known.status());
  image.facts.resize(layers.size());
  std::vector<Status> failures(layers.size());
  std::vector<Task<>> inspections;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (hidden_.contains(layers[i].digest)) continue;
    const auto found = known->find(layers[i].digest);
    if (found != known->end()) {
      image.facts[i] = found->second;
      continue;
    }
    auto inspect = [](ManifestGatherer* self, ImageEvidence* target, size_t at,
                      Status* failure) -> Task<> {
      *failure = co_await self->InspectLayer(*target, at);
    };
    inspections.push_back(inspect(this, &image, i, &failures[i]));
  }
  co_await JoinAll(std::move(inspections));
  for (const Status& failure : failures) CO_RETURN_IF_ERROR(failure);
  co_return absl::OkStatus();
}

// Every blob must be there for this credential before what the store knows of
// it is used. In small groups: an image may have hundreds of layers.
Task<Status> ManifestGatherer::CheckPresence(
    const std::vector<Descriptor>& layers) {
  for (size_t first = 0; first < layers.size(); first += kHeadsAtOnce) {
    const size_t end = std::min(first + kHeadsAtOnce, layers.size());
    std::vector<Status> answers(end - first);
    std::vector<Task<>> heads;
    for (size_t i = first; i < end; ++i) {
      heads.push_back(CheckBlob(layers[i].digest, answers[i - first]));
    }
    co_await JoinAll(std::move(heads));
    for (size_t i = first; i < end; ++i) {
      const Status& answer = answers[i - first];
      if (EndsGathering(answer)) co_return answer;
      if (answer.ok()) continue;
      hidden_.insert(layers[i].digest);
      const std::string what =
          absl::StrCat("layer ", i + 1, " of ", layers.size());
      if (absl::IsNotFound(answer) && IsForeign(layers[i])) {
        AddGap(Gap::Kind::kLayer, layers[i].digest, NotDistributed(), what);
      } else {
        AddGap(Gap::Kind::kBlob, layers[i].digest, answer, what);
      }
    }
  }
  co_return absl::OkStatus();
}

Task<> ManifestGatherer::CheckBlob(const Digest& digest, Status& answer) {
  const std::string& repository = request_.subject.repository;
  if (parts_.seen.Has(repository, digest, request_.client_key)) co_return;
  answer = co_await request_.registry->HeadBlob(digest, request_.deadline);
  if (answer.ok()) parts_.seen.Add(repository, digest, request_.client_key);
}

Task<Status> ManifestGatherer::InspectLayer(ImageEvidence& image,
                                            size_t index) {
  const Descriptor& layer = image.manifest.layers[index];
  const std::string what =
      absl::StrCat("layer ", index + 1, " of ", image.manifest.layers.size());
  if (!parts_.inspects) {
    const Status unread = absl::FailedPreconditionError(
        "its bytes were never inspected, and layers.inspect is never");
    AddGap(Gap::Kind::kLayer, layer.digest, unread, what);
    co_return absl::OkStatus();
  }
  StatusOr<LayerFacts> facts = co_await parts_.inspector.Inspect(
      layer, request_.registry, request_.client_key, request_.deadline);
  if (facts.ok()) {
    image.facts[index] = *std::move(facts);
  } else if (absl::IsInvalidArgument(facts.status())) {
    result_.malformed.push_back(
        {Fault::Kind::kLayer,
         absl::StrCat(what, ": ", facts.status().message())});
  } else if (absl::IsUnauthenticated(facts.status()) ||
             absl::IsPermissionDenied(facts.status())) {
    co_return facts.status();
  } else {
    AddGap(Gap::Kind::kLayer, layer.digest, facts.status(), what);
  }
  co_return absl::OkStatus();
}

void ManifestGatherer::Identify(ImageEvidence& image) {
  const ImageView view{.manifest_digest = image.digest,
                       .config_digest = image.config_digest,
                       .manifest = image.manifest,
                       .config = image.config,
                       .facts = image.facts};
  image.base = IdentifyBase(view, *request_.catalog);
  image.gaps = result_.gaps;
}

void ManifestGatherer::AddGap(Gap::Kind kind, const Digest& digest,
                              const Status& status, absl::string_view what) {
  Gap gap;
  gap.kind = kind;
  gap.digest = digest.ToString();
  gap.pending = absl::IsDeadlineExceeded(status) || absl::IsUnavailable(status);
  gap.message = absl::StrCat(what, absl::IsNotFound(status)
                                       ? " is not in the repository"
                                       : absl::StrCat(": ", status.message()));
  if (gap.pending) absl::StrAppend(&gap.message, ", push again");
  result_.gaps.push_back(std::move(gap));
}

}  // namespace plimsoll

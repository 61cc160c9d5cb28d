// Gathers the evidence for one manifest: is it an image or an artifact, its
// config, the facts of its layers, its base, the reports about it and its base.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_GATHER_IMAGE_H_
#define PLIMSOLL_GATEWAY_ADMISSION_GATHER_IMAGE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "gateway/admission/gather.h"
#include "gateway/admission/held_documents.h"

namespace plimsoll {

// What one manifest turned out to be. At most one of `image` and
// `artifact_kind` is set; neither where it is malformed or a gap hides it.
struct GatheredManifest {
  std::optional<ImageEvidence> image;
  std::string artifact_kind;
  std::shared_ptr<const std::string> manifest;  // its bytes, for the record
  std::shared_ptr<const std::string> config;    // its bytes, for the record
  std::vector<Gap> gaps;
  std::vector<Fault> malformed;
  std::vector<std::string> unusual;
};

// Gathers one manifest; one object each, used by one coroutine. Borrows all
// that it is given.
class ManifestGatherer {
 public:
  ManifestGatherer(const Gatherer::Parts& parts, const GatherRequest& request,
                   HeldDocuments& held)
      : parts_(parts), request_(request), held_(held) {}

  // The same ends as Gatherer::Gather.
  Task<StatusOr<GatheredManifest>> Gather(
      ImageManifest manifest, Digest digest,
      std::shared_ptr<const std::string> bytes);

 private:
  // Each adds to `result_`; false where there is no use in going on.
  Task<StatusOr<bool>> ReadConfig(const ImageManifest& manifest);
  Task<StatusOr<bool>> FetchConfig(const Descriptor& config);
  Task<StatusOr<bool>> Classify(const ImageManifest& manifest);
  Task<StatusOr<std::vector<std::optional<std::string>>>> ReadLayerStarts(
      const std::vector<Descriptor>& layers);
  Task<Status> CheckPresence(const std::vector<Descriptor>& layers);
  Task<> CheckBlob(const Digest& digest, Status& answer);
  Task<Status> ReadFacts(ImageEvidence& image);
  Task<Status> InspectLayer(ImageEvidence& image, size_t index);
  void Identify(ImageEvidence& image);
  void AddGap(Gap::Kind kind, const Digest& digest, const Status& status,
              absl::string_view what);

  const Gatherer::Parts& parts_;
  const GatherRequest& request_;
  HeldDocuments& held_;
  std::shared_ptr<const std::string> config_;
  // Layers that the upstream did not show to this credential: nothing that is
  // known of them may be used.
  absl::flat_hash_set<Digest> hidden_;
  GatheredManifest result_;
};

// Why a document could not be parsed; the status says of which.
Fault DocumentFault(const Status& status);

// Whether a failed read ends the gathering: the credential does not reach, or
// the upstream is down.
bool EndsGathering(const Status& status);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_GATHER_IMAGE_H_

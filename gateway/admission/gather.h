// Gathers the evidence for one subject: config, layer facts, children, reports.
// What cannot be had becomes a gap; only a credential that does not reach, an
// upstream that is down, a store that is down and a want of memory end the
// gathering. Safe for concurrent use from any loop; does not own its
// collaborators.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_GATHER_H_
#define PLIMSOLL_GATEWAY_ADMISSION_GATHER_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gateway/admission/blob_cache.h"
#include "gateway/admission/held_bytes.h"
#include "gateway/admission/seen_blobs.h"
#include "gateway/layers/inspector.h"
#include "gateway/registry/registry.h"
#include "gateway/store/store.h"
#include "gateway/task.h"
#include "policy/base/catalog.h"
#include "policy/evidence.h"

namespace plimsoll {

// Bounds of one gathering (facts: security, section 5).
inline constexpr int kMaxIndexDepth = 2;
inline constexpr size_t kMaxObjects = 256;

struct GatherRequest {
  Subject subject;
  std::string manifest;  // its bytes
  std::shared_ptr<Registry> registry;
  std::string client_key;
  absl::Time deadline = absl::InfiniteFuture();
  std::shared_ptr<const BaseCatalog> catalog;
  bool is_build_cache = false;  // only the manifest's form is looked at
};

// A failure of the store, told apart from one of the upstream: Internal.
Status StoreFailed(const Status& status);

// Evidence and the documents that it was read from, for the record.
struct Gathered {
  Evidence evidence;
  EvidenceRecord record;  // its bytes are those of a v1.StoredEvidence
  // Of the documents, for as long as somebody has them.
  std::shared_ptr<HeldBytes::Charge> charge;
};

class Gatherer {
 public:
  struct Parts {
    Store& store;
    LayerInspector& inspector;
    BlobCache& blobs;
    SeenBlobs& seen;
    HeldBytes& held;
    // Otherwise what is known of layers is looked up, and nothing is read.
    bool inspects = true;
  };
  explicit Gatherer(Parts parts);
  ~Gatherer();

  // Repeats of the same push that are under way at once share one gathering.
  Task<StatusOr<Gathered>> Gather(GatherRequest request);

 private:
  const Parts parts_;
  const std::unique_ptr<class GatherSharing> sharing_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_GATHER_H_

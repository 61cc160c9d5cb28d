// Admission: the one path from a subject to a recorded decision. Every door
// calls Decide, so all doors judge alike. Does not own its collaborators; each
// must outlive it. Safe for concurrent use from any loop.
#ifndef PLIMSOLL_GATEWAY_ADMISSION_ADMISSION_H_
#define PLIMSOLL_GATEWAY_ADMISSION_ADMISSION_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/admission/blob_cache.h"
#include "gateway/admission/decision_log.h"
#include "gateway/admission/gather.h"
#include "gateway/admission/snapshot.h"
#include "gateway/registry/registry.h"
#include "gateway/store/store.h"
#include "gateway/task.h"
#include "plimsoll/v1/decision.pb.h"
#include "policy/evaluate.h"
#include "policy/evidence.h"
#include "policy/verdict.h"

namespace plimsoll {

using Clock = std::function<absl::Time()>;

// Whose request it is, for the record.
struct ClientIdentity {
  std::string name;
  std::string proof = "none";  // mtls, upstream, none
  std::string address;
  std::string user_agent;
};

struct AdmissionRequest {
  Door door = Door::kPush;
  Stage stage = Stage::kJudged;
  std::string upstream;           // its name
  std::string repository;         // "team/app"
  std::string reference;          // as the client named it
  std::vector<std::string> tags;  // judged under; empty: by digest
  FetchedManifest manifest{"", "", Digest::Sha256("")};  // what is judged
  std::shared_ptr<Registry> registry;  // reads with the request's credential
  std::string credential_key;          // opaque; bounds the work of one client
  ClientIdentity client;
  // Evidence is gathered until then; what is missing at that time is a gap.
  absl::Time evidence_deadline = absl::InfiniteFuture();
  // An admitted subject is about to be forwarded: record an intent.
  bool forwards = false;
};

struct Judgement {
  v1::Decision decision;
  Verdict verdict;
  // The request must be refused: the verdict denies and the mode enforces.
  bool refused = false;
  // Of an admitted subject, for KeepDelivered.
  std::vector<Document> documents;
  std::shared_ptr<HeldBytes::Charge> charge;
};

class Admission {
 public:
  struct Parts {
    Store& store;
    Gatherer& gatherer;
    SnapshotHolder& snapshots;
    DecisionLog& log;
    Clock clock;
  };
  explicit Admission(Parts parts) : parts_(std::move(parts)) {}

  // Gather, identify, evaluate, record. An admission is durable when this
  // returns; a refusal never waits for the store. A status says that no
  // decision could be made: Unauthenticated or PermissionDenied with the
  // upstream's challenge, Unavailable where the upstream is down, Internal
  // where the store is.
  Task<StatusOr<Judgement>> Decide(AdmissionRequest request);

  // Keeps what became of an admitted push.
  Task<Status> RecordOutcome(std::string id, ForwardResult result);
  // Keeps the documents of a push that the upstream took. Does not wait.
  void KeepDelivered(const Judgement& judgement,
                     const asio::any_io_executor& executor);

 private:
  Task<Status> Record(const AdmissionRequest& request, Judgement& judgement,
                      EvidenceRecord evidence);
  Parts parts_;
  // Shared with the records under way.
  std::shared_ptr<std::atomic<int64_t>> lost_refusals_ =
      std::make_shared<std::atomic<int64_t>>(0);
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_ADMISSION_ADMISSION_H_

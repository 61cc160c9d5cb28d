// The held push: PUT of a manifest. Hold the body, authorise with the client's
// own credential, judge, record, and forward the same bytes or refuse. Does not
// own its collaborators; safe for concurrent use from any loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_PUSH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_PUSH_H_

#include "absl/time/time.h"
#include "gateway/admission/admission.h"
#include "gateway/admission/decision_turns.h"
#include "gateway/admission/held_bytes.h"
#include "gateway/http/exchange.h"
#include "gateway/registry/oci_error.h"
#include "gateway/registry/route.h"
#include "gateway/registry/tag_locks.h"
#include "gateway/registry/upstreams.h"
#include "gateway/task.h"

namespace plimsoll {

// The clock of a push, from its last body byte (facts: registry protocol,
// section 0: docker's containerd transport gives up at 30 s).
struct PushTimes {
  absl::Duration room = absl::Seconds(5);  // for room; before the body is read
  absl::Duration turn = absl::Seconds(5);  // to be decided on, in a crowd
  absl::Duration evidence = absl::Seconds(12);
  absl::Duration forward = absl::Seconds(22);  // it starts by then, or not
  absl::Duration answer = absl::Seconds(28);
};

class ManifestPush {
 public:
  struct Parts {
    Admission& admission;
    TagLocks& tags;
    HeldBytes& held;
    Clock clock;
    PushTimes times;
    DecisionTurns& turns;
  };
  explicit ManifestPush(Parts parts) : parts_(std::move(parts)) {}

  Task<> Handle(Exchange& exchange, Upstream& upstream, const Route& route);

 private:
  // One push on its way through.
  struct Push;
  Task<StatusOr<FetchedManifest>> Hold(Push& push);
  Task<Status> Authorise(Push& push);
  Task<Status> ReadForPusher(Push& push, absl::Time deadline);
  Task<> Judge(Push& push);
  Task<> ForwardOrRefuse(Push& push, Judgement judgement);
  Task<> GiveUp(Push& push, const Judgement& judgement);
  Task<> SendUpstream(Push& push, const Judgement& judgement);
  Task<> RecordEnd(Push& push, const Judgement& judgement, int answer,
                   bool sent_any);
  Task<> Refuse(Push& push, OciError error);
  Task<> RefuseStatus(Push& push, const Status& status);
  // The same for what came of asking the upstream.
  Task<> RefuseAsked(Push& push, const Status& status);

  const Parts parts_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_PUSH_H_

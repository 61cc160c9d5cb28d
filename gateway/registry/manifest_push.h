// The held push: PUT of a manifest. Hold the body, authorise with the client's
// own credential, judge and record; then the same bytes are forwarded
// (manifest_forward.h) or refused. Does not own its collaborators; safe for
// concurrent use from any loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_PUSH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_PUSH_H_

#include "absl/time/time.h"
#include "gateway/admission/admission.h"
#include "gateway/admission/decision_turns.h"
#include "gateway/admission/held_bytes.h"
#include "gateway/http/exchange.h"
#include "gateway/registry/held_push.h"
#include "gateway/registry/manifest_forward.h"
#include "gateway/registry/route.h"
#include "gateway/registry/tag_locks.h"
#include "gateway/registry/upstreams.h"
#include "gateway/task.h"

namespace plimsoll {

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
  explicit ManifestPush(Parts parts)
      : parts_(std::move(parts)),
        forward_({parts_.admission, parts_.tags, parts_.clock, parts_.times}) {}

  Task<> Handle(Exchange& exchange, Upstream& upstream, const Route& route);

 private:
  Task<StatusOr<FetchedManifest>> Hold(HeldPush& push);
  Task<Status> Authorise(HeldPush& push);
  Task<Status> ReadForPusher(HeldPush& push, absl::Time deadline);
  Task<> Judge(HeldPush& push);

  const Parts parts_;
  ManifestForward forward_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_PUSH_H_

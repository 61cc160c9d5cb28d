// The way of an admitted manifest: its turn at its tags, the same bytes
// upstream, the answer to the client, and the outcome on record. Does not own
// its collaborators; safe for concurrent use from any loop.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_FORWARD_H_
#define PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_FORWARD_H_

#include "gateway/admission/admission.h"
#include "gateway/registry/held_push.h"
#include "gateway/registry/tag_locks.h"
#include "gateway/task.h"

namespace plimsoll {

class ManifestForward {
 public:
  struct Parts {
    Admission& admission;
    TagLocks& tags;
    Clock clock;
    PushTimes times;
  };
  explicit ManifestForward(Parts parts) : parts_(std::move(parts)) {}

  // Answers the push. REQUIRES: it was authorised, and `judgement` admits it.
  Task<> Run(HeldPush& push, Judgement judgement);

 private:
  // Each OK where the client has been answered; else why not.
  Task<Status> SendInTurn(HeldPush& push, Judgement judgement);
  Task<Status> GiveUp(const Judgement& judgement);
  Task<Status> SendUpstream(HeldPush& push, const Judgement& judgement,
                            TagLocks::Held& turn);
  Task<> RecordEnd(HeldPush& push, const Judgement& judgement, int answer,
                   bool sent_any);

  const Parts parts_;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_MANIFEST_FORWARD_H_

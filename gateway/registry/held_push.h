// HeldPush: one manifest's PUT on its way through, and the answers of our own
// to it. Borrows its exchange, upstream and route; used by one coroutine.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_HELD_PUSH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_HELD_PUSH_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/admission/decision_turns.h"
#include "gateway/admission/held_bytes.h"
#include "gateway/http/exchange.h"
#include "gateway/registry/oci_error.h"
#include "gateway/registry/route.h"
#include "gateway/registry/upstream_registry.h"
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
  absl::Duration ask = absl::Seconds(3);  // the upstream what became of it

  // Of a push that was held at that time. The upstream's answer is waited for
  // so long that there is time to ask; who was answered meanwhile waits for
  // nothing. A second each where there is less.
  absl::Time AnswerUntil(absl::Time held_at, absl::Time now) const;
  absl::Time AskUntil(absl::Time held_at, absl::Time now, bool answered) const;
};

struct HeldPush {
  HeldPush(Exchange& asked, Upstream& to, const Route& routed, HeldBytes& held,
           DecisionTurns& turns);

  // Each answers the client, unless it is gone. What the push had of the
  // gateway's is given back before: it may take long to read its answer.
  Task<> Refuse(OciError error);
  Task<> RefuseStatus(const Status& status);
  // The same for what may be the upstream's fault: its health hears of it.
  Task<> RefuseAsked(const Status& status);

  Exchange& exchange;
  Upstream& upstream;
  const Route& route;
  std::vector<std::string> tags;  // in the path and in the query
  std::string authorization;
  FetchedManifest manifest;
  std::shared_ptr<UpstreamRegistry> registry;  // set once it is authorised
  absl::Time held_at;
  HeldBytes::Charge charge;
  DecisionTurns::Turn turn;

 private:
  void GiveBack();
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_HELD_PUSH_H_

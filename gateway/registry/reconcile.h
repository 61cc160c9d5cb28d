// Finds out what became of pushes whose outcome was never recorded: their
// process died, the store failed, or the upstream gave no answer. Asks the
// upstream for the digest, then for the tags. Runs on one loop. What went to an
// upstream that is not configured any more stays open.
//
// An upstream may go on with a request whose sender is gone: that it has not
// taken a push means nothing until the push has settled, that it has taken it
// is final at once.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_RECONCILE_H_
#define PLIMSOLL_GATEWAY_REGISTRY_RECONCILE_H_

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gateway/admission/admission.h"
#include "gateway/registry/upstream_registry.h"
#include "gateway/registry/upstreams.h"
#include "gateway/store/store.h"
#include "gateway/task.h"

namespace plimsoll {

// After this an upstream no longer works on a request whose sender died.
inline constexpr absl::Duration kPushSettles = absl::Seconds(30);

// What the upstream says, at `deadline` at the latest, of a push that was
// admitted: kForwarded, kSuperseded or kAbsent; kIntent where it does not
// answer; kUnknown where the credential does not reach it.
Task<ForwardResult> AskWhatBecameOf(UpstreamRegistry& registry,
                                    const v1::Decision& decision,
                                    absl::Time deadline);

class Reconciler {
 public:
  struct Parts {
    Store& store;
    const Upstreams& upstreams;
    Clock clock;
  };
  explicit Reconciler(Parts parts) : parts_(std::move(parts)) {}

  // Looks into the intents made before `before`. Returns how many stay open
  // because their upstream does not answer; an upstream that leaves a few of
  // them in a row is not asked again in this pass.
  Task<StatusOr<size_t>> Run(absl::Time before);
  // How many intents the last pass left to which absent upstream, by its name;
  // more than kMaxDecisionsListed are not counted.
  const std::map<std::string, size_t>& elsewhere() const { return elsewhere_; }

 private:
  void LeaveOthers(std::vector<StoredDecision>& open);
  Task<Status> Settle(const StoredDecision& intent, ForwardResult found);
  const Parts parts_;
  std::map<std::string, size_t> elsewhere_;
  // As many are read, so that those of absent upstreams do not stand before all
  // others.
  size_t read_ = kMaxDecisionsListed;
};

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_RECONCILE_H_

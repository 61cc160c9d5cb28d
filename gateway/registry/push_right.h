// Shows that a credential may push to a repository, by what only a pusher can
// do and what leaves nothing behind: an upload session, opened and cancelled.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PUSH_RIGHT_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PUSH_RIGHT_H_

#include <string>

#include "absl/time/time.h"
#include "gateway/http/upstream.h"
#include "gateway/task.h"
#include "policy/status.h"

namespace plimsoll {

// `authorization` is the header's value; "" for anonymous. Unauthenticated with
// the upstream's challenge, or PermissionDenied, where it may not push;
// DeadlineExceeded or Unavailable where there is no answer. A session that
// cannot be cancelled is left to the upstream's own clean-up.
Task<Status> ShowPushRight(const UpstreamPools& pools, std::string repository,
                           std::string authorization, absl::Time deadline);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PUSH_RIGHT_H_

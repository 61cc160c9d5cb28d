// Where a URL that an upstream names to clients leads them, as the gateway
// hands it on. Pure.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_PROBE_PATH_H_
#define PLIMSOLL_GATEWAY_REGISTRY_PROBE_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace plimsoll {

struct ProbedPath {
  enum class Way {
    kRouted,       // to the gateway, which knows the path
    kPassThrough,  // to the gateway, which passes it where `prefix` is listed
    kRefused,      // to the gateway, which can pass no such path
    kElsewhere,    // past the gateway, to `authority`
  };
  Way way = Way::kElsewhere;
  std::string prefix;     // "/artifacts-uploads"
  std::string authority;  // "uploads.example.com"; "" for a relative one
  std::string target;     // "/v2/app/blobs/uploads/1?_state=x"
};

// `url` is absolute, or a path at the gateway; the gateway is called `gateway`
// (a Host). It is asked for with `method`.
ProbedPath FollowPath(absl::string_view method, absl::string_view url,
                      absl::string_view gateway);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_PROBE_PATH_H_

// The registries behind the gateway, and which of them a request is for. Made
// before the loops run; safe for concurrent use afterwards.
#ifndef PLIMSOLL_GATEWAY_REGISTRY_UPSTREAMS_H_
#define PLIMSOLL_GATEWAY_REGISTRY_UPSTREAMS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/admission/admission.h"
#include "gateway/http/loop.h"
#include "gateway/http/read_tokens.h"
#include "gateway/http/sockets.h"
#include "gateway/http/upstream.h"
#include "gateway/registry/registry.h"
#include "gateway/registry/upstream_health.h"

namespace plimsoll {

// What a configuration says of one registry.
struct UpstreamSettings {
  std::string name;  // no two alike
  UpstreamAddress address;
  UpstreamTls tls;
  // Authorization of the read credential; "" for none. Used where the client's
  // own may push but not read, and where there is no client.
  std::string read_authorization;
  bool reads = false;                // with the credential, or without any
  std::vector<std::string> outside;  // path prefixes that pass beside /v2/
  // Whose requests it serves: those to one of these hosts ("host[:port]"; none:
  // to any that no upstream names), for a repository at or below one of these
  // names (none: for all that no other has).
  std::vector<std::string> hosts;
  std::vector<std::string> prefixes;
  SocketBuffers socket_buffers;  // of connections to it
};

// One registry with all that is its own. Outlived by the loops' coroutines.
class Upstream {
 public:
  Upstream(UpstreamSettings settings, Clock clock);

  const std::string& name() const { return settings_.name; }
  const UpstreamAddress& address() const { return settings_.address; }
  const UpstreamSettings& settings() const { return settings_; }
  // For clients' requests, each with its own credential.
  const UpstreamPools& clients() const { return clients_; }
  // For the gateway's own reads.
  const UpstreamPools& reads() const { return reads_; }
  const std::string& read_authorization() const {
    return settings_.read_authorization;
  }
  UpstreamHealth& health() { return health_; }
  // One repository, read with the gateway's own credential.
  std::shared_ptr<Registry> Open(const std::string& repository) const;
  // Names a client's credential (CredentialClass) here: what this registry
  // showed to it says nothing of another registry.
  std::string ClientKey(absl::string_view credential_class) const;

  void AddLoop(Loop& loop);
  // Drops all connections. REQUIRES: no loop runs.
  void Clear();

 private:
  const UpstreamSettings settings_;
  UpstreamPools clients_;
  UpstreamPools reads_;
  ReadTokens tokens_;
  UpstreamHealth health_;
};

class Upstreams {
 public:
  explicit Upstreams(std::vector<std::unique_ptr<Upstream>> all)
      : all_(std::move(all)) {}

  // Of those that serve `host` (as a request's Host says it, in any case), the
  // one with the longest prefix of `repository`, which is "" where the request
  // names none; nullptr where there is none.
  Upstream* For(absl::string_view host, absl::string_view repository) const;
  // nullptr where none is called so.
  Upstream* Named(absl::string_view name) const;
  const std::vector<std::unique_ptr<Upstream>>& all() const { return all_; }

 private:
  const std::vector<std::unique_ptr<Upstream>> all_;
};

// Whether `repository` is `prefix` or below it: "team/app" is below "team".
bool IsBelow(absl::string_view repository, absl::string_view prefix);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_REGISTRY_UPSTREAMS_H_

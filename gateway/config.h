// The gateway's configuration: kind GatewayConfig, read strictly from YAML.
// What is missing has the default below. Values.
#ifndef PLIMSOLL_GATEWAY_CONFIG_H_
#define PLIMSOLL_GATEWAY_CONFIG_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/admission/snapshot.h"
#include "gateway/http/address_range.h"
#include "gateway/http/host_port.h"
#include "gateway/http/tls_settings.h"
#include "policy/language/issue.h"
#include "policy/verdict.h"

namespace plimsoll {

struct UpstreamConfig {
  std::string name = "upstream";
  std::string url;  // http://host[:port] or https://host[:port]
  // A file with one line, user:password. Used where no client's credential
  // serves: reconciliation, webhook, gRPC, clients that may push but not read.
  // Sent as Basic, or to the token service that the upstream names.
  std::string read_credential_file;
  bool anonymous_reads = false;  // the upstream needs no credential to read
  ClientTlsSettings tls;
  std::vector<std::string> pass_through;  // path prefixes beside /v2/
  // Of several upstreams, whose requests it serves: see UpstreamSettings.
  std::vector<std::string> hosts;
  std::vector<std::string> prefixes;
};

// kNever: only look-up. kStream inspects layers as they are pushed, kAuto does
// so where a policy looks at bases; both read back what is not known yet.
enum class InspectMode { kAuto, kStream, kNever };

struct WebhookConfig {
  HostPort listen;
  ServerTlsSettings tls;
  // Hosts, with ports, under which clusters pull what this gateway judges.
  std::vector<std::string> registries;
};

// How long decisions are kept; zero: forever.
struct Retention {
  absl::Duration admitted;
  absl::Duration refused = absl::Hours(90 * 24);
  absl::Duration absent = absl::Hours(90 * 24);
};

struct GatewayConfig {
  HostPort listen{"127.0.0.1", "5000"};
  HostPort admin{"127.0.0.1", "5001"};
  std::optional<ServerTlsSettings> tls;   // of `listen`; plain HTTP without
  std::vector<UpstreamConfig> upstreams;  // at least one
  std::string sqlite_path = "plimsoll.db";
  Retention retention;
  std::vector<std::string> policies;  // files and directories; empty: baseline
  ModeTable modes;
  std::vector<Glob> build_caches;  // repositories for these, and for no images
  Action no_match = Action::kDeny;
  InspectMode inspect = InspectMode::kAuto;
  size_t inspect_workers = 0;  // threads; 0: one per core
  std::string decision_log;    // "stdout", "stderr", a path; "" for none
  std::string access_log;      // as decision_log
  std::string grpc;  // "unix:PATH" or a loopback host:port; "" for none
  std::optional<WebhookConfig> webhook;
  size_t threads = 0;  // loops; 0: one per core
  size_t max_connections = 10'000;
  size_t connections_per_address = 256;  // 0: no limit of its own
  size_t decisions = 256;                // that run at once
  size_t waiting_decisions = 1024;
  // Bytes in the kernel, of each socket on the way of a push or of a pull; 0:
  // as many as the system gives.
  int64_t push_buffer = int64_t{480} << 10;
  int64_t pull_buffer = 0;
  absl::Duration drain = absl::Seconds(30);
  // Whose X-Forwarded-* are believed: proxies in front of the registry door.
  AddressRanges trusted_proxies;
};

struct LoadedConfig {
  std::optional<GatewayConfig> config;  // absent where there is any issue
  std::vector<Issue> issues;
};

// Of two addresses, the one that is read later, as the file calls it, and the
// other, whose connections it would take.
struct SharedPort {
  absl::string_view later;
  absl::string_view earlier;
};
// At most one for each address: listen, admin, webhook.listen, grpc.
std::vector<SharedPort> SharedPorts(const GatewayConfig& config);

// Reads one document. `name` is how issues call the file. No file is touched.
LoadedConfig LoadConfig(absl::string_view name, absl::string_view bytes);

}  // namespace plimsoll

#endif  // PLIMSOLL_GATEWAY_CONFIG_H_

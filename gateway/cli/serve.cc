#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/cli/commands.h"
#include "gateway/config.h"
#include "gateway/gateway.h"
#include "gateway/read_file.h"

namespace plimsoll {
namespace {

constexpr size_t kMaxConfigFileBytes = 1 << 20;

StatusOr<GatewayConfig> FromFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string bytes,
                   ReadFile(path, kMaxConfigFileBytes));
  LoadedConfig loaded = LoadConfig(path, bytes);
  if (!loaded.config) {
    return absl::InvalidArgumentError(
        absl::StrCat("configuration:\n", FormatIssues(loaded.issues)));
  }
  return *std::move(loaded.config);
}

// No file at all: observe, with the built-in baseline.
GatewayConfig FromUpstream(const std::string& url) {
  GatewayConfig config;
  UpstreamConfig upstream;
  upstream.url = url;
  upstream.anonymous_reads = true;
  config.upstreams.push_back(std::move(upstream));
  config.modes.fallback = Mode::kObserve;
  config.no_match = Action::kWarn;
  return config;
}

StatusOr<GatewayConfig> Configure(const Flags& flags) {
  if (flags.Has("config") == flags.Has("upstream")) {
    return absl::InvalidArgumentError(
        "give one of --config FILE and --upstream URL");
  }
  GatewayConfig config;
  if (flags.Has("config")) {
    ASSIGN_OR_RETURN(config, FromFile(flags.Get("config")));
  } else {
    config = FromUpstream(flags.Get("upstream"));
  }
  if (flags.Has("listen")) {
    ASSIGN_OR_RETURN(config.listen, HostPort::Parse(flags.Get("listen")),
                     "--listen");
  }
  if (flags.Has("admin")) {
    ASSIGN_OR_RETURN(config.admin, HostPort::Parse(flags.Get("admin")),
                     "--admin");
  }
  // A file with such addresses was refused: the flags made them so.
  for (const SharedPort& shared : SharedPorts(config)) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", shared.later, "` takes the port of `", shared.earlier,
                     "`; give another --listen or --admin"));
  }
  if (flags.Has("store")) config.sqlite_path = flags.Get("store");
  return config;
}

Status Serve(const Flags& flags) {
  ASSIGN_OR_RETURN(const GatewayConfig config, Configure(flags));
  ASSIGN_OR_RETURN(const std::unique_ptr<Gateway> gateway,
                   Gateway::New(config));
  RETURN_IF_ERROR(gateway->Listen());
  gateway->Run();
  return absl::OkStatus();
}

int Run(const Flags& flags) {
  const Status served = Serve(flags);
  if (served.ok()) return 0;
  std::fprintf(stderr, "plimsoll serve: %s\n",
               std::string(served.message()).c_str());
  return 1;
}

}  // namespace

Command ServeCommand() {
  return {"serve",
          "(--config FILE | --upstream URL) [flags]",
          "Stands in front of a registry and judges every manifest push.",
          {{"config", "FILE", "a GatewayConfig document"},
           {"upstream", "URL",
            "the registry, with defaults: observe, built-in baseline"},
           {"listen", "HOST:PORT", "where clients connect (127.0.0.1:5000)"},
           {"admin", "HOST:PORT", "health and metrics (127.0.0.1:5001)"},
           {"store", "FILE", "the SQLite file (plimsoll.db)"}},
          Run};
}

}  // namespace plimsoll
